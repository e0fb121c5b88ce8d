import { afterEach, describe, it } from 'vitest';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { holdFlood } from './flood-check.ts';
import { type Flood, openFlood } from './flood-rig.ts';

let flood: Flood | null = null;
let redis: RedisServer | null = null;
afterEach(async () => {
  await flood?.stop();
  await redis?.stop();
  [flood, redis] = [null, null];
});

describe('50 messages a second for a minute in one channel, by the clock on the wall', () => {
  it.each(['embedded', 'redis'] as const)(
    'become readable lines within what Twitch and Telegram take, on the %s store',
    async (store) => {
      redis = store === 'redis' ? await startRedis({ appendonly: true }) : null;
      flood = await openFlood(1, redis?.url ?? null);
      await holdFlood(flood, 60, 1);
    },
    300_000,
  );
});
