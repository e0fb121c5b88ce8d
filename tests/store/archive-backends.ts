import { Redis } from 'ioredis';
import { silentLogger } from '../../core/ops/log.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { type Backend, EMBEDDED } from './archive-rig.ts';

export const REDIS = redisBackend();

/** Both live stores: what is promised of the archive holds over either. */
export const BACKENDS: readonly Backend[] = [EMBEDDED, REDIS];

function redisBackend(): Backend {
  let url = '';
  return {
    name: 'redis',
    async prepare() {
      const server = await startRedis({ appendfsync: 'no' });
      url = server.url;
      return () => server.stop();
    },
    url: () => url,
    use(theirs) {
      url = theirs;
    },
    source: () => ({ kind: 'redis', url }),
    async open({ clock, maxEntries, isFresh }) {
      if (isFresh) await flush(url);
      return openRedis({ url, clock, log: silentLogger, maxEntries, memory: { highest: () => [], seqs: () => [] } });
    },
  };
}

async function flush(url: string): Promise<void> {
  const admin = new Redis(url);
  await admin.flushall();
  admin.disconnect();
}
