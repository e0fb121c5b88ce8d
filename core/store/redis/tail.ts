import type { Redis } from 'ioredis';
import { backoffMs } from '../../async/backoff.ts';
import { type Clock, pause } from '../../async/clock.ts';
import type { Position } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import { type Entry, START } from '../ports.ts';
import type { Arrival } from './arrival.ts';
import { createConnection, disconnect } from './connect.ts';
import { logKey } from './keys.ts';
import { isBefore } from './position.ts';
import { list, orNull, parseEntry, parseInfo } from './reply.ts';
import type { Seen } from './seen.ts';

const BLOCK_MS = 5_000;
/** Waits so long at a time for the hub to meet a new run of Redis. */
const MEET_MS = 500;
/** Entries of one shard in one read. */
const BATCH = 500;
/** Under load the log is not read more often than this: what comes meanwhile comes in one answer. */
const MIN_INTERVAL_MS = 4;
const RECONNECT = { baseMs: 50, capMs: 2_000 };

export interface TailDeps {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly seen: Seen;
  readonly arrival: Arrival;
  /** Resolves when the hub's own connection is there; false when that takes longer than `ms`. */
  readonly whenUp: (ms: number) => Promise<boolean>;
}

/** One blocking reader of all shards, on a connection of its own, for ever until the signal. */
export async function* followLog(
  deps: TailDeps,
  after: readonly Position[],
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[], void, undefined> {
  const reader = createReader(deps, after);
  let failures = 0;
  while (!signal.aborted) {
    const client = createConnection(deps.url);
    const stop = (): void => disconnect(client);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await client.connect();
      await reader.arrive(client);
      let lastRead = Number.NEGATIVE_INFINITY;
      while (!signal.aborted) {
        const early = lastRead + MIN_INTERVAL_MS - deps.clock.elapsed();
        if (early > 0) await pause(deps.clock, early, signal);
        const batch = await reader.read(client);
        lastRead = deps.clock.elapsed();
        failures = 0;
        if (batch.length > 0) yield batch;
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      deps.log.warn({ err: error, failures }, 'the log cannot be followed for now');
    } finally {
      signal.removeEventListener('abort', stop);
      disconnect(client);
    }
    await pause(deps.clock, backoffMs(failures, RECONNECT), signal);
  }
}

interface Reader {
  /** Makes sure that the log is the one that was read before, or finds where to go on. */
  arrive(client: Redis): Promise<void>;
  read(client: Redis): Promise<readonly Entry[]>;
}

function createReader({ seen, arrival, whenUp }: TailDeps, after: readonly Position[]): Reader {
  const positions = [...after];
  const keys = positions.map((_, shard) => logKey(shard));
  const shardOfKey = new Map(keys.map((key, shard) => [key, shard]));
  let run: string | null = null;

  async function checkTrimmed(client: Redis): Promise<void> {
    const marks = await Promise.all(keys.map((key) => client.get(key.replace(/log$/, 'trimmed'))));
    const isMissed = positions.some((at, shard) => at !== START && isBefore(at, (marks[shard] ?? START) as Position));
    if (isMissed) arrival.tellMissed();
  }

  return {
    async arrive(client) {
      const met = parseInfo(await client.info('server')).get('run_id') ?? '';
      if (arrival.run() !== met) await whenUp(MEET_MS);
      if (arrival.run() !== met) throw new Error('Redis is being met by the hub; the reader waits');
      if (run !== null && run !== met) {
        for (const [shard, at] of positions.entries()) positions[shard] = arrival.resumeAt(shard, at);
      }
      if (run !== null) await checkTrimmed(client);
      run = met;
    },
    async read(client) {
      const reply = await client.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...positions);
      if (reply === null) return [];
      const batch: Entry[] = [];
      for (const stream of list(reply)) {
        const [key, entries] = list(stream);
        const shard = shardOfKey.get(orNull(key) ?? '') ?? 0;
        for (const each of list(entries)) batch.push(parseEntry(shard, each));
      }
      for (const entry of batch) {
        positions[entry.shard] = entry.position;
        seen.note(entry);
      }
      return batch;
    },
  };
}
