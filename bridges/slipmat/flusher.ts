import type { Clock } from '../../core/plugin/index.ts';
import type { Batch, ChannelFeed } from './channel-feed.ts';
import type { Outlet, Reader } from './reader.ts';

/** Writes in one turn of the loop, so that acks, pongs and inbound frames come in between. */
const WRITES_PER_TURN = 500;
/** Longest pause between two flushes. */
const MAX_PAUSE_MS = 20;

/** One channel's part of a flush. */
interface Round {
  readonly batch: Batch;
  readonly readers: readonly Reader[];
  /** Whose turn it is; below zero: done. */
  at: number;
}

interface Flush {
  readonly feeds: ChannelFeed[];
  current: Round | null;
  /** Messages in the longest batch so far. */
  deepest: number;
  readonly beganAt: number;
}

/**
 * Hands what came since the last flush to every reader, one write each. The pace is its own: as long as messages come
 * one by one, each goes at once; the more had to wait for the last flush, the closer the pause after it comes to the
 * time it took, so that the loop has room for what comes in and more goes in one write.
 */
export class Flusher {
  readonly #clock: Clock;
  readonly #dirty = new Set<ChannelFeed>();
  readonly #corked: Outlet[] = [];
  #isBusy = false;
  #isStopped = false;
  #notBefore = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(feed: ChannelFeed): void {
    this.#dirty.add(feed);
    this.#schedule();
  }

  forget(feed: ChannelFeed): void {
    this.#dirty.delete(feed);
  }

  stop(): void {
    this.#isStopped = true;
    this.#dirty.clear();
  }

  #schedule(): void {
    if (this.#isBusy || this.#isStopped || this.#dirty.size === 0) return;
    this.#isBusy = true;
    const waitMs = this.#notBefore - this.#clock.elapsed();
    const flush = (): void => {
      this.#turn({ feeds: [...this.#dirty], current: null, deepest: 1, beganAt: this.#clock.elapsed() });
    };
    if (waitMs > 0) this.#clock.after(waitMs, flush);
    else setImmediate(flush);
  }

  /** One turn of the loop; the next follows until the flush is done. */
  #turn(flush: Flush): void {
    let left = WRITES_PER_TURN;
    while (left > 0 && !this.#isStopped) {
      flush.current ??= this.#next(flush);
      if (flush.current === null) break;
      left = this.#write(flush.current, left);
      if (flush.current.at < 0) flush.current = null;
    }
    for (const connection of this.#corked) connection.uncork();
    this.#corked.length = 0;
    if (left === 0 && !this.#isStopped) {
      setImmediate(() => this.#turn(flush));
      return;
    }
    const now = this.#clock.elapsed();
    this.#notBefore = now + Math.min(MAX_PAUSE_MS, (now - flush.beganAt) * (1 - 1 / flush.deepest));
    this.#isBusy = false;
    this.#schedule();
  }

  /** The next channel's batch, on its way to its last reader first. */
  #next(flush: Flush): Round | null {
    for (let feed = flush.feeds.pop(); feed !== undefined; feed = flush.feeds.pop()) {
      const batch = feed.nextBatch();
      if (!feed.hasPending()) this.#dirty.delete(feed);
      const { readers } = feed;
      if (batch === null || readers.length === 0) continue;
      flush.deepest = Math.max(flush.deepest, batch.last - batch.first + 1);
      return { batch, readers, at: readers.length - 1 };
    }
    return null;
  }

  /**
   * A plain loop: it runs for each delivery. Backwards, so that one who leaves or comes meanwhile makes nobody be
   * passed over. @returns how many writes are left of this turn
   */
  #write(round: Round, writes: number): number {
    const { batch, readers } = round;
    let left = writes;
    let { at } = round;
    for (; at >= 0 && left > 0; at -= 1) {
      const reader = readers[at];
      if (reader === undefined) continue;
      if (reader.connection.joined.size > 1) this.#cork(reader.connection);
      deliver(reader, batch);
      left -= 1;
    }
    round.at = at;
    return left;
  }

  /** Those who read several channels get what this turn has for them in one write. */
  #cork(connection: Outlet): void {
    if (connection.cork()) this.#corked.push(connection);
  }
}

function deliver(reader: Reader, batch: Batch): void {
  const { connection } = reader;
  if (reader.lastSent >= batch.last || !connection.takesLive()) return;
  if (batch.own !== undefined) {
    reader.lastSent = batch.last;
    const frame = connection.person === null ? null : batch.own(connection.person.actor.user);
    if (frame !== null) connection.write(frame);
    return;
  }
  const whole = connection.takesPacked && reader.lastSent < batch.first ? batch.packed() : null;
  const bytes = whole ?? batch.above(reader.lastSent);
  if (bytes === null) return;
  reader.lastSent = batch.last;
  connection.write(bytes);
}
