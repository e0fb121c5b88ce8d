import type { Clock } from '../../async/clock.ts';
import type { Logger } from '../../ops/log.ts';
import { type LiveState, type LiveStore, StoreUnavailable } from '../ports.ts';
import { type Arrival, createArrival } from './arrival.ts';
import { shownUrl } from './connect.ts';
import { createDeliveries } from './deliveries.ts';
import { epochKey, logKey, SHARDS } from './keys.ts';
import { createLink, type Link } from './link.ts';
import { createRedisLog } from './log.ts';
import { RedisRefused } from './refused.ts';
import { parseSnapshot } from './reply.ts';
import { createSeen, type RedisMemory } from './seen.ts';
import { createSignals } from './signals.ts';
import { createBridgeState, createLeases, createPresence } from './small-ports.ts';

export type { RedisMemory } from './seen.ts';

/** At the start, Redis may take so long to answer for the first time. */
const OPEN_MS = 10_000;
/** Keys are remembered for so long where nobody says otherwise. */
const KEEP_KEYS_MS = 15 * 60_000;

export interface RedisOptions {
  /** `redis://`, `rediss://` or `unix://`. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of each shard; posts are refused above. */
  readonly maxEntries: number;
  /** Asked whenever another run of Redis is met, should it have gone back. */
  readonly memory: RedisMemory;
  /** How long a step's key is remembered; longer while the archive lags. */
  readonly keepKeysMs?: () => number;
}

export interface OpenedRedis extends LiveStore {
  /** What an operator should know about how safe this Redis is. */
  warnings(): readonly string[];
  /** Ties this Redis to an archive at the first start. @throws {RedisRefused} when it is tied to another */
  claimArchive(id: string): Promise<void>;
}

/**
 * The live store in Redis, for any number of hubs.
 * @throws {RedisRefused} for a Redis that may not be used as it is
 * @throws {StoreUnavailable} when there is none
 */
export async function openRedis(options: RedisOptions): Promise<OpenedRedis> {
  const { url, clock, log, maxEntries, memory, keepKeysMs = () => KEEP_KEYS_MS } = options;
  const seen = createSeen(SHARDS, memory);
  const arrival = createArrival(seen, maxEntries, log);
  const link = createLink({ url, clock, log, arrive: arrival.arrive });
  try {
    await opened(link, url);
  } catch (error) {
    await link.close();
    throw error;
  }
  const redisLog = createRedisLog({ url, clock, log, link, seen, arrival, maxEntries, keepKeysMs });
  const signals = createSignals({ url, link, clock, log });
  const stopWatch = arrival.watch(clock, () =>
    link.use(async (client) => (await client.hget(epochKey(), 'epoch')) ?? ''),
  );

  return {
    log: redisLog,
    live: createLiveState(link, arrival),
    leases: createLeases(link),
    deliveries: createDeliveries(link),
    bridgeState: createBridgeState(link),
    presence: createPresence(link),
    signals,
    warnings: arrival.warnings,
    claimArchive: (id) => link.use((client) => arrival.claim(client, id)),
    async close() {
      stopWatch();
      await signals.close();
      await redisLog.close();
      await link.close();
    },
  };
}

/** Waits for the first connection; a Redis that is refused is not tried again. */
async function opened(link: Link, url: string): Promise<void> {
  const isUp = await link.whenUp(OPEN_MS);
  const cause = link.lastError();
  if (isUp) return;
  if (cause instanceof RedisRefused) throw cause;
  throw new StoreUnavailable(`Redis at ${shownUrl(url)} cannot be reached; start it, or correct redisUrl.`, { cause });
}

function createLiveState(link: Link, arrival: Arrival): LiveState {
  return {
    snapshot: async (shard) => parseSnapshot(await link.call('snapshot', [logKey(shard)])),
    epoch: () => Promise.resolve(arrival.epoch()),
    onEpoch: arrival.onEpoch,
    onHealth: link.onHealth,
  };
}
