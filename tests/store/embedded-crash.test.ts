import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NODE_FLAGS } from '../../bench/lib/node-flags.ts';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { FolderInUse } from '../../core/store/embedded/lock.ts';
import { openEmbedded } from '../../core/store/embedded/open.ts';
import type { Entry } from '../../core/store/ports.ts';
import { openSql } from '../../core/store/sql/open.ts';
import { until, wholeShard } from './suite/opened.ts';
import { newPlace, post } from './suite/steps.ts';

const APPENDER = fileURLToPath(new URL('./embedded-appender.ts', import.meta.url));
const parts = { clock: systemClock, log: silentLogger };
let folder = '';
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-crash-'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Appends in a process of its own. `acked` fills with what was acknowledged, in that order. */
function startAppender(prefix: string) {
  const child = spawn(process.execPath, [...NODE_FLAGS, APPENDER, folder, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const acked: { readonly key: string; readonly seq: number }[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [key = '', seq = ''] = line.split(' ');
      acked.push({ key, seq: Number(seq) });
    }
  });
  return { acked, child };
}

async function openStore() {
  const sql = await openSql({ file: join(folder, 'hub.db'), ...parts });
  const store = await openEmbedded({ sql, lockFile: join(folder, 'hub.lock'), maxEntries: 1_000_000, ...parts });
  const close = async () => {
    await store.close();
    await sql.close();
  };
  return { store, close };
}

/** Fails unless each acknowledged key is there exactly once, under the seq that was told, in the order of each sender. */
function checkEntries(entries: readonly Entry[], acked: readonly { readonly key: string; readonly seq: number }[]) {
  const seqs = new Map(entries.map(({ key, seq }) => [key, seq]));
  expect(seqs.size).toBe(entries.length);
  expect(acked.filter(({ key, seq }) => seqs.get(key) !== seq)).toEqual([]);
  const lastOf = new Map<string, number>();
  for (const { key } of entries) {
    const [, sender, n] = /^(.*):(\d+)$/.exec(key) ?? [];
    expect(Number(n)).toBe((lastOf.get(sender ?? '') ?? -1) + 1);
    lastOf.set(sender ?? '', Number(n));
  }
}

it('keeps all that was acknowledged, once and in order, when the hub is killed again and again', async () => {
  const all: { readonly key: string; readonly seq: number }[] = [];
  for (let round = 0; round < 4; round += 1) {
    const { acked, child } = startAppender(`round${round}`);
    await until('a few hundred appends', () => acked.length > 300 + round * 50);
    child.kill('SIGKILL');
    await once(child, 'close');
    all.push(...acked);
    const { store, close } = await openStore();
    checkEntries(await wholeShard(store, 0), all);
    await close();
  }
  expect(all.length).toBeGreaterThan(1_200);
});

it('knows the repeat of a step whose answer was lost in the kill', async () => {
  const { acked, child } = startAppender('lost');
  await until('some appends', () => acked.length > 50);
  child.kill('SIGKILL');
  await once(child, 'close');
  const { store, close } = await openStore();
  const entries = await wholeShard(store, 0);
  const last = entries.at(-1);
  if (last === undefined) throw new Error('nothing stored');
  const again = post(newPlace(), 'another text', { key: last.key });
  expect(await store.log.append(again)).toEqual({ kind: 'key-reused' });
  expect(await wholeShard(store, 0)).toHaveLength(entries.length);
  await close();
});

it('refuses a second hub on one folder, in this process or another, and says what to do', async () => {
  const { acked, child } = startAppender('first');
  await until('the first hub runs', () => acked.length > 0);
  await expectRefused();
  const before = acked.length;
  await until('the first hub goes on', () => acked.length > before + 20);
  child.kill('SIGKILL');
  await once(child, 'close');

  const { close } = await openStore();
  await expectRefused();
  await close();
  await (await openStore()).close();
});

async function expectRefused(): Promise<void> {
  const sql = await openSql({ file: join(folder, 'hub.db'), ...parts });
  const second = openEmbedded({ sql, lockFile: join(folder, 'hub.lock'), maxEntries: 10, ...parts });
  await expect(second).rejects.toThrow(FolderInUse);
  await expect(second).rejects.toThrow(`on the folder ${folder}. Stop it first`);
  await sql.close();
}
