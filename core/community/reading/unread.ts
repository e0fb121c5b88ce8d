import { type Channel, isPublic, scopeOf } from '../../domain/channel.ts';
import { isConversation } from '../../domain/conversation.ts';
import type { ChannelId, MessageId, ScopeId, Seq, UserId } from '../../domain/ids.ts';
import type { Unread } from '../../plugin/asked/self.ts';
import type { HistoryPage } from '../../store/archive/history.ts';
import type { Entry, Head } from '../../store/ports.ts';
import { isCalled, isFor, type Line, lineOf, type Reading } from './lines.ts';

/** More are not counted: people are told that there are more. */
export const MOST_COUNTED = 100;
/** Channels whose newest messages are kept at hand; each was asked for. */
const MOST_KEPT = 500;

/** What of a channel somebody has not read. */
export interface UnreadCounter {
  count(channel: Channel, reading: Reading & { readonly user: UserId }, readUpTo: Seq | null): Promise<Unread>;
  /** Follows the log. */
  apply(batch: readonly Entry[]): void;
  /** The log has gone back: nothing is certain. */
  forget(): void;
}

export interface UnreadDeps {
  readonly page: (viewer: UserId, channel: Channel, before: Seq | null, limit: number) => Promise<HistoryPage>;
  readonly head: (scope: ScopeId, id: MessageId) => Promise<Head | null>;
  /** Of the newest entry. */
  readonly headSeq: (channel: ChannelId) => Seq | null;
}

/** The newest messages of a channel, oldest first. */
interface Kept {
  readonly lines: readonly Line[];
  /** Below the first of them there is nothing. */
  readonly isWhole: boolean;
  /** Stored since: no more than a number where nobody asks. */
  readonly bodies: { readonly seq: Seq; readonly body: string }[];
}

export function createUnreadCounter({ page, head, headSeq }: UnreadDeps): UnreadCounter {
  const kept = new Map<ChannelId, Kept>();
  const changes = new Map<ChannelId, number>();
  let round = 0;

  async function load(viewer: UserId, channel: Channel): Promise<Kept> {
    const { messages, isEnd } = await page(viewer, channel, null, MOST_COUNTED);
    const lines = messages.toReversed().flatMap(({ seq, message }) => lineOf(seq, message) ?? []);
    return { lines, isWhole: isEnd, bodies: [] };
  }

  function withNew({ lines, isWhole, bodies }: Kept): Kept {
    if (bodies.length === 0) return { lines, isWhole, bodies };
    const added = bodies.flatMap(({ seq, body }) => lineOf(seq, JSON.parse(body).message) ?? []);
    const all = [...lines, ...added];
    const left = all.slice(-MOST_COUNTED);
    return { lines: left, isWhole: isWhole && left.length === all.length, bodies: [] };
  }

  /** In conversations members may see different things: nothing is kept of them. */
  async function newest(viewer: UserId, channel: Channel): Promise<Kept> {
    if (isConversation(channel.kind)) return load(viewer, channel);
    const known = kept.get(channel.id);
    if (known !== undefined) {
      const now = withNew(known);
      kept.set(channel.id, now);
      return now;
    }
    const before = `${round} ${changes.get(channel.id) ?? 0}`;
    changes.set(channel.id, changes.get(channel.id) ?? 0);
    const loaded = await load(viewer, channel);
    if (before === `${round} ${changes.get(channel.id) ?? 0}`) {
      changes.delete(channel.id);
      const [oldest] = kept.keys();
      if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(channel.id, loaded);
    }
    return loaded;
  }

  async function isMention(line: Line, channel: Channel, { users, names }: Reading, lines: readonly Line[]) {
    if (line.users.some((user) => users.includes(user)) || (line.words !== '' && isCalled(line.words, names)))
      return true;
    if (line.answers === null) return false;
    const answered = lines.find(({ id }) => id === line.answers)?.author;
    const author = answered ?? (await head(scopeOf(channel), line.answers))?.author;
    return author !== undefined && users.includes(author);
  }

  function applyOne(entry: Entry): void {
    const { channel, seq } = entry;
    if (channel === null || (entry.audience === 'hubs' && entry.kind !== 'hidden')) return;
    const changed = changes.get(channel);
    if (changed !== undefined) changes.set(channel, changed + 1);
    const known = kept.get(channel);
    if (known === undefined || entry.kind === 'reaction' || entry.kind === 'notice') return;
    if (entry.kind !== 'message' || seq === null || known.bodies.length > MOST_COUNTED) kept.delete(channel);
    else known.bodies.push({ seq, body: entry.body });
  }

  return {
    async count(channel, reading, readUpTo) {
      const nothing = { channel: channel.id, readUpTo, unread: 0, mentions: 0, firstUnread: null, isMore: false };
      // of what is public and was never opened everything is new, and nobody wants to hear that
      if (readUpTo === null && isPublic(channel.kind)) return nothing;
      const from = readUpTo ?? 0;
      if ((headSeq(channel.id) ?? 0) <= from) return nothing;
      const { lines, isWhole } = await newest(reading.user, channel);
      const unread = lines.filter((line) => line.seq > from && isFor(line, reading));
      let mentions = 0;
      for (const line of unread) if (await isMention(line, channel, reading, lines)) mentions += 1;
      const lowest = lines[0]?.seq ?? 0;
      const isMore = !isWhole && lowest > from + 1;
      return { ...nothing, unread: unread.length, mentions, firstUnread: unread[0]?.seq ?? null, isMore };
    },
    apply: (batch) => batch.forEach(applyOne),
    forget() {
      kept.clear();
      round += 1;
    },
  };
}
