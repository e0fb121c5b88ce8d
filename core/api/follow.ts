import type { ChannelId, Epoch, Seq } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import type { FeedEntry } from '../plugin/surface.ts';
import type { ApiPort } from './port.ts';

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
  readonly port: Pick<ApiPort, 'feed' | 'catchUp'>;
  readonly actor: Actor;
  readonly channel: ChannelId;
  /** Null: from now on. */
  readonly after: After | null;
  readonly signal: AbortSignal;
}

/**
 * Tells a follower what is stored in a channel, in order, nothing twice and nothing left out, first what it has missed.
 * Resolves once it is live, with what stops it.
 */
export async function follow({ port, actor, channel, after, signal }: Following, to: Follower): Promise<() => void> {
  const { feed } = port;
  const epoch = feed.epoch();
  let last: Seq | null = after !== null && after.epoch === epoch ? after.seq : null;
  let stop = (): void => {};

  async function begin(how: 'opened' | 'reset'): Promise<Seq> {
    const head = await feed.headSeq(channel);
    to.start(how, epoch, head);
    return head;
  }
  function tell({ seq, body, seenBy }: FeedEntry): void {
    if (last !== null && seq <= last) return;
    last = seq;
    const seen = seenBy === undefined ? body : seenBy(actor.user);
    if (seen !== null) to.entry(epoch, seq, `{"seq":${seq},${seen.slice(1)}`);
  }

  last ??= await begin(after === null ? 'opened' : 'reset');
  for (;;) {
    const done = await port.catchUp(
      actor,
      { channel, epoch, after: last },
      {
        isThere: () => !signal.aborted,
        async take(entries, upTo) {
          for (const entry of entries) tell(entry);
          last = upTo;
        },
        drained: () => to.ready(),
        live() {
          stop = feed.follow(channel, (batch) => {
            for (const entry of batch) tell(entry);
          });
        },
      },
    );
    if (done !== 'reset') return stop;
    last = await begin('reset');
  }
}
