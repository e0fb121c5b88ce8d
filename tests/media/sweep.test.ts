import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { Attachment } from '../../core/domain/content.ts';
import type { EpochMs, HubId } from '../../core/domain/ids.ts';
import { mediaIdOf } from '../../core/media/media-url.ts';
import { createPictures } from '../../core/media/pictures.ts';
import { createSweeper, type Sweeper } from '../../core/media/sweep.ts';
import { createTransfers } from '../../core/media/transfer.ts';
import type { Vault } from '../../core/media/vault.ts';
import { silentLogger } from '../../core/ops/log.ts';
import type { Leases } from '../../core/store/ports.ts';
import { type MediaRig, NEVER, openRig, pixels, standingClock, streamOf, THIS_MACHINE } from './rig.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** One holder at a time, as of a store. */
function oneLease(clock: { now(): number }): Leases & { readonly takers: string[] } {
  const takers: string[] = [];
  let until = 0;
  return {
    takers,
    async take(_name, hub, ttlMs) {
      if (until > clock.now()) return null;
      until = clock.now() + ttlMs;
      takers.push(hub);
      return { fence: takers.length };
    },
    renew: async () => true,
    release: async () => {},
  };
}

async function start(options: Parameters<typeof openRig>[0] = {}) {
  const clock = standingClock();
  const rig = await openRig({ clock, ...options });
  cleanups.push(() => rig.close());
  const leases = oneLease(clock);
  return { clock, rig, leases, sweeper: sweeperOf(rig, clock, leases) };
}

function sweeperOf(rig: MediaRig, clock: ReturnType<typeof standingClock>, leases: Leases, hub = 'one'): Sweeper {
  const { vault, rows } = rig.store;
  const sweeper = createSweeper({ vault, rows, leases, hub: hub as HubId, clock, logger: silentLogger });
  cleanups.push(() => sweeper.stop());
  return sweeper;
}

const upload = (rig: MediaRig, text: string) =>
  rig.store.upload(
    { source: streamOf(Buffer.from(text)), name: 'a.txt', bytes: null, alt: null, isSpoiler: false },
    NEVER,
  );

describe('what is over', () => {
  it('goes after the days that are set: the link at once, the bytes with the next sweep, small stills too', async () => {
    const { clock, rig, sweeper } = await start({ keepDays: 2 });
    const picture = await rig.kept(await pixels(40, 30).png().toBuffer());
    await rig.store.thumbs.get(await rig.row(picture));
    clock.ahead(DAY);
    const later = await rig.kept(Buffer.from('later'));
    await sweeper.sweep();
    expect(rig.files()).toHaveLength(3);
    clock.ahead(DAY);
    expect(await rig.port.open(picture.url)).toBeNull();
    await sweeper.sweep();
    expect(rig.files()).toEqual([(await rig.row(later)).hash]);
    expect(await rig.port.open(later.url)).not.toBeNull();
  });

  it('stays while one of its links is not over, and for ever where no days are set', async () => {
    const { clock, rig, sweeper } = await start({ keepDays: 2 });
    const first = await rig.kept(Buffer.from('the same'));
    clock.ahead(DAY + HOUR);
    const second = await rig.kept(Buffer.from('the same'));
    clock.ahead(DAY);
    await sweeper.sweep();
    expect(await rig.port.open(first.url)).toBeNull();
    expect(await rig.port.open(second.url)).not.toBeNull();
    const forever = await start();
    const kept = await forever.rig.kept(Buffer.from('the same'));
    forever.clock.ahead(9_999 * DAY);
    await forever.sweeper.sweep();
    expect(await forever.rig.port.open(kept.url)).not.toBeNull();
  });

  it('is an upload that nobody posted within a day; one that was posted stays', async () => {
    const { clock, rig, sweeper } = await start();
    const [posted, forgotten] = await Promise.all([upload(rig, 'posted'), upload(rig, 'forgotten')]);
    if (!posted.ok || !forgotten.ok) throw new Error('not taken');
    expect(await rig.store.claim(posted.attachment.url)).toEqual(posted.attachment);
    clock.ahead(DAY + HOUR);
    await sweeper.sweep();
    expect(await rig.store.claim(forgotten.attachment.url)).toBeNull();
    expect(rig.files()).toEqual([(await rig.row(posted.attachment)).hash]);
  });
});

