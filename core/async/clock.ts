import type { EpochMs } from '../domain/ids.ts';

/** The only source of time. Tests hand in one of their own. */
export interface Clock {
  now(): EpochMs;
  /** Monotonic, in ms with a fraction; for measuring only. */
  elapsed(): number;
  /** Runs once after `ms`. @returns a function that cancels it */
  after(ms: number, run: () => void): () => void;
  /** Runs each `ms`, for the first time after `ms`. @returns a function that stops it */
  every(ms: number, run: () => void): () => void;
}

/** The machine's time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now() as EpochMs,
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Keeps the process alive although nothing but timers is awaited. @returns a function that lets it end */
export function stayAwake(): () => void {
  const timer = setInterval(() => {}, 60_000);
  return () => clearInterval(timer);
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
