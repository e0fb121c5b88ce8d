import { afterEach, expect, it } from 'vitest';
import type { HubId } from '../../core/domain/ids.ts';
import { createSweeper } from '../../core/media/sweep.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { type MediaRig, openRig, pixels, standingClock } from '../media/rig.ts';

let rig: MediaRig;
afterEach(() => rig.close());

it('the bytes of files whose links are over go at the next look, those of others stay', async () => {
  const clock = standingClock();
  rig = await openRig({ clock });
  const { vault, rows } = rig.store;
  const leases = { take: async () => null, renew: async () => false, release: async () => undefined };
  const sweeper = createSweeper({ vault, rows, leases, hub: 'h' as HubId, clock, logger: silentLogger });
  const bytes = await pixels(10, 10).png().toBuffer();
  const [one, two] = [await rig.kept(bytes), await rig.kept(bytes)];
  await rig.kept(await pixels(10, 10, 1, 9).png().toBuffer());
  await rows.extend((await rig.row(one)).id, clock.now());
  await sweeper.sweepEnded();
  expect(rig.files()).toHaveLength(2);
  await rows.extend((await rig.row(two)).id, clock.now());
  await sweeper.sweepEnded();
  expect(rig.files()).toHaveLength(1);
  await sweeper.stop();
});

it('what is purged is gone with its small still, and only what these messages carry where others use it too', async () => {
  rig = await openRig();
  const bytes = await pixels(10, 10).png().toBuffer();
  const [one, two] = [await rig.kept(bytes), await rig.kept(bytes)];
  const { hash, id } = await rig.row(one);
  await rig.store.thumbs.get(await rig.row(one));
  expect(rig.files()).toHaveLength(2);
  const use = { message_id: 'm', link_id: id, hash, channel_id: 'c' };
  await rig.sql.write([{ query: rig.sql.build.insertInto('media_uses').values(use).compile() }]);
  await rig.store.purge(hash, []);
  await rig.store.purge(hash, ['m']);
  await expect(rig.row(one)).rejects.toThrow();
  expect(rig.files()).toHaveLength(2);
  await rig.row(two);
  await rig.store.purge(hash);
  expect(rig.files()).toEqual([]);
});
