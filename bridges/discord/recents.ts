/** The last so many things, oldest forgotten first. */
export interface Recents<T> {
  add(thing: T): void;
  has(thing: T): boolean;
}

export function createRecents<T>(most: number): Recents<T> {
  const kept = new Set<T>();
  return {
    add(thing) {
      kept.delete(thing);
      kept.add(thing);
      if (kept.size <= most) return;
      for (const oldest of kept) {
        kept.delete(oldest);
        return;
      }
    },
    has: (thing) => kept.has(thing),
  };
}
