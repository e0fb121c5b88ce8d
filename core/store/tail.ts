import type { Position } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { Entry, Log } from './ports.ts';

/** One reader of the whole log per hub; everything else in the hub follows it. */
export interface Tail {
  /** Adds a follower. Followers get each batch in the order they were added; a slow one holds the others up. */
  follow(follower: (batch: readonly Entry[]) => void | Promise<void>): void;
  /** Reads from just after these positions, one per shard. */
  start(after: readonly Position[]): void;
  /** The newest position of each shard that followers have been through. */
  positions(): readonly Position[];
  /** Resolves once followers have been through this position. */
  reached(shard: number, position: Position): Promise<void>;
  /** Resolves when the last batch is through. */
  stop(): Promise<void>;
}

export function createTail(log: Log, logger: Logger): Tail {
  const followers: ((batch: readonly Entry[]) => void | Promise<void>)[] = [];
  const stopping = new AbortController();
  const positions: Position[] = [];
  const waiting = new Set<{ readonly shard: number; readonly position: Position; readonly done: () => void }>();
  let running: Promise<void> = Promise.resolve();

  const isThrough = (shard: number, position: Position): boolean => {
    const at = positions[shard];
    return at !== undefined && !log.isBefore(at, position);
  };

  async function hand(batch: readonly Entry[]): Promise<void> {
    for (const follower of followers) await runFollower(follower, batch, logger);
    for (const entry of batch) positions[entry.shard] = entry.position;
    for (const waiter of waiting) {
      if (isThrough(waiter.shard, waiter.position)) {
        waiting.delete(waiter);
        waiter.done();
      }
    }
  }

  async function run(after: readonly Position[]): Promise<void> {
    for await (const batch of log.tail(after, stopping.signal)) await hand(batch);
  }

  return {
    follow: (follower) => void followers.push(follower),
    start(after) {
      positions.push(...after);
      running = run(after);
    },
    positions: () => positions,
    reached(shard, position) {
      if (isThrough(shard, position) || stopping.signal.aborted) return Promise.resolve();
      return new Promise((done) => waiting.add({ shard, position, done }));
    },
    async stop() {
      stopping.abort();
      await running;
      for (const waiter of waiting) waiter.done();
      waiting.clear();
    },
  };
}

/** One follower's fault must not stop the others from following. */
async function runFollower(
  follower: (batch: readonly Entry[]) => void | Promise<void>,
  batch: readonly Entry[],
  logger: Logger,
): Promise<void> {
  try {
    const waits = follower(batch);
    if (waits !== undefined) await waits;
  } catch (error) {
    logger.error({ err: error, entries: batch.length }, 'a follower of the log failed');
  }
}
