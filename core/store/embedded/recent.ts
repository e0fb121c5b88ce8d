import type { Entry } from '../ports.ts';
import type { Place } from './jobs.ts';
import { placeOf } from './place.ts';

const MAX_RECENT = 4_096;

/** The newest entries in memory, so that those who follow closely need not read the tables. */
export interface Recent {
  /** In the order of positions. */
  push(entry: Entry): void;
  /** Null when what follows `after` is not all here. */
  after(after: Place, limit: number): readonly Entry[] | null;
  head(): Place;
  /** Resolves with the next entry, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
}

export function createRecent(start: Place): Recent {
  let entries: Entry[] = [];
  /** Everything above is here. */
  let floor = start;
  let head = start;
  const waiting = new Set<() => void>();

  function dropOld(): void {
    if (entries.length < 2 * MAX_RECENT) return;
    const dropped = entries[entries.length - MAX_RECENT - 1];
    if (dropped !== undefined) floor = placeOf(dropped.position);
    entries = entries.slice(-MAX_RECENT);
  }

  /** Index of the first entry above this place. */
  function indexAfter(place: Place): number {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry !== undefined && placeOf(entry.position) <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    push(entry) {
      entries.push(entry);
      head = placeOf(entry.position);
      dropOld();
      const woken = [...waiting];
      waiting.clear();
      for (const wake of woken) wake();
    },
    after(after, limit) {
      if (after < floor) return null;
      const index = indexAfter(after);
      return entries.slice(index, index + limit);
    },
    head: () => head,
    next(signal) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
  };
}
