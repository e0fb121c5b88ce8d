import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';

describe('native socket when rights change', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
    await hub.user('Dee', 'dj');
  });
  afterAll(() => hub.close());

  it('tells those who asked for the list when a channel opens', async () => {
    const peer = await connectPeer(hub.wsUrl, { token: await hub.user('Ann') });
    await peer.ask({ type: 'channels' });
    const from = peer.frames.length;
    await hub.user('Kool', 'dj');
    const told = await peer.next('channels', ({ id }) => id === null, from);
    expect(told.channels.map(({ id }) => id)).toContain('dj-kool');
    await peer.close();
  });

  it('closes with 4403 when the session ends and when the account is disabled', async () => {
    const token = await hub.user('Gus');
    const [one, other] = [
      await connectPeer(hub.wsUrl, { token }),
      await connectPeer(hub.wsUrl, { token: await hub.user('Han') }),
    ];
    await hub.hub.accounts.signOut(token);
    expect(await one.closed).toBe(4403);
    await hub.hub.accounts.disable('Han');
    expect(await other.closed).toBe(4403);
  });

  it('does not let others into a channel of members, nor tell that it is there', async () => {
    const [dj, other] = [await connectPeer(hub.wsUrl, { token: await hub.user('Dee') }), await connectPeer(hub.wsUrl)];
    expect(await other.ask({ type: 'join', channel: 'dj-nobody', after: null })).toMatchObject({ code: 'not-found' });
    expect(await dj.ask({ type: 'join', channel: 'dj-dee', after: null })).toMatchObject({ type: 'joined' });
    expect(await dj.ask({ type: 'post', channel: 'dj-dee', key: newKey(), text: 'set starts' })).toMatchObject({
      outcome: 'posted',
    });
    await Promise.all([dj.close(), other.close()]);
  });
});
