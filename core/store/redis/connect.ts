import { Redis } from 'ioredis';
import { RedisRefused } from './refused.ts';
import { UnreadableReply } from './reply.ts';

const CONNECT_MS = 5_000;
/** A command that gets nothing back for so long stands on a dead connection. Longer than the tail's own wait. */
const SILENT_MS = 15_000;

/**
 * One connection that is never mended: when it breaks it ends, and whoever holds it makes another. ioredis neither
 * queues nor repeats anything, since only the caller knows in which order that would be right.
 */
export function createConnection(url: string): Redis {
  const client = new GatheringRedis(addressOf(url), {
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: CONNECT_MS,
    retryStrategy: () => null,
  });
  // The reason comes with the rejected promises too; without a listener ioredis would print it.
  client.on('error', () => undefined);
  return client;
}

/**
 * All commands of one turn of the loop leave in one write. The client's own pipelining would hold the next ones back
 * until those before are answered, and what it keeps outlives the young generation: collecting it takes tens of ms.
 */
class GatheringRedis extends Redis {
  #isGathering = false;
  #last: (() => void)[] = [];

  /** Runs at the end of this turn; what it sends leaves with the rest. */
  atEndOfTurn(run: () => void): void {
    this.#last.push(run);
    this.#gather();
  }

  override sendCommand(...command: Parameters<Redis['sendCommand']>): unknown {
    this.#gather();
    return super.sendCommand(...command);
  }

  #gather(): void {
    const { stream } = this;
    if (this.#isGathering) return;
    this.#isGathering = true;
    stream?.cork();
    setImmediate(() => {
      const last = this.#last;
      this.#last = [];
      try {
        for (const run of last) run();
      } finally {
        this.#isGathering = false;
        stream?.uncork();
      }
      if (this.#last.length > 0) this.#gather();
    });
  }
}

/** What is sent over this connection then leaves in one write, with all that was sent in this turn of the loop. */
export function atEndOfTurn(client: Redis, run: () => void): void {
  if (client instanceof GatheringRedis) client.atEndOfTurn(run);
  else setImmediate(run);
}

/** Closes it at once. On one that has ended already ioredis would start a timer of two seconds. */
export function disconnect(client: Redis): void {
  if (client.status !== 'end') client.disconnect();
}

/** ioredis takes the path of a socket bare. */
function addressOf(url: string): string {
  return url.startsWith('unix://') ? url.slice('unix://'.length) : url;
}

/** Resolves once the connection is gone. */
export function ended(client: Redis): Promise<void> {
  if (client.status === 'end') return Promise.resolve();
  return new Promise((resolve) => client.once('end', () => resolve()));
}

/** The address without its password, for logs and errors. */
export function shownUrl(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password !== '') parsed.password = '***';
    return parsed.toString();
  } catch {
    return 'the configured address';
  }
}

/** Redis does not let this user in: trying again will not help. Null for any other reason. */
export function refusalOf(reason: unknown, url: string): RedisRefused | null {
  if (!(reason instanceof Error) || !/^(WRONGPASS|NOAUTH|NOPERM)\b|invalid (password|username)/i.test(reason.message))
    return null;
  return new RedisRefused(
    `Redis at ${shownUrl(url)} refuses us: check user and password in redisUrl (REDIS_URL), and what this user may do.`,
  );
}

/** What an error of a command says about the command. */
export type Fault =
  /** The connection broke: whether the command took effect is unknown. */
  | 'lost'
  /** Redis has forgotten the library. */
  | 'no-library'
  /** Redis has no memory left for writes. */
  | 'full'
  /** Refused for now; nothing was done. */
  | 'passing'
  /** Refused for good. */
  | 'broken';

const PASSING = /^(LOADING|BUSY|MISCONF|READONLY|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|UNKILLABLE|MOVED|ASK)\b/;

export function faultOf(error: unknown): Fault {
  if (error instanceof TypeError || error instanceof RedisRefused || error instanceof UnreadableReply) return 'broken';
  if (!(error instanceof Error) || error.name !== 'ReplyError') return 'lost';
  if (error.message.includes('Function not found')) return 'no-library';
  if (error.message.startsWith('OOM')) return 'full';
  return PASSING.test(error.message) ? 'passing' : 'broken';
}
