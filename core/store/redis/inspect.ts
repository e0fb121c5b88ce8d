import type { Redis } from 'ioredis';
import { RedisRefused } from './refused.ts';
import { pairs, parseInfo } from './reply.ts';

const LEAST_VERSION = 7;

/** What kind of Redis this is. */
export interface ServerFacts {
  /** New with each start of the server. */
  readonly run: string;
  readonly warnings: readonly string[];
}

/** @throws {RedisRefused} for a Redis that would lose what was acknowledged, or lacks what is needed */
export async function inspect(client: Redis): Promise<ServerFacts> {
  const info = parseInfo(await client.info());
  const version = info.get('redis_version') ?? '0';
  if (Number.parseInt(version, 10) < LEAST_VERSION) {
    throw new RedisRefused(
      `Redis ${version} is too old: the hub needs functions. Install Redis ${LEAST_VERSION}.0 or newer.`,
    );
  }
  if (info.get('redis_mode') === 'cluster') {
    throw new RedisRefused(
      'This Redis is a node of a cluster: the hub reads all its keys from one server. ' +
        'Give it a Redis of its own, without cluster-enabled.',
    );
  }
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction') {
    throw new RedisRefused(
      `Redis has maxmemory-policy ${policy}, by which it throws away stored messages when memory runs out. ` +
        'Set it with: redis-cli config set maxmemory-policy noeviction, and in redis.conf.',
    );
  }
  return { run: info.get('run_id') ?? '', warnings: await warningsOf(client, info.get('aof_enabled') === '1') };
}

async function warningsOf(client: Redis, isAppendOnly: boolean): Promise<readonly string[]> {
  if (!isAppendOnly) {
    return [
      'Redis has appendonly no: when it stops hard, everything since its last snapshot is lost, acknowledged or not. ' +
        'Set appendonly yes.',
    ];
  }
  switch (await appendFsync(client)) {
    case 'always':
      return [];
    case null:
      return ['Redis does not tell its appendfsync setting; with always, what is acknowledged survives a power loss.'];
    default:
      return [
        'Redis has appendfsync everysec or no: messages of the last second or more may be lost when the machine loses ' +
          'power; the end of the Redis process alone loses nothing. Set appendfsync always to close that gap.',
      ];
  }
}

/** Null where the service does not let us ask. */
async function appendFsync(client: Redis): Promise<string | null> {
  try {
    const [found] = pairs(await client.config('GET', 'appendfsync'));
    return found?.[1] ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return null;
    throw error;
  }
}
