import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelId, HubId, UserId } from '../../core/domain/ids.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer } from '../fakes/socket-peer.ts';

const CROWD = 5_000;

describe('questions that cost the hub much', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
    const people = Array.from({ length: CROWD }, (_, n) => {
      return { user: `u-${n}` as UserId, name: `Person ${n}`, platform: 'slipmat', isGuest: false };
    });
    const { presence } = hub.hub.live.store;
    await presence.beat('another' as HubId, new Map([['lobby' as ChannelId, people]]), 60_000);
  });
  afterAll(() => hub.close());

  it('a guest who asks for a crowd over and over is slowed, and one who asks now and then is not', async () => {
    const peer = await connectPeer(hub.wsUrl, { isChecked: false });
    const ask = (n: number): void => peer.say({ type: 'people', id: `p${n}`, channel: 'lobby' });
    const from = peer.frames.length;
    for (let n = 0; n < 10; n += 1) ask(n);
    expect((await peer.next('people', ({ id }) => id === 'p9')).people).toHaveLength(CROWD);
    expect(peer.frames.slice(from).filter(({ type }) => type === 'error')).toEqual([]);
    ask(10);
    const told = await peer.next('error', ({ id }) => id === null, from);
    expect(told).toMatchObject({ code: 'rate-limited', retryAfterMs: expect.any(Number) });
    await peer.close();
    const other = await connectPeer(hub.wsUrl, { isChecked: false });
    for (let n = 0; n < 2; n += 1)
      expect(await other.ask({ type: 'people', channel: 'lobby' })).toMatchObject({ guests: 0 });
    expect(await other.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
    await other.close();
  });
});
