import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openEmbedded } from '../../core/store/embedded/open.ts';
import { type LiveStore, StoreUnavailable } from '../../core/store/ports.ts';
import { type OpenedSql, openSql } from '../../core/store/sql/open.ts';
import { collect, until, wholeShard } from './suite/opened.ts';
import { newPlace, post } from './suite/steps.ts';

let folder = '';
let sql: OpenedSql;
let store: LiveStore;
let other: Database.Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-locked-'));
  const parts = { clock: systemClock, log: silentLogger };
  sql = await openSql({ file: join(folder, 'hub.db'), busyTimeoutMs: 50, ...parts });
  store = await openEmbedded({ sql, lockFile: join(folder, 'hub.lock'), maxEntries: 100_000, ...parts });
  other = new Database(join(folder, 'hub.db'));
});
afterEach(async () => {
  other.close();
  await store.close();
  await sql.close();
  rmSync(folder, { recursive: true, force: true });
});

it('lets appends wait while another process holds the lock, and stores them in order when it lets go', async () => {
  const health: boolean[] = [];
  store.live.onHealth((isUp) => health.push(isUp));
  const tail = collect(store);
  const at = newPlace();
  other.exec('begin immediate');
  const steps = Array.from({ length: 200 }, (_, i) => post(at, `${i}`));
  const answers = steps.map((step) => store.log.append(step));
  await until('the store says that it is blocked', () => health.length > 0);
  await expect(store.bridgeState.save('b' as never, 'cursor', '1')).rejects.toThrow(StoreUnavailable);
  expect(await wholeShard(store, 0)).toEqual([]);
  expect(tail.entries).toEqual([]);

  other.exec('rollback');
  expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(steps.map(() => 'stored'));
  expect((await wholeShard(store, 0)).map(({ key }) => key)).toEqual(steps.map(({ key }) => key));
  await until('the tail saw them', () => tail.entries.length === 200);
  expect(tail.entries.map(({ key }) => key)).toEqual(steps.map(({ key }) => key));
  expect(health).toEqual([false, true]);
  await tail.stop();
});

it('reads go on while another process holds the lock', async () => {
  const at = newPlace();
  await store.log.append(post(at, 'before'));
  other.exec('begin immediate');
  expect((await store.log.page(at.scope, at.channel, null, 10)).messages).toHaveLength(1);
  expect((await store.live.snapshot(0)).at).toBe('1');
  other.exec('rollback');
});

it('rejects what still waits when it is closed, and nothing of it is there unless it was stored', async () => {
  other.exec('begin immediate');
  const waiting = store.log.append(post(newPlace(), 'never'));
  const refused = expect(waiting).rejects.toThrow(StoreUnavailable);
  await store.close();
  await refused;
  await expect(store.log.append(post(newPlace(), 'late'))).rejects.toThrow(StoreUnavailable);
  await sql.close();
  other.exec('rollback');
  expect(other.prepare('select count(*) as n from log_entries').get()).toEqual({ n: 0 });
});
