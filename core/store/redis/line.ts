/** Things under numbers that grow by one, in their order. They leave mostly from the front. */
export interface Line<T> {
  readonly size: number;
  add(number: number, one: T): void;
  remove(number: number): void;
  all(): readonly T[];
  clear(): void;
}

/** Places that have become free at the front are given up when they are so many. */
const MOST_FREE = 1_024;

/**
 * A Map would do the same, but each time it makes room it leaves its old table behind, tied to the next one: under a
 * steady load the collector carries that chain, with all that went through it, into the old generation.
 */
export function createLine<T>(): Line<T> {
  const places: (T | undefined)[] = [];
  /** The number at place 0. */
  let first = 1;
  /** The first place that may be taken. */
  let front = 0;
  let size = 0;

  function clear(): void {
    places.length = 0;
    front = 0;
    size = 0;
  }

  return {
    get size() {
      return size;
    },
    add(number, one) {
      if (size === 0) {
        clear();
        first = number;
      }
      places[number - first] = one;
      size += 1;
    },
    remove(number) {
      const place = number - first;
      if (places[place] === undefined) return;
      places[place] = undefined;
      size -= 1;
      while (front < places.length && places[front] === undefined) front += 1;
      if (front < MOST_FREE) return;
      places.splice(0, front);
      first += front;
      front = 0;
    },
    all: () => places.filter((one) => one !== undefined),
    clear,
  };
}
