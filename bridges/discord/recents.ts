/** The last so many things, each with what is known of it; the oldest is forgotten first. */
export interface Recents<Key, Value = true> {
  set(key: Key, value: Value): void;
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
}

export function createRecents<Key, Value = true>(most: number): Recents<Key, Value> {
  const kept = new Map<Key, Value>();
  return {
    set(key, value) {
      kept.delete(key);
      kept.set(key, value);
      if (kept.size <= most) return;
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        return;
      }
    },
    get: (key) => kept.get(key),
    has: (key) => kept.has(key),
  };
}
