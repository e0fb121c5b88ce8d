import { systemClock } from '../../async/clock.ts';
import { silentLogger } from '../../ops/log.ts';
import type { ArchiveSource } from '../archive/source.ts';
import { factsKey, SHARDS } from './keys.ts';
import { createLink, loadLibrary } from './link.ts';
import { readLength, readRange, trimSome } from './log.ts';
import { isBefore, positionBefore } from './position.ts';

/** The log in Redis as the archiver sees it, on a connection of its own that comes back by itself. */
export function openRedisSource(url: string): ArchiveSource {
  // The hub's own connection, to the same Redis, tells the operator what is wrong.
  const link = createLink({ url, clock: systemClock, log: silentLogger, arrive: loadLibrary });
  return {
    shards: SHARDS,
    range: (shard, after, limit) => readRange(link, shard, after, limit),
    trim: (shard, upTo) => trimSome(link, shard, upTo),
    positionAt: (_shard, at) => positionBefore(at),
    isBefore,
    async size(shard) {
      const [entries, cap] = await Promise.all([
        readLength(link, shard),
        link.use((client) => client.hget(factsKey(), 'cap')),
      ]);
      return { entries, cap: Number(cap ?? 0) };
    },
    close: () => link.close(),
  };
}
