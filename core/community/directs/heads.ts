import type { Channel } from '../../domain/channel.ts';
import { isConversation } from '../../domain/conversation.ts';
import type { ChannelId, Seq, UserId } from '../../domain/ids.ts';
import type { History } from '../../store/archive/history.ts';
import { type Entry, StoreUnavailable } from '../../store/ports.ts';
import type { Views } from './views.ts';

/** The newest entries of a conversation that are looked through before its pages are. */
const KEPT_ENTRIES = 20;
/** Conversations whose newest entries are at hand; each was asked for. */
const MOST_KEPT = 1_000;

/**
 * Where a channel ends for somebody. What of a conversation is kept from them must not show in it either: it would be
 * news of nothing, and would tell of what was said to others.
 */
export interface Heads {
  of(viewer: UserId, channel: Channel): Promise<Seq | null>;
  /** Follows the log. */
  apply(batch: readonly Entry[]): void;
  /** The log has gone back: nothing is certain. */
  forget(): void;
}

export interface HeadDeps {
  readonly views: Pick<Views, 'page' | 'seenBy'>;
  readonly entries: History['entries'];
  /** Of the newest entry, for whomever. */
  readonly headSeq: (channel: ChannelId) => Seq | null;
}

export function createHeads({ views, entries, headSeq }: HeadDeps): Heads {
  /** Oldest first. */
  const kept = new Map<ChannelId, readonly Entry[]>();

  async function newest(channel: Channel, head: Seq): Promise<readonly Entry[]> {
    const known = kept.get(channel.id);
    if (known !== undefined) return known;
    const after = Math.max(0, head - KEPT_ENTRIES) as Seq;
    const loaded = await entries(channel, after, KEPT_ENTRIES);
    if (headSeq(channel.id) !== head) return loaded;
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(channel.id, loaded);
    return loaded;
  }

  function sees(viewer: UserId, entry: Entry): boolean {
    const seenBy = views.seenBy(entry);
    return seenBy === undefined || seenBy(viewer) !== null;
  }

  async function lastSeen(viewer: UserId, channel: Channel, head: Seq): Promise<Seq | null> {
    const last = (await newest(channel, head)).findLast((entry) => sees(viewer, entry))?.seq;
    if (last !== undefined && last !== null) return last;
    return (await views.page(viewer, channel, null, 1)).messages[0]?.seq ?? null;
  }

  return {
    async of(viewer, channel) {
      const head = headSeq(channel.id);
      if (head === null || !isConversation(channel.kind)) return head;
      try {
        return await lastSeen(viewer, channel, head);
      } catch (error) {
        // channels are listed while the store is away, too
        if (error instanceof StoreUnavailable) return head;
        throw error;
      }
    },
    apply(batch) {
      if (kept.size === 0) return;
      for (const entry of batch) {
        const { audience, channel, seq } = entry;
        const known = channel === null ? undefined : kept.get(channel);
        if (known === undefined || channel === null || seq === null || audience !== 'readers') continue;
        if (seq > (known.at(-1)?.seq ?? 0)) kept.set(channel, [...known, entry].slice(-KEPT_ENTRIES));
      }
    },
    forget: () => kept.clear(),
  };
}
