import type { Clock } from '../../async/clock.ts';
import { assertNever } from '../../domain/content.ts';
import type { EpochMs, TokenId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { WireEntry } from '../../domain/wire.ts';
import type { Feed, FeedEntry, SurfacePort } from '../../plugin/surface.ts';

export interface CatchUpDeps {
  readonly feed: Pick<Feed, 'since' | 'liveSeq'>;
  /** When it was made; null: there is no such token. */
  readonly madeAt: (token: TokenId) => EpochMs | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** Missed entries read at once. */
const PAGE = 200;
/** A token that is not for history goes on where it broke off if that was not longer ago; else it begins anew. */
export const RESUME_MS = 5 * 60_000;

/**
 * Reads until nothing is missing, then follows in the same tick. A read that began when the hub had handed out just as
 * much as it has now cannot have missed anything.
 */
export function createCatchUp({ feed, madeAt, clock }: CatchUpDeps): SurfacePort['catchUp'] {
  /** What is older is the past: whoever may not read that gets nothing of it by resuming either. */
  function isTooOld({ grant }: Actor, entry: FeedEntry | undefined): boolean {
    if (grant === undefined || grant.scopes.includes('history') || entry === undefined) return false;
    const oldest = Math.max(clock.now() - RESUME_MS, madeAt(grant.token) ?? Number.POSITIVE_INFINITY);
    return saidAt(JSON.parse(entry.body) as WireEntry) < oldest;
  }

  return async (actor, { channel, epoch, after }, taker) => {
    let last = after;
    for (;;) {
      const handedOut = feed.liveSeq(channel);
      const read = await feed.since(channel, epoch, last, PAGE);
      if (!taker.isThere()) return 'gone';
      // also of a later page: what was stored while the first ones were read is new
      if (read.kind === 'reset' || (last === after && isTooOld(actor, read.entries[0]))) return 'reset';
      last = read.entries.at(-1)?.seq ?? last;
      await taker.take(seenBy(actor, read.entries), last);
      if (!taker.isThere()) return 'gone';
      const live = feed.liveSeq(channel);
      if (read.isLast && (live === handedOut || live === null || last >= live)) {
        taker.live();
        return 'live';
      }
      await taker.drained();
      if (!taker.isThere()) return 'gone';
    }
  };
}

/** Those that are for this person, as they are for them. */
function seenBy({ user }: Actor, entries: readonly FeedEntry[]): readonly FeedEntry[] {
  if (entries.every((entry) => entry.seenBy === undefined)) return entries;
  return entries.flatMap((entry) => {
    if (entry.seenBy === undefined) return [entry];
    const body = entry.seenBy(user);
    return body === null ? [] : [{ seq: entry.seq, body }];
  });
}

function saidAt(entry: WireEntry): EpochMs {
  switch (entry.type) {
    case 'message':
    case 'shown':
      return entry.message.sentAt;
    case 'redaction':
      return entry.redaction.at;
    case 'edit':
    case 'reaction':
    case 'mark':
    case 'notice':
      return entry.at;
    default:
      return assertNever(entry);
  }
}
