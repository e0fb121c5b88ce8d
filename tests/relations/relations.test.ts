import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId, UserId } from '../../core/domain/ids.ts';
import type { Relations } from '../../core/plugin/asked/self.ts';
import { type Device, newsOf, type Rig, startRig, WITHIN } from './rig.ts';

const on = (platform: string, name: string): UserId => userIdOf(platform, name as AccountId);
const usersIn = (list: Relations['muted']) => list.map(({ user }) => user).toSorted();

for (const kind of ['embedded', 'redis'] as const) {
  describe(`on the ${kind} store`, () => {
    let rig: Rig;
    let people = 0;
    beforeAll(async () => {
      rig = await startRig(kind);
    });
    afterAll(() => rig.close());

    /** Two devices of one person, at two hubs where there are two; and somebody else. */
    async function cast(): Promise<readonly [Device, Device, Device]> {
      people += 1;
      const name = `ann${people}`;
      return [await rig.device(name), await rig.device(name, rig.other), await rig.device(`ben${people}`, rig.other)];
    }
    const relations = (device: Device) => device.asks<Relations>('relations');
    const muted = (by: Device, whom: UserId) =>
      rig.hubs.map(({ hub }) => hub.knowledge.directory.relations.isMuted(by.user, whom));
    const blocked = (by: Device, whom: UserId) =>
      rig.hubs.map(({ hub }) => hub.knowledge.directory.relations.isBlocked(by.user, whom));
    const all = (value: boolean) => rig.hubs.map(() => value);

    it('U5: who is muted on one device is muted on the others, which are told; and so when that is over', async () => {
      const [phone, laptop, ben] = await cast();
      expect(await relations(phone)).toEqual({ muted: [], blocked: [], hidden: [] });
      await phone.does('mute', { user: ben.user });
      // what was answered holds on the hub that answered; the others hear of it from the log
      expect(muted(phone, ben.user)[0]).toBe(true);
      await laptop.next('self', ({ what }) => what.kind === 'relations');
      expect(await relations(laptop)).toMatchObject({
        muted: [{ user: ben.user, name: `ben${people}`, platform: 'slipmat' }],
        blocked: [],
        hidden: [ben.user],
      });
      expect(muted(phone, ben.user)).toEqual(all(true));
      expect(muted(ben, phone.user)).toEqual(all(false));
      expect(blocked(phone, ben.user)).toEqual(all(false));
      expect(newsOf(ben, 'relations')).toEqual([]);

      await laptop.does('unmute', { user: ben.user });
      await expect.poll(() => newsOf(phone, 'relations').length, WITHIN).toBe(2);
      expect(await relations(phone)).toEqual({ muted: [], blocked: [], hidden: [] });
    });

    it('U6: a block is kept apart from a mute, and is told to nobody but the one who blocks', async () => {
      const [phone, laptop, ben] = await cast();
      await phone.does('block', { user: ben.user });
      await laptop.next('self', ({ what }) => what.kind === 'relations');
      expect(await relations(laptop)).toMatchObject({ muted: [], blocked: [{ user: ben.user }], hidden: [] });
      await expect.poll(() => blocked(phone, ben.user), WITHIN).toEqual(all(true));
      expect(muted(phone, ben.user)).toEqual(all(false));
      expect(newsOf(ben, 'relations')).toEqual([]);
      expect(JSON.stringify(await relations(ben))).not.toContain(phone.user);
      await phone.does('unblock', { user: ben.user });
      await expect.poll(() => blocked(phone, ben.user), WITHIN).toEqual(all(false));
    });

    it('U5, U6: linked accounts are one person: of whoever mutes, and of whoever is muted; a later link counts too', async () => {
      const [phone, laptop, ben] = await cast();
      const [annThere, benThere] = [on('north', `ann${people}`), on('north', `ben${people}`)];
      await phone.does('mute', { user: benThere });
      await phone.does('block', { user: benThere });
      await laptop.next('self', ({ what }) => what.kind === 'relations');
      expect((await relations(laptop)).hidden).toEqual([benThere]);

      const before = newsOf(laptop, 'relations').length;
      await rig.link(ben.user, benThere);
      await expect.poll(() => newsOf(laptop, 'relations').length, WITHIN).toBeGreaterThan(before);
      expect(new Set((await relations(laptop)).hidden)).toEqual(new Set([ben.user, benThere]));
      expect([muted(phone, ben.user), blocked(phone, ben.user)]).toEqual([all(true), all(true)]);

      await rig.link(phone.user, annThere);
      const { relations: book } = rig.hubs[0].hub.knowledge.directory;
      await expect.poll(() => book.isBlocked(annThere, ben.user), WITHIN).toBe(true);
      // ended by naming another account of theirs
      await phone.does('unmute', { user: ben.user });
      await phone.does('unblock', { user: ben.user });
      expect(await relations(phone)).toEqual({ muted: [], blocked: [], hidden: [] });
    });

    it('U5: commands name people as moderators do, and say so to nobody else', async () => {
      const [phone, , ben] = await cast();
      const name = `ben${people}`;
      await ben.join();
      await ben.ask({ type: 'post', channel: 'lobby', key: `ben-${people}-says`, text: 'hello' });
      expect(await phone.gives(`mute @${name}`)).toContain(`${name} (slipmat) writes is hidden from you`);
      expect(usersIn((await relations(phone)).muted)).toEqual([ben.user]);
      expect(await phone.gives(`block ${name}`)).toContain('cannot send you private messages');
      expect(await phone.gives(`unmute ${name}`)).toContain('You see what');
      expect(await phone.gives(`unblock ${name}`)).toContain('may send you private messages');
      expect(await relations(phone)).toEqual({ muted: [], blocked: [], hidden: [] });
      expect(await phone.gives(`mute ann${people}`)).toBe('That is you.');
      expect(await phone.gives('mute nobody-at-all')).toContain('Nobody called');
      expect(ben.frames.some((frame) => frame.type === 'notice' || frame.type === 'self')).toBe(false);
    });

    it('guests mute and block nobody, and a mute that is there already changes nothing', async () => {
      const [phone, laptop, ben] = await cast();
      const guest = await rig.device(null);
      expect(await guest.refusal({ type: 'do', kind: 'mute', of: { user: ben.user } })).toBe('sign-in');
      await phone.does('mute', { user: ben.user });
      await laptop.next('self');
      await laptop.does('mute', { user: ben.user });
      expect((await relations(phone)).muted).toHaveLength(1);
    });
  });
}

it('mutes and blocks survive a restart', async () => {
  const rig = await startRig('embedded');
  try {
    const ann = await rig.device('ann');
    const ben = await rig.device('ben');
    await ann.does('mute', { user: ben.user });
    await ann.does('block', { user: on('north', 'cat') });
    await rig.restart();
    const again = await (await rig.device('ann')).asks<Relations>('relations');
    expect([usersIn(again.muted), usersIn(again.blocked), again.hidden]).toEqual([
      [ben.user],
      [on('north', 'cat')],
      [ben.user],
    ]);
  } finally {
    await rig.close();
  }
});
