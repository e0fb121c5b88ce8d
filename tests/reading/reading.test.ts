import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId, ChannelId, UserId } from '../../core/domain/ids.ts';
import { type Device, type Rig, startRig, WITHIN } from '../relations/rig.ts';
import { counts, says, unreadOf } from './rig.ts';

const on = (platform: string, name: string): UserId => userIdOf(platform, name as AccountId);

for (const kind of ['embedded', 'redis'] as const) {
  describe(`on the ${kind} store`, () => {
    let rig: Rig;
    let channels = 0;
    let dj: string;
    beforeAll(async () => {
      rig = await startRig(kind);
    });
    afterAll(() => rig.close());

    /** A channel of its own, with somebody on two devices and somebody else who writes. */
    async function cast(): Promise<readonly [Device, Device, Device]> {
      channels += 1;
      dj = `dj-kool${channels}`;
      await rig.hubs[0].user(`kool${channels}`, 'dj');
      const there = (): boolean =>
        rig.hubs.every(({ hub }) => hub.knowledge.directory.channel(dj as ChannelId) !== null);
      await expect.poll(there, WITHIN).toBe(true);
      const name = `ann${channels}`;
      const devices = [
        await rig.device(name),
        await rig.device(name, rig.other),
        await rig.device(`ben${channels}`),
      ] as const;
      for (const device of devices) await device.join(dj);
      return devices;
    }
    const say = (by: Device, text: string, replyTo?: string) =>
      says(by, text, { channel: dj, ...(replyTo !== undefined && { replyTo }) });
    const unread = async (device: Device) => counts(await unreadOf(device, dj));
    const mark = (device: Device, seq: number) => device.does('mark-read', { channel: dj, seq });

    it('T10: what is read on one device is read on the other; the rest is counted, with mentions and the first of it', async () => {
      const [phone, laptop, ben] = await cast();
      const first = await say(ben, 'one');
      // of what was never opened nothing is told
      expect(await unread(phone)).toEqual([]);
      await mark(phone, first.seq);
      await laptop.next('self', ({ what }) => what.kind === 'read' && what.seq === first.seq);
      expect(await unread(laptop)).toEqual([first.seq, 0, 0, null]);

      const mine = await say(phone, 'mine');
      const second = await say(ben, 'two');
      await say(ben, `hey @ann${channels}, look`);
      await say(ben, `@ann${channels}ette is somebody else`);
      await say(ben, 'you said', mine.id);
      for (const device of [phone, laptop]) {
        await expect.poll(() => unread(device), WITHIN).toEqual([first.seq, 4, 2, second.seq]);
      }
      // only ever farther, and never beyond what there is
      await mark(laptop, second.seq);
      await mark(laptop, first.seq);
      await mark(phone, Number.MAX_SAFE_INTEGER);
      await expect.poll(async () => (await unread(laptop)).slice(1), WITHIN).toEqual([0, 0, null]);
      const [readUpTo] = await unread(phone);
      expect(readUpTo).toBeLessThan(10_000);
    });

    it('T10, U5: neither muted people nor deleted messages count, and what a muted one says calls nobody', async () => {
      const [phone, laptop, ben] = await cast();
      await mark(phone, (await say(ben, 'one')).seq);
      const two = await say(ben, `@ann${channels} two`);
      await say(ben, 'three');
      await expect.poll(() => unread(phone), WITHIN).toEqual([two.seq - 1, 2, 1, two.seq]);
      await ben.ask({ type: 'redact', channel: dj, key: `redact-${channels}-${kind}`, message: two.id });
      await expect.poll(async () => (await unread(laptop)).slice(1, 3), WITHIN).toEqual([1, 0]);
      await phone.does('mute', { user: ben.user });
      expect((await unread(phone)).slice(1, 3)).toEqual([0, 0]);
      await phone.does('unmute', { user: ben.user });
      expect((await unread(phone)).slice(1, 3)).toEqual([1, 0]);
    });

    it('T10: linked accounts read together, and are called by either name', async () => {
      const [phone, , ben] = await cast();
      const there = on('north', `ann_n${channels}`);
      await rig.link(phone.user, there);
      const one = await say(ben, 'one');
      rig.hubs[0].hub.knowledge.directory.sameAs(phone.user);
      await mark(phone, one.seq);
      const two = await say(ben, 'hello @somebody there');
      // the name of the linked account is the one that its platform shows
      await expect.poll(() => unread(phone), WITHIN).toEqual([one.seq, 1, 1, two.seq]);
    });

    it('more than a hundred are not counted, and it says so', async () => {
      const [phone, , ben] = await cast();
      const first = await say(ben, 'first');
      await mark(phone, first.seq);
      for (let n = 0; n < 120; n += 1) await say(ben, `line ${n}`);
      await expect.poll(async () => (await unreadOf(phone, dj))?.isMore, WITHIN).toBe(true);
      expect((await unreadOf(phone, dj))?.unread).toBe(100);
    });

    it('of what in a channel somebody wants to be told is the same on all their devices and accounts, the newest holds', async () => {
      const [phone, laptop] = await cast();
      const levels = async (device: Device) =>
        (await device.asks<{ channels: object[] }>('notify-levels')).channels.filter(
          (one) => 'channel' in one && one.channel === dj,
        );
      expect(await levels(laptop)).toEqual([]);
      await phone.does('set-notify', { channel: dj, level: 'none' });
      await laptop.next('self', ({ what }) => what.kind === 'notify-levels');
      expect(await levels(laptop)).toEqual([{ channel: dj, level: 'none' }]);
      const twin = await rig.device(`ann${channels}twin`);
      await twin.does('set-notify', { channel: dj, level: 'all' });
      expect(await levels(laptop)).toEqual([{ channel: dj, level: 'none' }]);
      await rig.link(phone.user, twin.user);
      await expect.poll(() => levels(laptop), WITHIN).toEqual([{ channel: dj, level: 'all' }]);
      await phone.does('set-notify', { channel: dj, level: null });
      expect(await levels(twin)).toEqual([]);
      const crew = { channel: `crew-kool${channels}`, level: 'all' };
      expect(await phone.refusal({ type: 'do', kind: 'set-notify', of: crew })).toBe('not-found');
    });

    it('guests have nothing remembered, and what one may not read is not there', async () => {
      const [phone] = await cast();
      const guest = await rig.device(null);
      expect(await guest.refusal({ type: 'do', kind: 'mark-read', of: { channel: 'lobby', seq: 1 } })).toBe('sign-in');
      expect(await guest.asks('unread')).toEqual({ channels: [] });
      const crew = `crew-kool${channels}`;
      expect(await phone.refusal({ type: 'do', kind: 'mark-read', of: { channel: crew, seq: 1 } })).toBe('not-found');
      expect(await unreadOf(phone, crew)).toBeNull();
    });
  });
}

it('T10: what was read survives a restart', async () => {
  const rig = await startRig('embedded');
  try {
    const ann = await rig.device('ann');
    const ben = await rig.device('ben');
    const one = await says(ben, 'one');
    const two = await says(ben, 'two');
    await ann.does('mark-read', { channel: 'lobby', seq: one.seq });
    await rig.restart();
    expect(counts(await unreadOf(await rig.device('ann')))).toEqual([one.seq, 1, 0, two.seq]);
  } finally {
    await rig.close();
  }
});
