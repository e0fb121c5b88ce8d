import { codeOf } from '../../config/env.ts';
import { redactUrl } from '../../config/redact-url.ts';
import type { Finding } from './doctor.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const OLDEST_MAJOR = 7;

/** What Redis must be and what it should be. Nothing where none is configured. */
export async function redisFindings(url: string | null): Promise<readonly Finding[]> {
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
    const server = await redis.info('server');
    const setting = async (name: string): Promise<string | null> => {
      const answer: unknown = await redis.config('GET', name);
      return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
    };
    const found = { policy: await setting('maxmemory-policy'), appendonly: await setting('appendonly') };
    return [
      { level: 'ok', what: `Redis answers at ${redactUrl(url)}.` },
      versionFinding(/redis_version:(\d+)/.exec(server)?.[1]),
      policyFinding(found.policy),
      persistenceFinding(found.appendonly, await setting('appendfsync')),
    ];
  } catch (error) {
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
      ? 'Check user and password in REDIS_URL, and that this user may run INFO and CONFIG GET.'
      : 'Start it, check host and port in REDIS_URL, or unset REDIS_URL for the embedded store.',
  };
}

function versionFinding(major: string | undefined): Finding {
  if (major !== undefined && Number(major) >= OLDEST_MAJOR)
    return { level: 'ok', what: `Redis is of version ${major}.` };
  return { level: 'fail', what: 'Redis is too old.', mend: 'Use Redis 7.0 or newer.' };
}

function policyFinding(policy: string | null): Finding {
  if (policy === 'noeviction') return { level: 'ok', what: 'Redis evicts nothing when it is full.' };
  return {
    level: 'fail',
    what: `Redis throws keys away when it is full (maxmemory-policy ${policy ?? 'unknown'}).`,
    mend: 'Set `maxmemory-policy noeviction` in redis.conf: else acknowledged messages may vanish.',
  };
}

function persistenceFinding(appendonly: string | null, appendfsync: string | null): Finding {
  if (appendonly !== 'yes') {
    return {
      level: 'warn',
      what: 'Redis keeps no append-only file: a crash of Redis loses what is not archived yet.',
      mend: 'Set `appendonly yes` and `appendfsync always` in redis.conf.',
    };
  }
  if (appendfsync === 'always')
    return { level: 'ok', what: 'Redis writes each message to disk before it is acknowledged.' };
  return {
    level: 'warn',
    what: `Redis writes to disk ${appendfsync === 'everysec' ? 'each second' : 'when the system likes'}: a power loss may take the last messages.`,
    mend: 'Set `appendfsync always` in redis.conf if that matters more than speed.',
  };
}
