import Database from 'better-sqlite3';
import { expect } from 'vitest';
import type { EpochMs, Seq } from '../../core/domain/ids.ts';
import { REDIS } from './archive-backends.ts';
import { channelOf, openRig, privatePlace, type Rig } from './archive-rig.ts';
import { until } from './suite/opened.ts';
import { post } from './suite/steps.ts';

const MINUTE_MS = 60_000;

/** Holds the database as another process would that never lets go. */
export function lockDatabase(rig: Rig): () => void {
  const other = new Database(rig.sql.file);
  other.exec('begin exclusive');
  return () => {
    other.exec('rollback');
    other.close();
  };
}

/**
 * Posts at a rate of the hub's clock while the archive's database is locked for `minutes` of that clock. Nothing may be
 * refused or dropped meanwhile, and everything must be archived, once, after the lock is gone.
 */
export async function archiveLocked(minutes: number, postsPerSecond: number): Promise<void> {
  const rig = await openRig(REDIS);
  try {
    const archiver = rig.archiver({ batch: 500 });
    const at = privatePlace('locked');
    await until('the archiver runs', () => archiver.state()?.isCaughtUp === true);
    const unlock = lockDatabase(rig);
    const told = new Set<number>();
    for (let second = 0; second < minutes * 60; second += 1) {
      const posts = Array.from({ length: postsPerSecond }, () => post(at, 'while locked', { at: rig.clock.now() }));
      for (const answer of await Promise.all(posts.map((each) => rig.store.log.append(each)))) {
        if (answer.kind !== 'stored' || answer.seq === null) throw new Error(`not stored: ${answer.kind}`);
        told.add(answer.seq);
      }
      rig.clock.ahead(1_000);
    }
    // Beyond the time that entries stay hot: only the missing commit keeps them.
    rig.clock.ahead(20 * MINUTE_MS);
    const count = minutes * 60 * postsPerSecond;
    await until('the state tells', () => (archiver.state()?.lagMs ?? 0) >= (minutes + 20) * MINUTE_MS);
    expect(archiver.state()).toMatchObject({ archived: 0, trimmed: 0, behind: count, isCaughtUp: false });
    expect(archiver.state()?.error).toMatch(/locked/);
    expect((await rig.store.log.size()).entries).toBe(count);
    expect(await rig.archive.page(at.channel, null, 5)).toEqual([]);

    unlock();
    await until('it goes on by itself', () => archiver.state()?.isCaughtUp === true, 240_000);
    expect(archiver.state()).toMatchObject({ archived: count, behind: 0, lagMs: 0, error: null });
    const archived = await rig.archive.since(at.channel, 0 as Seq, null, count + 1);
    expect(archived.map(({ seq }) => Number(seq))).toEqual([...told].sort((a, b) => a - b));
    await until('it trims again', async () => (await rig.store.log.size()).entries === 0, 60_000);
    expect((await rig.history.page(channelOf(at), null, 100)).messages.length).toBe(100);
  } finally {
    await rig.close();
  }
}

/** Fills a log up to its cap while the archive is locked, then lets the archive catch up. */
export async function archiveLockedAtTheCap(cap: number): Promise<void> {
  const rig = await openRig(REDIS, { maxEntries: cap });
  try {
    const archiver = rig.archiver({ batch: 100 });
    const at = privatePlace('full');
    await until('the archiver runs', () => archiver.state()?.isCaughtUp === true);
    const unlock = lockDatabase(rig);
    const append = () => rig.store.log.append(post(at, 'x', { at: rig.clock.now() as EpochMs }));
    const answers = await Promise.all(Array.from({ length: cap + 50 }, append));
    expect(answers.map(({ kind }) => kind)).toEqual([...Array(cap).fill('stored'), ...Array(50).fill('full')]);
    rig.clock.ahead(60 * MINUTE_MS);
    await until('it has tried again', () => (archiver.state()?.lagMs ?? 0) >= 60 * MINUTE_MS);
    expect((await rig.store.log.size()).entries, 'none is trimmed').toBe(cap);
    expect(await append()).toEqual({ kind: 'full' });

    unlock();
    await until('posts are taken again', async () => (await append()).kind === 'stored');
    const kept = await rig.history.since(channelOf(at), 0 as Seq, cap * 2);
    const stored = answers.flatMap((answer) => (answer.kind === 'stored' && answer.seq !== null ? answer.seq : []));
    expect(kept.map(({ seq }) => seq).slice(0, cap)).toEqual(stored);
  } finally {
    await rig.close();
  }
}
