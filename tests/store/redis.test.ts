import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { describeLiveStore } from './suite/index.ts';

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ appendfsync: 'no' });
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

describeLiveStore(
  'redis',
  async ({ maxEntries = 1_000_000 } = {}) => {
    await admin.flushall();
    const open = () =>
      openRedis({
        url: server.url,
        clock: systemClock,
        log: silentLogger,
        maxEntries,
        memory: { highest: () => [], seqs: () => [] },
      });
    let store = await open();
    return {
      store,
      async reopen() {
        await store.close();
        store = await open();
        return store;
      },
      close: () => store.close(),
    };
  },
  { leases: 'contended' },
);
