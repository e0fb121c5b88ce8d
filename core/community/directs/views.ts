import type { Channel } from '../../domain/channel.ts';
import { isConversation } from '../../domain/conversation.ts';
import type { EntryNote } from '../../domain/entry.ts';
import { type ChannelId, type MessageId, mintedAt, type Seq, type UserId } from '../../domain/ids.ts';
import type { HistoryMessage, WireChatMessage } from '../../domain/wire.ts';
import type { FeedEntry } from '../../plugin/surface.ts';
import { unquoted } from '../../store/archive/fold.ts';
import type { History, HistoryPage, HistoryQuery } from '../../store/archive/history.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Entry, SearchHit } from '../../store/ports.ts';
import { type Sight, sightOf } from './sight.ts';

/** What each member of a conversation sees of it; of other channels everybody sees the same. */
export interface Views {
  page(viewer: UserId, channel: Channel, before: Seq | null, limit: number): Promise<HistoryPage>;
  message(viewer: UserId, channel: Channel, id: MessageId): Promise<HistoryMessage | null>;
  search(viewer: UserId, channels: readonly Channel[], query: HistoryQuery): Promise<readonly SearchHit[]>;
  /** What is stored after this, oldest first. */
  since(channel: Channel, after: Seq, limit: number): Promise<readonly FeedEntry[]>;
  /** Who gets what of an entry as it comes; undefined: every reader the whole. */
  seenBy(entry: Entry): FeedEntry['seenBy'];
  /** What goes with a message; null: there is none such. */
  noteOf(channel: Channel, id: MessageId): Promise<EntryNote | null>;
}

export interface ViewDeps {
  readonly history: Pick<History, 'page' | 'message' | 'search' | 'entries' | 'since'>;
  readonly directory: Pick<Directory, 'channel' | 'conversations' | 'events' | 'sameAs' | 'relations'>;
}

/** Entries read at once to find what goes with the messages of a page. */
const BATCH = 200;
/** For what goes with it is not known. */
const NOBODY = (): null => null;
/** Pages looked through for one that is to be shown. */
const MOST_PAGES = 20;

