import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { createTimers, type Timer } from '../../core/community/timers/timers.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { type OpenedSql, openSql } from '../../core/store/sql/open.ts';
import { testClock } from '../accounts/harness.ts';

let folder = '';
let sql: OpenedSql;
const clock = testClock();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-timers-'));
  sql = await openSql({ file: join(folder, 'hub.sqlite'), clock: systemClock, log: silentLogger });
});
afterEach(async () => {
  await sql.close();
  rmSync(folder, { recursive: true, force: true });
});

const make = () => createTimers({ sql, clock, logger: silentLogger });
const timer = (id: string, inMs: number, payload = '{}'): Timer => ({
  id,
  kind: 'ring',
  due: (clock.now() + inMs) as EpochMs,
  payload,
});

it('does what is due, once, and what is not due later, also on a hub that was started after', async () => {
  const rung: string[] = [];
  const first = make();
  await sql.write([first.set(timer('a', 1_000)), first.set(timer('b', 60_000))]);
  clock.move(2_000);
  const second = make();
  second.on('ring', async ({ id }) => void rung.push(id));
  await second.sweep();
  await second.sweep();
  expect(rung).toEqual(['a']);
  clock.move(60_000);
  await second.sweep();
  expect(rung).toEqual(['a', 'b']);
});

it('puts off what failed, ever longer, and does the others meanwhile', async () => {
  const timers = make();
  const rung: string[] = [];
  let isBroken = true;
  timers.on('ring', async ({ id }) => {
    if (id === 'a' && isBroken) throw new Error('not now');
    rung.push(id);
  });
  await sql.write([timers.set(timer('a', 0)), timers.set(timer('b', 0))]);
  await timers.sweep();
  expect(rung).toEqual(['b']);
  isBroken = false;
  await timers.sweep();
  expect(rung).toEqual(['b']);
  clock.move(2_000);
  await timers.sweep();
  expect(rung).toEqual(['b', 'a']);
});

it('keeps one that its own handler sets anew, and none that was cancelled', async () => {
  const timers = make();
  const rung: string[] = [];
  timers.on('ring', async ({ id, payload }) => {
    rung.push(payload);
    if (rung.length < 3) await sql.write([timers.set(timer(id, 1_000, String(rung.length)))]);
  });
  await sql.write([timers.set(timer('a', 0, '0')), timers.set(timer('c', 500))]);
  await timers.sweep();
  await sql.write([timers.cancel('c')]);
  for (let n = 0; n < 5; n += 1) {
    clock.move(1_000);
    await timers.sweep();
  }
  expect(rung).toEqual(['0', '1', '2']);
});

it('does one at once where its answer is waited for, and not before its time', async () => {
  const timers = make();
  const rung: string[] = [];
  timers.on('ring', async ({ id }) => void rung.push(id));
  await sql.write([timers.set(timer('now', 0)), timers.set(timer('later', 5_000))]);
  await timers.hurry('now');
  await timers.hurry('later');
  await timers.sweep();
  expect(rung).toEqual(['now']);
});
