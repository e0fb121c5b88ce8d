import { type Clock, pause } from '../../core/plugin/index.ts';

/** Resolves with the task, or after `ms`, or with the signal: whichever comes first. The task goes on by itself. */
export async function atMost(clock: Clock, ms: number, task: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  const done = new AbortController();
  const either = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
  await Promise.race([task, pause(clock, ms, either)]);
  done.abort();
}
