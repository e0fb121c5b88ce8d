import { expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { DeadlineError, withDeadline } from '../../core/async/deadline.ts';

it('hands on what the task resolves to', async () => {
  expect(await withDeadline(systemClock, 1_000, null, async () => 7)).toBe(7);
});

it('rejects at the deadline even when the task ignores its signal', async () => {
  await expect(withDeadline(systemClock, 5, null, () => new Promise<never>(() => {}))).rejects.toThrow(DeadlineError);
});

it('aborts the task with the outer signal and keeps its reason', async () => {
  const outer = new AbortController();
  const seen: unknown[] = [];
  const running = withDeadline(systemClock, 60_000, outer.signal, (signal) => {
    signal.addEventListener('abort', () => seen.push(signal.reason));
    return new Promise<never>(() => {});
  });
  outer.abort('lease lost');
  await expect(running).rejects.toBe('lease lost');
  expect(seen).toEqual(['lease lost']);
});

it('does not start the task when the outer signal is aborted already', async () => {
  let started = false;
  const start = async (): Promise<void> => {
    started = true;
  };
  await expect(withDeadline(systemClock, 1_000, AbortSignal.abort('late'), start)).rejects.toBe('late');
  expect(started).toBe(false);
});