export function createViews({ history, directory }: ViewDeps): Views {
  const { conversations } = directory;

  function sight(viewer: UserId, channel: ChannelId, entry: Pick<Entry, 'message' | 'at'>, note: EntryNote): Sight {
    return sightOf({ note, message: entry.message, at: entry.at }, conversations.memberOf(channel, viewer), directory);
  }

  /** What stood in the notes of these messages when they were stored. */
  async function notesOf(channel: Channel, rows: readonly HistoryMessage[]): Promise<ReadonlyMap<MessageId, Entry>> {
    const found = new Map<MessageId, Entry>();
    const seqs = rows.map(({ seq }) => seq);
    const last = Math.max(...seqs);
    let after = (Math.min(...seqs) - 1) as Seq;
    while (after < last) {
      const entries = await history.entries(channel, after, Math.min(BATCH, last - after));
      for (const entry of entries)
        if (entry.kind === 'message' && entry.message !== null) found.set(entry.message, entry);
      const end = entries.at(-1)?.seq ?? null;
      if (end === null) break;
      after = end;
    }
    return found;
  }

  /** The rows that this person may see, as they may see them. */
  async function shown<Row extends HistoryMessage>(
    viewer: UserId,
    channel: Channel,
    rows: readonly Row[],
  ): Promise<readonly Row[]> {
    if (rows.length === 0) return rows;
    const notes = await notesOf(channel, rows);
    return rows.flatMap((row) => {
      const entry = notes.get(row.message.id);
      // of what nothing is known nothing is shown
      const seen = entry === undefined ? 'nothing' : sight(viewer, channel.id, entry, JSON.parse(entry.note));
      if (seen === 'nothing') return [];
      const message = seen === 'unquoted' ? { ...row.message, replyTo: null } : row.message;
      return [{ ...row, message, reactions: reactionsFor(viewer, row) }];
    });
  }

  /** Without those of people whom they have blocked. */
  function reactionsFor(viewer: UserId, { reactions }: HistoryMessage): HistoryMessage['reactions'] {
    const left = reactions.map(({ emoji, users }) => ({
      emoji,
      users: users.filter((user) => !directory.relations.isBlocked(viewer, user)),
    }));
    return left.filter(({ users }) => users.length > 0);
  }

  async function page(viewer: UserId, channel: Channel, before: Seq | null, limit: number): Promise<HistoryPage> {
    const since = conversations.memberOf(channel.id, viewer)?.since ?? Number.POSITIVE_INFINITY;
    const messages: HistoryMessage[] = [];
    let below = before;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const read = await history.page(channel, below, limit - messages.length);
      messages.push(...(await shown(viewer, channel, read.messages)));
      const last = read.messages.at(-1);
      const isEnd = read.isEnd || last === undefined || mintedAt(last.message.id) < since;
      if (isEnd || messages.length >= limit) return { messages, isEnd };
      below = last.seq;
    }
    return { messages, isEnd: false };
  }

  async function message(viewer: UserId, channel: Channel, id: MessageId): Promise<HistoryMessage | null> {
    const found = await history.message(channel, id);
    return found === null ? null : ((await shown(viewer, channel, [found]))[0] ?? null);
  }

  async function search(viewer: UserId, channels: readonly Channel[], query: HistoryQuery) {
    const hits = await history.search(channels, query);
    const seen: SearchHit[] = [];
    for (const hit of hits) {
      const channel = directory.channel(hit.channel);
      if (channel === null) continue;
      seen.push(...(isConversation(channel.kind) ? await shown(viewer, channel, [hit]) : [hit]));
    }
    return seen;
  }

  function seenBy(entry: Entry): FeedEntry['seenBy'] {
    const { channel: id, message, at, body } = entry;
    const channel = id === null ? null : directory.channel(id);
    if (id === null || channel === null || !isConversation(channel.kind)) return undefined;
    const isBare = !entry.note.includes('"veil":') && !entry.note.includes('"only":');
    const saidAt = message === null ? at : mintedAt(message);
    if (isBare && conversations.members(id).every((one) => one.state !== 'in' || one.since <= saidAt)) return undefined;
    const note: EntryNote = JSON.parse(entry.note);
    return (user) => {
      const seen = sight(user, id, entry, note);
      return seen === 'nothing' ? null : seen === 'unquoted' ? unquoted(body) : body;
    };
  }

  return {
    page: (viewer, channel, before, limit) =>
      isConversation(channel.kind) ? page(viewer, channel, before, limit) : history.page(channel, before, limit),
    message: (viewer, channel, id) =>
      isConversation(channel.kind) ? message(viewer, channel, id) : history.message(channel, id),
    search,
    async since(channel, after, limit) {
      if (!isConversation(channel.kind)) return history.since(channel, after, limit);
      const entries = await history.since(channel, after, limit);
      const notes = new Map((await history.entries(channel, after, limit)).map((entry) => [entry.seq, entry]));
      return entries.map(({ seq, body }) => {
        const entry = notes.get(seq);
        if (entry === undefined) return { seq, body, seenBy: NOBODY };
        const seen = seenBy({ ...entry, body });
        return { seq, body, ...(seen !== undefined && { seenBy: seen }) };
      });
    },
    seenBy,
    async noteOf(channel, id) {
      const found = await history.message(channel, id);
      return found === null ? null : noteOfRow(await notesOf(channel, [found]), found.message);
    },
  };
}

function noteOfRow(notes: ReadonlyMap<MessageId, Entry>, { id }: WireChatMessage): EntryNote | null {
  const entry = notes.get(id);
  return entry === undefined ? null : JSON.parse(entry.note);
}
