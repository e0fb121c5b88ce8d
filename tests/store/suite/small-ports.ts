import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeId, HubId } from '../../../core/domain/ids.ts';
import type { LiveStore, PresentUser } from '../../../core/store/ports.ts';
import type { OpenedForTest, OpenForTest, Traits } from './opened.ts';
import { stored, until } from './opened.ts';
import { ANN, BEN, CAT, change, channelState, newPlace, sanction } from './steps.ts';

const HUB = 'hub-one' as HubId;
const OTHER_HUB = 'hub-two' as HubId;

/** Live state, leases, deliveries, bridge state, presence. */
export function describeSmallPorts(open: OpenForTest, traits: Traits): void {
  let opened: OpenedForTest;
  let store: LiveStore;
  const openStore = async (): Promise<void> => {
    opened = await open();
    store = opened.store;
  };

  describe('live state', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());

    it('shows sanctions in force and channel states as they stand at a position', async () => {
      const at = newPlace();
      const shard = store.log.shardOf(at.scope);
      const until1 = Date.now() + 60_000;
      const timeout = sanction(at, ANN, 'timeout', until1);
      await stored(store, timeout);
      await stored(store, sanction(at, BEN, 'ban', null));
      await stored(store, sanction(at, CAT, 'timeout', until1));
      await stored(store, sanction(at, CAT, 'lift', null));
      await stored(store, channelState(at, 'read-only'));
      const { position } = await stored(store, change(at.scope, 'c-5'));
      for (const again of [false, true]) {
        if (again) store = await opened.reopen();
        const snapshot = await store.live.snapshot(shard);
        expect(snapshot.at).toBe(position);
        expect([...snapshot.sanctions].sort((a, b) => (a.user < b.user ? -1 : 1))).toEqual([
          { scope: at.scope, user: ANN, act: 'timeout', until: until1, body: timeout.body },
          { scope: at.scope, user: BEN, act: 'ban', until: null, body: expect.any(String) },
        ]);
        expect(snapshot.channels).toEqual(new Map([[at.channel, 'read-only']]));
      }
    });

    it('keeps it over a restart, the epoch too', async () => {
      const at = newPlace();
      await stored(store, sanction(at, BEN, 'ban', null));
      const before = await store.live.snapshot(store.log.shardOf(at.scope));
      const epoch = await store.live.epoch();
      store = await opened.reopen();
      expect(await store.live.snapshot(store.log.shardOf(at.scope))).toEqual(before);
      expect(await store.live.epoch()).toBe(epoch);
      expect(epoch).not.toBe('');
    });

    it('replaces an earlier sanction of the same person and opens a channel again', async () => {
      const at = newPlace();
      await stored(store, sanction(at, ANN, 'timeout', Date.now() + 60_000));
      await stored(store, sanction(at, ANN, 'ban', null));
      await stored(store, channelState(at, 'read-only'));
      await stored(store, channelState(at, 'open'));
      const snapshot = await store.live.snapshot(store.log.shardOf(at.scope));
      expect(snapshot.sanctions).toMatchObject([{ scope: at.scope, user: ANN, act: 'ban', until: null }]);
      expect(snapshot.channels.get(at.channel) ?? 'open').toBe('open');
    });
  });

  describe('leases', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());

    it('gives fences that never fall, over restarts', async () => {
      const first = await store.leases.take('bridge:a', HUB, 5_000);
      if (first === null) throw new Error('not given');
      expect(await store.leases.renew('bridge:a', first.fence, 5_000)).toBe(true);
      await store.leases.release('bridge:a', first.fence);
      store = await opened.reopen();
      const second = await store.leases.take('bridge:a', OTHER_HUB, 5_000);
      expect(second?.fence).toBeGreaterThan(first.fence);
    });

    it.runIf(traits.leases === 'contended')('lets a second hub wait for the release', async () => {
      const first = await store.leases.take('bridge:b', HUB, 60_000);
      expect(await store.leases.take('bridge:b', OTHER_HUB, 60_000)).toBeNull();
      expect(await store.leases.take('bridge:c', OTHER_HUB, 60_000)).not.toBeNull();
      await store.leases.release('bridge:b', (first?.fence ?? 0) - 1);
      expect(await store.leases.take('bridge:b', OTHER_HUB, 60_000)).toBeNull();
      await store.leases.release('bridge:b', first?.fence ?? 0);
      const second = await store.leases.take('bridge:b', OTHER_HUB, 60_000);
      expect(second?.fence).toBeGreaterThan(first?.fence ?? 0);
      expect(await store.leases.renew('bridge:b', first?.fence ?? 0, 60_000)).toBe(false);
    });

    it.runIf(traits.leases === 'contended')(
      'lets a second hub take over after it ran out, and not before',
      async () => {
        const first = await store.leases.take('bridge:d', HUB, 300);
        const taken: { readonly fence: number }[] = [];
        const start = performance.now();
        await until('the lease ran out', async () => {
          const got = await store.leases.take('bridge:d', OTHER_HUB, 60_000);
          if (got !== null) taken.push(got);
          return got !== null;
        });
        expect(performance.now() - start).toBeGreaterThan(200);
        expect(taken[0]?.fence).toBeGreaterThan(first?.fence ?? 0);
        expect(await store.leases.renew('bridge:d', first?.fence ?? 0, 60_000)).toBe(false);
      },
    );
  });

  describe('bridge state', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());

    it('keeps values of each bridge apart, over a restart', async () => {
      const [a, b] = ['irc' as BridgeId, 'irc-two' as BridgeId];
      expect(await store.bridgeState.load(a, 'cursor')).toBeNull();
      await store.bridgeState.save(a, 'cursor', '41');
      await store.bridgeState.save(a, 'cursor', '42');
      await store.bridgeState.save(a, 'token', '"ünï"');
      await store.bridgeState.save(b, 'cursor', '7');
      store = await opened.reopen();
      expect(await store.bridgeState.load(a, 'cursor')).toBe('42');
      expect(await store.bridgeState.load(a, 'token')).toBe('"ünï"');
      expect(await store.bridgeState.load(b, 'cursor')).toBe('7');
      expect(await store.bridgeState.load(b, 'token')).toBeNull();
    });
  });

  describe('presence', () => {
    beforeEach(openStore);
    afterEach(() => opened.close());
    const person = (user: PresentUser['user']): PresentUser => ({
      user,
      name: user.slice(0, 3),
      platform: 'slipmat',
      isGuest: user === CAT,
    });
    const users = async (channel: ReturnType<typeof newPlace>['channel']) =>
      (await store.presence.connected(channel)).map(({ user }) => user).sort();

    it('joins what the hubs say, each person once, and forgets a hub that leaves', async () => {
      const { channel } = newPlace();
      const { channel: other } = newPlace();
      await store.presence.beat(HUB, new Map([[channel, [person(ANN), person(BEN)]]]), 60_000);
      await store.presence.beat(OTHER_HUB, new Map([[channel, [person(BEN), person(CAT)]]]), 60_000);
      expect(await users(channel)).toEqual([ANN, BEN, CAT]);
      expect(await store.presence.connected(channel)).toContainEqual(person(CAT));
      expect(await users(other)).toEqual([]);
      await store.presence.leave(HUB);
      expect(await users(channel)).toEqual([BEN, CAT]);
    });

    it('replaces what a hub said before', async () => {
      const { channel } = newPlace();
      const { channel: other } = newPlace();
      await store.presence.beat(HUB, new Map([[channel, [person(ANN)]]]), 60_000);
      await store.presence.beat(HUB, new Map([[other, [person(BEN)]]]), 60_000);
      expect(await users(channel)).toEqual([]);
      expect(await users(other)).toEqual([BEN]);
      await store.presence.beat(HUB, new Map(), 60_000);
      expect(await users(other)).toEqual([]);
    });

    it('forgets a hub that falls silent', async () => {
      const { channel } = newPlace();
      await store.presence.beat(HUB, new Map([[channel, [person(ANN)]]]), 150);
      await store.presence.beat(OTHER_HUB, new Map([[channel, [person(BEN)]]]), 60_000);
      expect(await users(channel)).toContain(BEN);
      await until('the silent hub is forgotten', async () => (await users(channel)).join() === BEN);
    });
  });
}
