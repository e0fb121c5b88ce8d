import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer, type Frame, newKey, type Peer } from '../fakes/socket-peer.ts';

/** How many entries the archive has of a channel, whatever is hot. */
async function archived(hub: TestHub, channel: string): Promise<readonly string[]> {
  const { sql } = hub.hub;
  const query = sql.build.selectFrom('messages').select('text').where('channel_id', '=', channel).orderBy('seq');
  return (await sql.read(query.compile())).map(({ text }) => text);
}

async function post(peer: Peer, channel: string, key: string, text: string): Promise<Frame<'ack'> | Frame<'error'>> {
  return (await peer.ask({ type: 'post', channel, key, text })) as Frame<'ack'> | Frame<'error'>;
}

describe('an acknowledged message is never lost for the sake of its key', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it.each(['embedded', 'redis'])(
    'the same key in two channels: %s',
    async (store) => {
      const hub = await startTestHub({ redisUrl: store === 'redis' ? redis.url : null });
      const peer = await connectPeer(hub.wsUrl, { token: await hub.user('Kool', 'dj') });
      const key = newKey();
      expect(await post(peer, 'lobby', key, 'here')).toMatchObject({ outcome: 'posted' });
      expect(await post(peer, 'dj-kool', key, 'there')).toMatchObject({ outcome: 'posted' });
      await expect.poll(() => archived(hub, 'lobby')).toEqual(['here']);
      await expect.poll(() => archived(hub, 'dj-kool')).toEqual(['there']);
      await peer.close();
      await hub.close();
    },
    30_000,
  );

  it('the same key again after the log has forgotten it', async () => {
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => (Date.now() + aheadMs) as EpochMs };
    const hub = await startTestHub({ clock, config: { log: { hotMinutes: 1 } } });
    const peer = await connectPeer(hub.wsUrl, { token: await hub.user('Ann') });
    const key = newKey();
    expect(await post(peer, 'lobby', key, 'first')).toMatchObject({ outcome: 'posted' });
    await expect.poll(() => archived(hub, 'lobby')).toEqual(['first']);
    aheadMs = 3_600_000;
    // Trimmed first, so that no row of the log stands for the key any more.
    const outcome = async (): Promise<string> => {
      const answer = await post(peer, 'lobby', key, 'second');
      return answer.type === 'ack' ? answer.outcome : answer.code;
    };
    await expect.poll(outcome).toBe('posted');
    await expect.poll(() => archived(hub, 'lobby')).toEqual(['first', 'second']);
    await peer.close();
    await hub.close();
  });
});
