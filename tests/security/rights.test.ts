import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserId } from '../../core/domain/ids.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';

describe('rights', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub({ config: { accounts: { guests: 'post' } } });
  });
  afterAll(() => hub.close());

  it('who is disabled may not even do what guests may', async () => {
    const peer = await connectPeer(hub.wsUrl, { token: await hub.user('Eve') });
    const { you } = await peer.next('welcome');
    const { facts } = hub.hub.knowledge;
    const lobby = facts.channel('lobby' as never);
    if (lobby === null) throw new Error('no lobby');
    await hub.hub.accounts.disable('Eve');
    expect(facts.standing(you.user as UserId, false, lobby)).toMatchObject({ rank: 'guest', guestsMayPost: false });
    expect(await peer.closed).toBe(4403);
    const guest = await connectPeer(hub.wsUrl);
    expect(await guest.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'hi' })).toMatchObject({
      outcome: 'posted',
    });
    await guest.close();
  });

  it('one who signs in and out again and again makes the hub look at nobody else', async () => {
    const users = await Promise.all(['Fay', 'Gil', 'Hal'].map((name) => hub.user(name)));
    const peers = await Promise.all(users.map((token) => connectPeer(hub.wsUrl, { token })));
    const concerned: { users: number; isForAll: boolean }[] = [];
    const stop = hub.hub.knowledge.feed.onRights(({ users, isForAll }) =>
      concerned.push({ users: users.size, isForAll }),
    );
    const { sql } = hub.hub;
    for (let n = 0; n < 3; n += 1) await hub.hub.accounts.signOut(await hub.user('Ida'));
    stop();
    expect(concerned).toEqual(Array(3).fill({ users: 1, isForAll: false }));
    // Were they looked at, they would be found out: their sessions are gone from under them.
    await sql.write([{ query: sql.build.deleteFrom('sessions').compile() }]);
    await hub.hub.accounts.signOut(await hub.user('Ida'));
    for (const peer of peers) expect(await peer.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
    await hub.user('Jo', 'dj');
    for (const peer of peers) expect(await peer.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
    await hub.hub.accounts.setPassword('Fay', 'another long password');
    expect(await peers[0]?.closed).toBe(4403);
    await Promise.all(peers.slice(1).map((peer) => peer.close()));
  });
});
