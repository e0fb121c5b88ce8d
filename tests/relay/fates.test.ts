import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { DeliveryState } from '../../core/domain/delivery.ts';
import type { BridgeId, Seq } from '../../core/domain/ids.ts';
import { createDeadLetters } from '../../core/relay/dead-letters.ts';
import { deliveriesOf } from '../../core/relay/delivery-states.ts';
import type { LiveStore } from '../../core/store/ports.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import * as rig from './rig.ts';

/* What became of messages: asked for, tried again, told after a pause. */

const A = rig.portal('a');
const B = rig.portal('b');

describe.each([
  ['the embedded store', rig.openTempStore],
  ['Redis', rig.openTempRedis],
] as const)('over %s', (_, openStore) => {
  let opened: Awaited<ReturnType<typeof openStore>>;
  let store: LiveStore;
  let room: FakeRoomServer;
  let hubs: rig.TestHub[];

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    room = await startFakeRoom();
    hubs = [];
  });
  afterEach(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()));
    await room.stop();
    await opened.close();
  });

  async function start(options: Partial<rig.HubOptions> = {}): Promise<rig.TestHub> {
    const portals = options.portals ?? rig.changingPortals([A]);
    const hub = await rig.startTestHub({ store, room, ...options, portals });
    hubs.push(hub);
    for (const { id, isPaused } of portals.list()) {
      if (isPaused) continue;
      await rig.until('the lane is open', async () => (await store.deliveries.load(id)).at !== null);
    }
    return hub;
  }

  const texts = (name = 'a'): readonly string[] => room.posts(name).map(({ text }) => text);
  const allTexts = (name = 'a'): readonly string[] => room.ever(name).map(({ text }) => text);
  const said = (text: string): string => `[Slipmat] Ann: ${text}`;
  const shows = (count: number, name = 'a'): Promise<void> =>
    rig.until(`${count} posts in ${name}`, () => room.posts(name).length >= count);

  async function say(text: string): Promise<rig.MessageStep & { readonly seq: Seq }> {
    const step = rig.message(text);
    const [stored] = await rig.append(store, step);
    if (stored?.kind !== 'stored' || stored.seq === null) throw new Error('not stored');
    return { ...step, seq: stored.seq };
  }

  async function stateIn(
    hub: rig.TestHub,
    portals: readonly (typeof A)[],
    { id, seq }: { readonly id: rig.MessageStep['id']; readonly seq: Seq },
  ): Promise<readonly DeliveryState[]> {
    const parts = {
      deliveries: store.deliveries,
      portals: { legs: () => rig.legsOf(portals) },
      platformOf: (bridge: BridgeId) => (bridge === rig.BRIDGE ? 'fakeroom' : null),
      lanes: hub.courier.lanes,
    };
    const found = await deliveriesOf({ channel: rig.CHANNEL, id, seq }, parts);
    expect(found.map(({ portal }) => portal)).toEqual(portals.map(({ id: portal }) => portal));
    return found.map(({ state }) => state);
  }

  describe('where a message has arrived', () => {
    it('is known of each room: sent, not yet, failed and why, left out', async () => {
      const portals = rig.changingPortals([A]);
      const hub = await start({ portals });
      const sent = await say('one');
      await shows(1);
      room.failNext('bad-command', 1, 'a');
      const failed = await say('two');
      const empty = await say('   ');
      await rig.until('the first are settled', async () => {
        return ((await store.deliveries.load(A.id)).seq ?? 0) >= empty.seq;
      });
      const release = room.stall('a');
      const pending = await say('three');
      portals.set([A, B]);
      await rig.until('b is open', async () => (await store.deliveries.load(B.id)).at !== null);
      const both = [A, B];
      const later = { kind: 'left-out', reason: 'linked later' };
      expect(await stateIn(hub, both, sent)).toEqual([{ kind: 'sent' }, later]);
      expect(await stateIn(hub, both, failed)).toEqual([
        { kind: 'failed', say: 'the fake room said bad-command' },
        later,
      ]);
      expect(await stateIn(hub, both, empty)).toEqual([{ kind: 'left-out', reason: 'empty' }, later]);
      expect(await stateIn(hub, both, pending)).toEqual([{ kind: 'pending', say: null }, later]);
      release();
      await rig.until('sent', async () => (await stateIn(hub, [A], pending))[0]?.kind === 'sent');
      expect(await stateIn(hub, [rig.portal('a', { direction: 'in' })].slice(1), pending)).toEqual([]);
    });

    it('is in doubt where nobody can say, and told in a line where it was summed up', async () => {
      const hub = await start({ config: { budget: { count: 1, perMs: 2_000 } } });
      room.failNext('applied-then-cut', 1, 'a');
      const doubtful = await say('one');
      await rig.until('given up', () => (hub.counts.get('unknown') ?? 0) === 1);
      const summed = rig.message('two', { at: (Date.now() - 60_000) as never });
      const [stored] = await rig.append(store, summed);
      const seq = stored?.kind === 'stored' ? (stored.seq ?? (0 as Seq)) : (0 as Seq);
      await rig.until('told', () => texts().includes('+1 message from Ann'));
      expect(await stateIn(hub, [A], doubtful)).toEqual([{ kind: 'unknown' }]);
      expect(await stateIn(hub, [A], { id: summed.id, seq })).toEqual([{ kind: 'summed-up' }]);
    });

    it('is the room of origin itself, where it was said', async () => {
      const hub = await start({ portals: rig.changingPortals([A, B]) });
      const origin = room.userPosts('a', 'Ben', 'from a');
      await shows(1, 'b');
      let id: rig.MessageStep['id'] | null = null;
      await rig.until('known', async () => {
        id = await store.deliveries.messageOf(A.id, { room: A.room, id: origin });
        return id !== null;
      });
      if (id === null) throw new Error('unknown');
      const about = { id, seq: 1 as Seq };
      await rig.until('sent', async () => (await stateIn(hub, [A, B], about))[1]?.kind === 'sent');
      expect(await stateIn(hub, [A, B], about)).toEqual([{ kind: 'origin' }, { kind: 'sent' }]);
    });
  });

  describe('what was given up', () => {
    const lettersOf = (hub: rig.TestHub) =>
      createDeadLetters({
        deliveries: store.deliveries,
        portals: { legs: () => rig.legsOf([A]) },
        courier: hub.courier,
        clock: systemClock,
      });

    it('is listed, and sent once more when the operator asks, as it reads by then', async () => {
      const hub = await start();
      const letters = lettersOf(hub);
      room.failNext('bad-command', 1, 'a');
      const failed = await say('frist');
      await say('after');
      await shows(1);
      await rig.until('listed', async () => (await letters.list([A])).length === 1);
      expect(await letters.list([A])).toEqual([
        {
          portal: A.id,
          seq: failed.seq,
          message: failed.id,
          entry: 'message',
          kind: 'dead',
          say: 'the fake room said bad-command',
          at: expect.any(Number),
        },
      ]);
      expect(await letters.count()).toBe(1);
      await rig.append(store, rig.edit(failed, 1, 'first'));
      expect(await letters.retry(A.id, null)).toBe(1);
      await shows(2);
      expect(texts()).toEqual([said('after'), said('first')]);
      await rig.until('no letter left', async () => (await letters.list([A])).length === 0);
      expect(await stateIn(hub, [A], failed)).toEqual([{ kind: 'sent' }]);
      await rig.append(store, rig.edit(failed, 2, 'first!'));
      await rig.until('edited in place', () => texts().includes(said('first!')));
      expect(texts()).toHaveLength(2);
    });

    it('stays listed when it fails again, over a restart too, until it is dropped', async () => {
      const hub = await start();
      room.failNext('bad-command', 2, 'a');
      const failed = await say('one');
      await rig.until('listed', async () => (await lettersOf(hub).list([A])).length === 1);
      await lettersOf(hub).retry(A.id, failed.seq);
      await rig.until('tried', () => room.tries() === 2);
      await hub.stop();
      const next = await start();
      const letters = lettersOf(next);
      expect(await letters.list([A])).toHaveLength(1);
      expect(await letters.drop(A.id, failed.seq)).toBe(1);
      expect(await letters.list([A])).toEqual([]);
      expect(await letters.retry(rig.portal('elsewhere').id, null)).toBeNull();
      expect(allTexts()).toEqual([]);
    });
  });

  describe('a portal that was paused', () => {
    it('catches up in order after a short pause, and is told in one line of a longer one', async () => {
      const portals = rig.changingPortals([A]);
      const clock = rig.shiftedClock();
      const hub = await start({ portals, clock, outageMs: 60_000 });
      const pause = (isPaused: boolean): void => portals.set([rig.portal('a', { isPaused })]);
      const saying = (text: string) => rig.append(store, rig.message(text, { at: clock.now() }));
      await saying('one');
      await shows(1);
      pause(true);
      await rig.until('not served', () => !hub.courier.lanes().has(A.id));
      await saying('two');
      await saying('three');
      expect(await stateIn(hub, portals.list(), { id: rig.message('x').id, seq: 3 as Seq })).toEqual([
        { kind: 'pending', say: 'paused' },
      ]);
      pause(false);
      await shows(3);
      pause(true);
      await rig.until('not served', () => !hub.courier.lanes().has(A.id));
      await saying('four');
      await saying('five');
      clock.ahead(61_000);
      pause(false);
      await saying('six');
      await shows(5);
      expect(texts()).toEqual([said('one'), said('two'), said('three'), '2 messages while disconnected', said('six')]);
    });

    it('begins anew when it was unlinked in between', async () => {
      const portals = rig.changingPortals([A, B]);
      const hub = await start({ portals });
      await rig.append(store, rig.message('one'));
      await shows(1, 'a');
      portals.set([B]);
      await rig.until('forgotten', async () => (await store.deliveries.load(A.id)).at === null);
      await rig.append(store, rig.message('two'));
      await shows(2, 'b');
      portals.set([A, B]);
      await rig.until('open', async () => (await store.deliveries.load(A.id)).at !== null);
      await rig.append(store, rig.message('three'));
      await shows(2, 'a');
      expect(texts('a')).toEqual([said('one'), said('three')]);
      expect(hub.counts.get('missed') ?? 0).toBe(0);
    });
  });
});
