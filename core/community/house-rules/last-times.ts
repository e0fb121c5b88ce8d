import type { EpochMs } from '../../domain/ids.ts';

/** When something was last done, for the newest of so many keys. */
export interface LastTimes {
  has(key: string): boolean;
  set(key: string, at: EpochMs): void;
  isWithin(key: string, now: EpochMs, ms: number): boolean;
}

export function createLastTimes(most: number): LastTimes {
  const times = new Map<string, EpochMs>();
  return {
    has: (key) => times.has(key),
    set(key, at) {
      times.delete(key);
      times.set(key, at);
      const [oldest] = times.size > most ? times.keys() : [];
      if (oldest !== undefined) times.delete(oldest);
    },
    isWithin(key, now, ms) {
      const at = times.get(key);
      return at !== undefined && now - at < ms;
    },
  };
}
