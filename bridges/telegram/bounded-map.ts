/** A map that forgets what was not looked at for the longest time once it holds more than `most`. */
export interface BoundedMap<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  entries(): IterableIterator<[Key, Value]>;
}

export function createBoundedMap<Key, Value>(most: number): BoundedMap<Key, Value> {
  const kept = new Map<Key, Value>();
  function set(key: Key, value: Value): void {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  }
  return {
    get(key) {
      const value = kept.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    delete: (key) => void kept.delete(key),
    entries: () => kept.entries(),
  };
}
