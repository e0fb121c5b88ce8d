import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Archiver } from '../../core/store/archive/archiver.ts';
import { START } from '../../core/store/ports.ts';
import { BACKENDS, REDIS } from './archive-backends.ts';
import { archiveLocked, archiveLockedAtTheCap } from './archive-locked.ts';
import { channelOf, openRig, privatePlace } from './archive-rig.ts';
import { stored, until } from './suite/opened.ts';
import { post } from './suite/steps.ts';

let end: () => Promise<void>;
beforeAll(async () => {
  end = await REDIS.prepare();
});
afterAll(() => end());

it('T6: loses and drops nothing while the archive is locked for a minute, and archives it afterwards', () =>
  archiveLocked(1, 50));

it('refuses posts at the cap while the archive is locked, trims none, and takes them again afterwards', () =>
  archiveLockedAtTheCap(400));

it.each(BACKENDS)('drops archived entries before their time when the $name log is half full', async (backend) => {
  const rig = await openRig(backend, { maxEntries: 200 });
  try {
    const archiver = rig.archiver();
    const at = privatePlace('half-full');
    const say = async () => await stored(rig.store, post(at, 'x'));
    for (let n = 0; n < 90; n += 1) await say();
    await until('they are archived', () => archiver.state()?.archived === 90);
    rig.clock.ahead(2_000);
    await ticks(archiver, 2);
    expect(archiver.state()?.trimmed).toBe(0);
    for (let n = 0; n < 30; n += 1) await say();
    await until('they are dropped', async () => {
      rig.clock.ahead(1_000);
      return (await rig.store.log.size()).entries === 0;
    });
    expect((await rig.history.page(channelOf(at), null, 200)).messages.length).toBe(120);
  } finally {
    await rig.close();
  }
});

it.each(BACKENDS)('keeps in the $name log what a portal still has to send', async (backend) => {
  const rig = await openRig(backend);
  try {
    const at = privatePlace('kept');
    const answers = [];
    for (let n = 0; n < 20; n += 1) answers.push(await stored(rig.store, post(at, `m${n}`)));
    const shard = rig.store.log.shardOf(at.scope);
    const archiver = rig.archiver({ hotMs: 0 });
    const twelfth = answers[11]?.position ?? null;
    archiver.keep(Array.from({ length: rig.store.log.shards }, (_, n) => (n === shard ? twelfth : null)));
    await until('the rest is dropped', async () => {
      rig.clock.ahead(1_000);
      return (await rig.store.log.size()).entries === 8;
    });
    rig.clock.ahead(10_000);
    await ticks(archiver, 2);
    const left = await rig.store.log.range(shard, START, 100);
    expect(left.map(({ position }) => position)).toEqual(answers.slice(12).map(({ position }) => position));
    archiver.keep([]);
    await until('all is dropped', async () => {
      rig.clock.ahead(1_000);
      return (await rig.store.log.size()).entries === 0;
    });
  } finally {
    await rig.close();
  }
});

it.each(BACKENDS)(
  'archives to the head when it is told to, though the clock of the $name hub stands still',
  async (backend) => {
    const rig = await openRig(backend);
    try {
      const archiver = rig.archiver({ batch: 10 });
      for (let n = 0; n < 95; n += 1) await stored(rig.store, post(privatePlace(`drain-${n % 7}`), `m${n}`));
      expect(await archiver.drain(AbortSignal.timeout(20_000))).toBe(true);
      expect([...(await rig.archive.newest()).keys()].length).toBe(7);
      expect(await archiver.drain(AbortSignal.abort())).toBe(false);
      await archiver.stop();
      await archiver.stop();
      expect(await archiver.drain(AbortSignal.timeout(20_000))).toBe(false);
    } finally {
      await rig.close();
    }
  },
);

/** Waits for so many answers of the archiver to a tick sent from now on, and one that may be under way. */
async function ticks(archiver: Archiver, count: number): Promise<void> {
  for (let n = 0; n <= count; n += 1) {
    const before = archiver.state();
    await until('a tick is answered', () => archiver.state() !== before);
  }
}
