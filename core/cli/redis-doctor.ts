import { codeOf } from '../../config/env.ts';
import { redactUrl } from '../../config/redact-url.ts';
import { LOG_IS_IN_REDIS } from '../hub/log-home.ts';
import { inspect } from '../store/redis/inspect.ts';
import { factsKey } from '../store/redis/keys.ts';
import { otherArchive, RedisRefused } from '../store/redis/refused.ts';
import type { Finding } from './finding.ts';
import type { FolderFacts } from './folder-doctor.ts';

const CONNECT_TIMEOUT_MS = 3_000;

/** What Redis must be and should be, and whether it and the data folder belong together. */
export async function redisFindings(url: string | null, folder: FolderFacts | null): Promise<readonly Finding[]> {
  if (url === null && folder?.isLogInRedis === true) {
    return [{ level: 'fail', what: `No Redis is set, but ${LOG_IS_IN_REDIS.problem}.`, mend: LOG_IS_IN_REDIS.mend }];
  }
  if (url === null) return [{ level: 'ok', what: 'Messages are kept in the embedded store: no Redis is needed.' }];
  // loaded only where it is used
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let lastError: unknown = null;
  // Each failed try says why here, and only "closed" to the caller.
  redis.on('error', (error: unknown) => {
    lastError = error;
  });
  try {
    await redis.connect();
    const { warnings } = await inspect(redis);
    const owner = await redis.hget(factsKey(), 'archive');
    if (folder !== null && owner !== null && owner !== folder.archiveId) throw otherArchive(owner, folder.archiveId);
    const reachable: Finding = { level: 'ok', what: `Redis answers at ${redactUrl(url)}, and takes the hub.` };
    return [reachable, ...warnings.map((mend): Finding => ({ level: 'warn', what: 'Redis could be safer.', mend }))];
  } catch (error) {
    if (error instanceof RedisRefused) {
      return [{ level: 'fail', what: `Redis at ${redactUrl(url)} will not do.`, mend: error.message }];
    }
    return [unreachable(url, lastError ?? error)];
  } finally {
    redis.disconnect();
  }
}

function unreachable(url: string, error: unknown): Finding {
  const text = error instanceof Error ? error.message : '';
  const isRefused = /WRONGPASS|NOAUTH|NOPERM/.test(text);
  return {
    level: 'fail',
    what: `Redis at ${redactUrl(url)} ${isRefused ? 'refuses us' : `does not answer (${codeOf(error)})`}.`,
    mend: isRefused
      ? 'Check user and password in REDIS_URL, and what this user may do.'
      : 'Start it, check host and port in REDIS_URL, or unset REDIS_URL for the embedded store.',
  };
}
