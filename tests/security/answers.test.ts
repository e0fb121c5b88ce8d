import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer } from '../fakes/socket-peer.ts';
import { startProxy, type TcpProxy } from '../fakes/tcp-proxy.ts';

describe('a question that failed', () => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  let hub: TestHub;
  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startProxy(redis.port);
    hub = await startTestHub({ redisUrl: `redis://127.0.0.1:${proxy.port}` });
  });
  afterAll(async () => {
    await hub.close();
    await proxy.stop();
    await redis.stop();
  });

  it('leaves the connection able to ask again once the store is back', async () => {
    const peer = await connectPeer(hub.wsUrl);
    const join = () => peer.ask({ type: 'join', channel: 'lobby', after: null });
    proxy.breakDown();
    expect(await join()).toMatchObject({ type: 'error', code: 'unavailable' });
    proxy.mend();
    await expect.poll(async () => (await join()).type).toBe('joined');
    await peer.close();
  });
});
