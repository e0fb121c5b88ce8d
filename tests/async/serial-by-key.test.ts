import { expect, it } from 'vitest';
import { createSerialByKey, TooManyWaiting } from '../../core/async/serial-by-key.ts';

it('runs the tasks of one key one after the other, in order, and other keys beside them', async () => {
  const serial = createSerialByKey<string>();
  const seen: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const first = serial.run('a', async () => {
    await held;
    seen.push('a1');
  });
  const second = serial.run('a', async () => {
    seen.push('a2');
  });
  await serial.run('b', async () => {
    seen.push('b1');
  });
  expect(seen).toEqual(['b1']);
  release();
  await Promise.all([first, second]);
  expect(seen).toEqual(['b1', 'a1', 'a2']);
});

it('goes on after a task that failed, and forgets a key once it is idle', async () => {
  const serial = createSerialByKey<string>();
  await expect(serial.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await serial.run('a', async () => 2)).toBe(2);
  await new Promise(setImmediate);
  expect(serial.size).toBe(0);
});

it('refuses more than may wait instead of growing', async () => {
  const serial = createSerialByKey<string>(2);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const waiting = [serial.run('a', () => held), serial.run('a', () => held)];
  await expect(serial.run('a', () => held)).rejects.toThrow(TooManyWaiting);
  release();
  await Promise.all(waiting);
});
