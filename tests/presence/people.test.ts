import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId, RoomId, UserId } from '../../core/domain/ids.ts';
import type { Person } from '../../core/domain/wire.ts';
import type { SeenPerson, Unread } from '../../core/plugin/asked/self.ts';
import { PATIENT } from '../fakes/socket-peer.ts';
import { FOUR, startWorld, type World } from '../mirror/rig.ts';
import { says } from '../reading/rig.ts';
import { type Device, MINUTE_MS, type Rig, startRig, WITHIN } from '../relations/rig.ts';

const on = (name: string): UserId => userIdOf('north', name as AccountId);
const account = (name: string) => ({ id: name as AccountId, name, avatarUrl: null, isBot: false });

for (const kind of ['embedded', 'redis'] as const) {
  describe(`on the ${kind} store`, () => {
    let rig: Rig;
    let world: World;
    let ann: Device;
    let ben: Device;
    beforeAll(async () => {
      world = await startWorld();
      const config = world.config();
      rig = await startRig(kind, {
        builtIns: FOUR,
        config: { ...config, bridges: [...PATIENT.bridges, ...(config.bridges as object[])] },
      });
      ann = await rig.device('ann');
      ben = await rig.device('ben', rig.other);
      await ann.join();
      await ben.join();
    });
    afterAll(async () => {
      await rig.close();
      await world.close();
    });

    const tells = (inbound: Parameters<World['rooms']['north']['tells']>[0]) => world.rooms.north.tells(inbound);
    const people = async (device: Device) => {
      const answer = await device.ask({ type: 'people', channel: 'lobby' });
      if (answer.type !== 'people') throw new Error(JSON.stringify(answer));
      return answer;
    };
    const hows = async (device: Device): Promise<Record<string, Person['how']>> =>
      Object.fromEntries((await people(device)).people.map(({ name, how }) => [name, how]));
    const seen = (device: Device, of: object = {}) =>
      device.asks<{ people: SeenPerson[]; isEnd: boolean }>('seen', { channel: 'lobby', ...of });
    const member = (name: string, act: 'join' | 'leave') =>
      tells({
        kind: 'membership',
        room: 'dance' as RoomId,
        account: account(name),
        act,
        isPresence: true,
        at: Date.now() as never,
      });

    it('T7: the list of who is connected goes over hubs and platforms, and says of each how that is known', async () => {
      world.rooms.north.userPosts('dance', 'nora', 'hello from the north');
      member('nils', 'join');
      const all = { ann: 'session', ben: 'session', nora: 'act', nils: 'platform' };
      for (const device of [ann, ben]) await expect.poll(() => hows(device), WITHIN).toEqual(all);
      const nora = async () => (await people(ben)).people.find(({ name }) => name === 'nora');
      await expect.poll(nora, WITHIN).toMatchObject({ user: on('nora'), platform: 'north' });
      const guest = await rig.device(null);
      await guest.join();
      await expect.poll(async () => (await people(ben)).guests, WITHIN).toBe(1);
      await expect.poll(() => hows(ben), WITHIN).toEqual(all);
      await guest.close();
    });

    it('T7: who was seen comes in pages, last seen first', async () => {
      await expect.poll(async () => (await seen(ann)).people.length, WITHIN).toBeGreaterThan(3);
      const names: string[] = [];
      let before: string | null = null;
      for (let pages = 0; pages < 10; pages += 1) {
        const page: { people: SeenPerson[]; isEnd: boolean } = await seen(ann, { before, limit: 1 });
        names.push(...page.people.map(({ name }) => name));
        before = page.people.at(-1)?.place ?? before;
        if (page.isEnd) break;
      }
      const whole = (await seen(ann)).people;
      expect(names).toEqual(whole.map(({ name }) => name));
      expect(whole.map(({ lastAt }) => lastAt)).toEqual(whole.map(({ lastAt }) => lastAt).toSorted((a, b) => b - a));
      expect(await ann.refusal({ type: 'ask', kind: 'seen', of: { channel: 'lobby', before: 'x' } })).toBe(
        'bad-request',
      );
    });

    it('bots, and people who keep to themselves, are in neither list', async () => {
      world.rooms.north.userPosts('dance', 'nina', '!nobridge on');
      const { directory } = rig.hubs[0].hub.knowledge;
      await expect.poll(() => directory.isOptedOut(on('nina')), WITHIN).toBe(true);
      member('nina', 'join');
      tells({
        kind: 'membership',
        room: 'dance' as RoomId,
        account: { ...account('robot'), isBot: true },
        act: 'join',
        isPresence: true,
        at: Date.now() as never,
      });
      member('nick', 'join');
      await expect.poll(() => hows(ann), WITHIN).toMatchObject({ nick: 'platform' });
      expect(Object.keys(await hows(ann))).not.toContain('nina');
      expect(Object.keys(await hows(ann))).not.toContain('robot');
      await expect.poll(async () => JSON.stringify(await seen(ann)), WITHIN).toContain('nick');
      expect(JSON.stringify(await seen(ann))).not.toMatch(/nina|robot/);
    });

    it('who types in a room is shown to readers on every hub, and in no log', async () => {
      const said = await says(ann, 'the last word');
      tells({ kind: 'typing', room: 'dance' as RoomId, by: account('nora'), on: true });
      for (const device of [ann, ben]) {
        expect(await device.next('typing', ({ name }) => name === 'nora')).toMatchObject({
          user: on('nora'),
          on: true,
        });
      }
      ann.say({ type: 'typing', id: 't1', channel: 'lobby', on: true });
      expect(await ben.next('typing', ({ name }) => name === 'ann')).toMatchObject({ user: ann.user });
      expect((await says(ann, 'the next')).seq).toBe(said.seq + 1);
    });

    it('T10: what somebody has read in a room of their own app is read here, once the accounts are linked', async () => {
      const cat = await rig.device('cat', rig.other);
      await cat.join();
      const first = await says(ann, 'for the room');
      await cat.does('mark-read', { channel: 'lobby', seq: first.seq });
      const second = await says(ann, 'more');
      const id = world.rooms.north.userPosts('dance', 'nora', 'the newest in the room');
      const unread = async () =>
        (await cat.asks<{ channels: Unread[] }>('unread', { channels: ['lobby'] })).channels[0];
      await expect.poll(async () => (await unread())?.unread, WITHIN).toBe(2);
      expect((await unread())?.firstUnread).toBe(second.seq);
      await rig.link(cat.user, on('cat_n'));
      tells({
        kind: 'read',
        by: account('cat_n'),
        upTo: { room: 'dance' as RoomId, id },
        at: Date.now() as never,
      });
      await cat.next('self', ({ what }) => what.kind === 'read' && what.seq > second.seq);
      expect((await unread())?.unread).toBe(0);
    });

    it('T7: ten minutes after the last act one is connected no more, unless the platform says so; seen one stays', async () => {
      world.rooms.north.userPosts('dance', 'nelly', 'bye');
      await expect.poll(() => hows(ben), WITHIN).toMatchObject({ nelly: 'act', nils: 'platform' });
      rig.forward(11 * MINUTE_MS);
      const left = await hows(ben);
      expect(left).toMatchObject({ ann: 'session', ben: 'session', nils: 'platform' });
      expect(left).not.toHaveProperty('nelly');
      member('nils', 'leave');
      await expect.poll(() => hows(ben), WITHIN).not.toHaveProperty('nils');
      const list = async () => (await seen(ben)).people;
      await expect.poll(async () => (await list()).map(({ name }) => name), WITHIN).toContain('nelly');
      const found = Object.fromEntries((await list()).map((one) => [one.name, `${one.platform} ${one.connected}`]));
      expect(found).toMatchObject({
        ann: 'slipmat session',
        ben: 'slipmat session',
        nora: 'north null',
        nelly: 'north null',
        nils: 'north null',
      });
    });
  });
}
