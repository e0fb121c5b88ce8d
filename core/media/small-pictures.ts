import { backoffMs } from '../async/backoff.ts';
import { type Clock, pause } from '../async/clock.ts';

/** How long an asker waits; the picture is there for the next one. */
const WAIT_MS = 2_000;
const MAX_FETCHING = 100;
const MAX_REMEMBERED = 10_000;
/** What could not be had is not asked for again before this. */
const RETRY = { baseMs: 60_000, capMs: 6 * 3_600_000 };

export interface Found {
  readonly url: string;
  readonly expiresAt: number | null;
}
interface Missed {
  readonly attempts: number;
  readonly retryAt: number;
}

export interface SmallPicturesDeps {
  readonly clock: Clock;
  /** What is stored already. */
  readonly stored: (key: string) => Promise<Found | null>;
}

/** Pictures that come again and again, such as avatars: looked up in memory, then in the store, fetched once. */
export interface SmallPictures {
  /** @param fetch brings it in, called at most once for all who ask at the same time; null: it cannot be had */
  get(key: string, fetch: () => Promise<Found | null>): Promise<string | null>;
}

export function createSmallPictures({ clock, stored }: SmallPicturesDeps): SmallPictures {
  const found = createNewest<Found>();
  const missed = createNewest<Missed>();
  const fetching = new Map<string, Promise<string | null>>();

  async function bring(key: string, fetch: () => Promise<Found | null>): Promise<string | null> {
    const picture = (await stored(key)) ?? (await fetchUnlessMissed(key, fetch));
    if (picture === null) return null;
    found.set(key, picture);
    missed.delete(key);
    return picture.url;
  }

  async function fetchUnlessMissed(key: string, fetch: () => Promise<Found | null>): Promise<Found | null> {
    const before = missed.get(key);
    if (before !== undefined && before.retryAt > clock.now()) return null;
    const picture = await fetch();
    if (picture !== null) return picture;
    const attempts = (before?.attempts ?? 0) + 1;
    missed.set(key, { attempts, retryAt: clock.now() + backoffMs(attempts, RETRY) });
    return null;
  }

  function start(key: string, fetch: () => Promise<Found | null>): Promise<string | null> {
    const bringing = bring(key, fetch).finally(() => fetching.delete(key));
    fetching.set(key, bringing);
    return bringing;
  }

  return {
    async get(key, fetch) {
      const known = found.get(key);
      if (known !== undefined && (known.expiresAt === null || known.expiresAt > clock.now())) return known.url;
      const under = fetching.get(key);
      if (under === undefined && fetching.size >= MAX_FETCHING) return null;
      return withinMoment(clock, under ?? start(key, fetch));
    },
  };
}

async function withinMoment(clock: Clock, bringing: Promise<string | null>): Promise<string | null> {
  const done = new AbortController();
  const late = pause(clock, WAIT_MS, done.signal).then(() => null);
  try {
    return await Promise.race([bringing, late]);
  } finally {
    done.abort();
  }
}

/** Remembers what was used last, as much as fits. */
function createNewest<T>() {
  const all = new Map<string, T>();
  return {
    get(key: string): T | undefined {
      const value = all.get(key);
      if (value !== undefined) this.set(key, value);
      return value;
    },
    set(key: string, value: T): void {
      all.delete(key);
      all.set(key, value);
      const oldest = all.keys().next();
      if (all.size > MAX_REMEMBERED && oldest.done === false) all.delete(oldest.value);
    },
    delete: (key: string): boolean => all.delete(key),
  };
}