describe('what a crash leaves', () => {
  it('is removed once it is a day old: bytes without a row, drafts, stills without their picture', async () => {
    const { clock, rig, sweeper } = await start();
    const kept = await rig.kept(Buffer.from('kept'));
    const stray = 'ab'.padEnd(64, '0');
    const at = join(rig.dataDir, 'media', 'ab');
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, stray), 'bytes');
    writeFileSync(join(at, `${'ab'.padEnd(64, '1')}.thumb`), 'still');
    writeFileSync(join(rig.dataDir, 'media', 'tmp', 'draft'), 'half');
    await sweeper.sweep();
    expect(rig.files()).toContain(stray);
    expect(rig.drafts()).toEqual(['draft']);
    const longAgo = (clock.now() - 2 * DAY) / 1_000;
    for (const path of [join(at, stray), join(rig.dataDir, 'media', 'tmp', 'draft')])
      utimesSync(path, longAgo, longAgo);
    await sweeper.sweep();
    expect(rig.files()).toEqual([(await rig.row(kept)).hash]);
    expect(rig.drafts()).toEqual([]);
  });

  it('is put back when the database still names it: a sweep ended between taking it aside and looking', async () => {
    const { rig, sweeper } = await start();
    const kept = await rig.kept(Buffer.from('kept'));
    const { hash } = await rig.row(kept);
    const tmp = join(rig.dataDir, 'media', 'tmp');
    renameSync(rig.store.vault.pathOf(hash), join(tmp, `gone-${hash}-1`));
    writeFileSync(join(tmp, `gone-${'f'.repeat(64)}-2`), 'nobody names it');
    await sweeper.sweep();
    expect(rig.files()).toEqual([hash]);
    expect(rig.drafts()).toEqual([]);
    expect(await rig.port.open(kept.url)).not.toBeNull();
  });
});

describe('several hubs', () => {
  it('sweep once a day between them', async () => {
    const { clock, rig, leases } = await start();
    sweeperOf(rig, clock, leases, 'two');
    for (let hours = 0; hours < 72; hours += 1) {
      clock.ahead(HOUR);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await expect.poll(() => leases.takers.length).toBeGreaterThanOrEqual(3);
    expect(leases.takers.length).toBeLessThanOrEqual(4);
  });

  it('bring back bytes that came in again just before they were taken away', async () => {
    const { clock, rig, leases } = await start({ keepDays: 1 });
    const text = Buffer.from('again');
    const { vault, rows } = rig.store;
    let again: Attachment | null = null;
    const late: Vault = {
      ...vault,
      async withdraw(hash) {
        again ??= await rig.kept(text);
        return vault.withdraw(hash);
      },
    };
    // the store's own sweeper may be the first to take them away: then once more
    for (let tries = 0; again === null && tries < 20; tries += 1) {
      await rig.kept(text);
      clock.ahead(DAY);
      const sweeper = createSweeper({ vault: late, rows, leases, hub: 'x' as HubId, clock, logger: silentLogger });
      await sweeper.sweep();
      await sweeper.stop();
    }
    expect(again).not.toBeNull();
    await expect.poll(() => rig.files()).toHaveLength(1);
    expect(rig.drafts()).toEqual([]);
  });

  it('put bytes in their place again that were taken away while they were recorded', async () => {
    const { rig } = await start();
    const { vault, rows } = rig.store;
    const deps = { vault, pictures: createPictures(1_000, silentLogger), outside: THIS_MACHINE, clock: systemClock };
    const transfer = { source: streamOf(Buffer.from('bytes')), bytes: null, signal: NEVER, withinMs: 10_000 };
    const stored = await createTransfers({ ...deps, maxBytes: 1_000 }).run(
      { ...transfer, use: 'file', party: 'test' },
      async (bytes) => {
        await (await vault.withdraw(bytes.hash))?.end();
        expect(rig.files()).toEqual([]);
        const link = { id: 'A'.repeat(22), name: 'a', alt: null, isSpoiler: false, expiresAt: null };
        await rows.add(bytes, link, null);
        return bytes;
      },
    );
    expect(rig.files()).toEqual([stored.hash]);
  });

  it('lose no file that comes in again while another sweeps it away', async () => {
    const rig = await openRig();
    const other = await openRig({ dataDir: rig.dataDir });
    const leases = oneLease(systemClock);
    const sweepers = [rig, other].map((one) => {
      const { vault, rows } = one.store;
      return createSweeper({ vault, rows, leases, hub: 'x' as HubId, clock: systemClock, logger: silentLogger });
    });
    cleanups.push(async () => {
      for (const one of sweepers) await one.stop();
      await other.close();
      await rig.close();
    });
    const text = Buffer.from('again and again');
    for (let round = 0; round < 20; round += 1) {
      const before = await rig.kept(text);
      await rig.store.rows.extend(mediaIdOf(before.url, null) ?? '', 1 as EpochMs);
      const delay = new Promise((resolve) => setTimeout(resolve, round % 6));
      const [kept] = await Promise.all([delay.then(() => other.kept(text)), ...sweepers.map((one) => one.sweep())]);
      expect(other.files()).toEqual([(await other.row(kept)).hash]);
      expect(other.drafts()).toEqual([]);
    }
  });
});
