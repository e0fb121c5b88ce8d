import type { Clock } from './clock.ts';

/** The task took longer than it may; whether it still takes effect is unknown. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Runs the task with a signal that aborts after `ms`, or together with `outer`.
 * Settles at the deadline even when the task ignores its signal. @throws {DeadlineError}
 */
export function withDeadline<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | null,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    outer?.throwIfAborted();
    const own = new AbortController();
    const end = (reason: unknown): void => {
      free();
      own.abort(reason);
      reject(reason);
    };
    // an error is dear to make, and most tasks end in time
    const cancel = clock.after(ms, () => end(new DeadlineError(`not done within ${ms} ms`)));
    const follow = (): void => end(outer?.reason);
    const free = (): void => {
      cancel();
      outer?.removeEventListener('abort', follow);
    };
    outer?.addEventListener('abort', follow, { once: true });
    started(task, own.signal).then(
      (value) => {
        free();
        resolve(value);
      },
      (error: unknown) => {
        free();
        reject(error);
      },
    );
  });
}

/** What a task throws before it waits for anything is its failure all the same. */
function started<T>(task: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return task(signal);
  } catch (error) {
    return Promise.reject(error);
  }
}
