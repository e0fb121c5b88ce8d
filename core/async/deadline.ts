import type { Clock } from './clock.ts';

/** The task took longer than it may; whether it still takes effect is unknown. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Runs the task with a signal that aborts after `ms`, or together with `outer`.
 * Settles at the deadline even when the task ignores its signal. @throws {DeadlineError}
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | null,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const own = new AbortController();
  const aborted = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    own.abort(reason);
    aborted.reject(reason);
  };
  // an error is dear to make, and most tasks end in time
  const cancel = clock.after(ms, () => end(new DeadlineError(`not done within ${ms} ms`)));
  const follow = (): void => end(outer?.reason);
  outer?.addEventListener('abort', follow, { once: true });
  try {
    return await Promise.race([task(own.signal), aborted.promise]);
  } finally {
    cancel();
    outer?.removeEventListener('abort', follow);
  }
}
