import type { ChannelId, Epoch, Seq } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import type { Feed, FeedEntry } from '../plugin/surface.ts';

/** Where a follower was. */
export interface After {
  readonly epoch: Epoch;
  readonly seq: Seq;
}

/** Takes what is told; none of it may throw. */
export interface Follower {
  /** What this person may see of an entry, as JSON with its seq. */
  entry(epoch: Epoch, seq: Seq, json: string): void;
  /** Begins here. `reset`: what lies between is not to be had any more; load a page. */
  start(how: 'opened' | 'reset', epoch: Epoch, head: Seq): void;
  /** Resolves once what was told has been taken, so that a long past does not pile up. */
  ready(): Promise<void>;
}

export interface Following {
  readonly feed: Pick<Feed, 'epoch' | 'follow' | 'since' | 'liveSeq' | 'headSeq'>;
  readonly actor: Pick<Actor, 'user'>;
  readonly channel: ChannelId;
  /** Null: from now on. */
  readonly after: After | null;
  readonly signal: AbortSignal;
}

/** Missed entries read at once. */
const PAGE = 200;

/**
 * Tells a follower what is stored in a channel, in order, nothing twice and nothing left out, first what it has missed.
 * Resolves once it is live, with what stops it.
 */
export async function follow({ feed, actor, channel, after, signal }: Following, to: Follower): Promise<() => void> {
  const epoch = feed.epoch();
  let last: Seq;
  if (after !== null && after.epoch === epoch) {
    last = after.seq;
  } else {
    last = await feed.headSeq(channel);
    to.start(after === null ? 'opened' : 'reset', epoch, last);
  }
  const tell = (entry: FeedEntry): void => {
    if (entry.seq <= last) return;
    last = entry.seq;
    const body = entry.seenBy === undefined ? entry.body : entry.seenBy(actor.user);
    if (body !== null) to.entry(epoch, entry.seq, `{"seq":${entry.seq},${body.slice(1)}`);
  };
  while (!signal.aborted) {
    const handedOut = feed.liveSeq(channel);
    const read = await feed.since(channel, epoch, last, PAGE);
    if (read.kind === 'reset') {
      last = await feed.headSeq(channel);
      to.start('reset', epoch, last);
      continue;
    }
    for (const entry of read.entries) tell(entry);
    // in this very tick, or what comes in between would be missed
    const live = feed.liveSeq(channel);
    if (read.isLast && (live === handedOut || live === null || last >= live)) {
      return feed.follow(channel, (batch) => {
        for (const entry of batch) tell(entry);
      });
    }
    await to.ready();
  }
  return () => {};
}
