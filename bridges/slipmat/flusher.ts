import type { Clock } from '../../core/plugin/index.ts';
import type { Batch, ChannelFeed } from './channel-feed.ts';
import type { Outlet, Reader } from './reader.ts';

/** Writes in one turn of the loop, so that acks, pongs and inbound frames come in between. */
const WRITES_PER_TURN = 500;
/** Longest pause between two flushes. */
const MAX_PAUSE_MS = 20;

/**
 * Hands what came since the last flush to every reader, one write each. The pace is its own: a message in a quiet
 * channel goes at once; under load the loop stays free for as long as the last flush took, and more goes in one write.
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
    const flush = (): void => this.#turn(this.#writes(), this.#clock.elapsed());
    if (waitMs > 0) this.#clock.after(waitMs, flush);
    else setImmediate(flush);
  }

  /** One turn of the loop; the next follows until the flush is done. */
  #turn(writes: Iterator<void>, beganAt: number): void {
    let isDone = this.#isStopped;
    for (let count = 0; count < WRITES_PER_TURN && !isDone; count += 1) isDone = writes.next().done === true;
    for (const connection of this.#corked) connection.uncork();
    this.#corked.length = 0;
    if (!isDone) {
      setImmediate(() => this.#turn(writes, beganAt));
      return;
    }
    const now = this.#clock.elapsed();
    this.#notBefore = now + Math.min(MAX_PAUSE_MS, now - beganAt);
    this.#isBusy = false;
    this.#schedule();
  }

  /** Yields after each reader. Backwards, so that one who leaves or comes meanwhile makes nobody be passed over. */
  *#writes(): Generator<void> {
    for (const feed of [...this.#dirty]) {
      const batch = feed.nextBatch();
      if (!feed.hasPending()) this.#dirty.delete(feed);
      if (batch === null) continue;
      for (let at = feed.readers.length - 1; at >= 0; at -= 1) {
        const reader = feed.readers[at];
        if (reader === undefined) continue;
        this.#cork(reader.connection);
        deliver(reader, batch);
        yield;
      }
    }
  }

  /** Those who read several channels get what this turn has for them in one write. */
  #cork(connection: Outlet): void {
    if (connection.joined.size > 1 && connection.cork()) this.#corked.push(connection);
  }
}

function deliver(reader: Reader, batch: Batch): void {
  const { connection } = reader;
  if (reader.lastSent >= batch.last || !connection.takesLive()) return;
  const bytes = batch.above(reader.lastSent);
  if (bytes === null) return;
  reader.lastSent = batch.last;
  connection.write(bytes);
}
