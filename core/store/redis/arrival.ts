import type { Redis } from 'ioredis';
import type { Clock } from '../../async/clock.ts';
import { newSecret } from '../../async/mint.ts';
import type { Epoch, Position } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import { START } from '../ports.ts';
import { inspect } from './inspect.ts';
import { epochKey, factsKey, logKey, SHARDS } from './keys.ts';
import { fullName } from './library.ts';
import { loadLibrary } from './link.ts';
import { earlierOf } from './position.ts';
import { otherArchive, RedisRefused } from './refused.ts';
import { list, parsePosition, text } from './reply.ts';
import type { Seen } from './seen.ts';

/** How often each hub asks whether another one has changed the epoch. */
const EPOCH_POLL_MS = 1_000;

export interface Arrival {
  /** To be run on each new connection, before anything is read or written by it. @throws {RedisRefused} */
  arrive(client: Redis): Promise<void>;
  warnings(): readonly string[];
  epoch(): Epoch;
  onEpoch(listener: (epoch: Epoch) => void): () => void;
  /** Asks Redis for the epoch now and again. @returns a function that stops it */
  watch(clock: Clock, read: () => Promise<string>): () => void;
  /** Tells everybody that entries were lost to them, though the epoch is the same. */
  tellMissed(): void;
  /** Remembers which archive this Redis belongs to. @throws {RedisRefused} when it is another's */
  claim(client: Redis, archive: string): Promise<void>;
  /** The run of Redis that was last arrived at; null before the first. */
  run(): string | null;
  /** From where a reader goes on that was at `at` when it lost the run before. */
  resumeAt(shard: number, at: Position): Position;
}

export function createArrival(seen: Seen, maxEntries: number, log: Logger): Arrival {
  const listeners = new Set<(epoch: Epoch) => void>();
  let run: string | null = null;
  let epoch = '' as Epoch;
  let warnings: readonly string[] = [];
  let archive: string | null = null;
  let backs: readonly Position[] = [];

  function learn(next: string): void {
    const isChange = epoch !== '' && next !== epoch;
    epoch = next as Epoch;
    if (!isChange) return;
    log.warn({ epoch }, 'the log has gone back; a new epoch begins');
    tell();
  }

  function tell(): void {
    for (const listener of [...listeners]) listener(epoch);
  }

  /** Another run may have less than the one before: seqs and positions go on above all that was seen. */
  async function meet(client: Redis, next: string): Promise<void> {
    const mended = await Promise.all(shards().map((shard) => mend(client, next, shard, seen)));
    const isGone = mended.some(({ gone }) => gone);
    const answer = await client.fcall(
      fullName('epoch'),
      1,
      epochKey(),
      next,
      newSecret().slice(0, 12),
      isGone ? '1' : '0',
    );
    backs = mended.map(({ back }) => back);
    run = next;
    learn(text(answer));
  }

  async function claim(client: Redis, id: string): Promise<void> {
    await client.hsetnx(factsKey(), 'archive', id);
    const kept = await client.hget(factsKey(), 'archive');
    if (kept !== id) throw otherArchive(String(kept), id);
    archive = id;
  }

  return {
    async arrive(client) {
      const facts = await inspect(client);
      warnings = facts.warnings;
      await loadLibrary(client);
      await checkShards(client);
      await client.hset(factsKey(), 'cap', maxEntries);
      if (archive !== null) await claim(client, archive);
      if (facts.run !== run) await meet(client, facts.run);
    },
    warnings: () => warnings,
    epoch: () => epoch,
    onEpoch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watch: (clock, read) =>
      clock.every(EPOCH_POLL_MS, () => {
        read().then(learn, (error: unknown) => log.debug({ err: error }, 'the epoch could not be read'));
      }),
    tellMissed: tell,
    claim,
    run: () => run,
    resumeAt: (shard, at) => earlierOf(at, backs[shard] ?? at),
  };
}

async function mend(
  client: Redis,
  run: string,
  shard: number,
  seen: Seen,
): Promise<{ readonly gone: boolean; readonly back: Position }> {
  const seqs = [...seen.seqs(shard)].flatMap(([channel, seq]) => [channel, String(seq)]);
  const highest = seen.highest(shard);
  const reply = list(await client.fcall(fullName('mend'), 1, logKey(shard), run, highest, ...seqs));
  return { gone: highest !== START && text(reply[0]) === '1', back: parsePosition(reply[1]) };
}

async function checkShards(client: Redis): Promise<void> {
  await client.hsetnx(factsKey(), 'shards', SHARDS);
  const kept = await client.hget(factsKey(), 'shards');
  if (kept !== String(SHARDS)) {
    throw new RedisRefused(
      `The data in Redis has ${kept} shards and this version of the hub ${SHARDS}; their number is fixed at the first ` +
        'start. Run the version that made it, or take an empty database.',
    );
  }
}

function shards(): readonly number[] {
  return Array.from({ length: SHARDS }, (_, shard) => shard);
}
