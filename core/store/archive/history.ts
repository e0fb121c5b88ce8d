import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelId, MessageId, ScopeId, Seq } from '../../domain/ids.ts';
import type { HistoryMessage, WireChatMessage } from '../../domain/wire.ts';
import type { Archive, ArchivedEntry, Entry, Head, HotMessage, Log, SearchHit } from '../ports.ts';
import { blankBody, fromHot, overlay } from './fold.ts';
import { createQuotes, type Quotes } from './quotes.ts';

/** A channel, with what tells its scope. */
export type Place = Pick<Channel, 'id' | 'kind' | 'owner'>;

export interface History {
  /** Messages below `before` (null: from the newest), newest first, as they stand now. */
  page(channel: Place, before: Seq | null, limit: number): Promise<HistoryPage>;
  /** One message as it stands now; null when it is not in this channel. */
  message(channel: Place, id: MessageId): Promise<HistoryMessage | null>;
  /** The same with its words also while reports hide it, for moderators; null once it is redacted. */
  original(channel: Place, id: MessageId): Promise<WireChatMessage | null>;
  /** Entries for readers above `after`, oldest first, redacted content blanked. */
  since(channel: Place, after: Seq, limit: number): Promise<readonly ArchivedEntry[]>;
  /** The same whole and with what readers must not see, for couriers. */
  entries(channel: Place, after: Seq, limit: number): Promise<readonly Entry[]>;
  /** What a step must know of the message it touches. */
  head(scope: ScopeId, id: MessageId): Promise<Head | null>;
  /** Archived messages in these channels that have all the words, newest first; what is redacted meanwhile is left out. */
  search(channels: readonly Place[], query: HistoryQuery): Promise<readonly SearchHit[]>;
}
export interface HistoryPage {
  readonly messages: readonly HistoryMessage[];
  readonly isEnd: boolean;
}
export interface HistoryQuery {
  readonly text: string;
  readonly before: MessageId | null;
  readonly limit: number;
}

interface HistoryParts {
  readonly log: Pick<Log, 'page' | 'since' | 'hot' | 'bounds'>;
  readonly archive: Archive;
}

/**
 * The log and the archive as one. The log is always read first: whatever it no longer holds is archived by then, so that
 * nothing falls between the two while entries move from one to the other. Changes of archived messages are laid over rows
 * read *after* the log was asked for them, since a change that it no longer holds then stands in the row.
 */
export function createHistory({ log, archive }: HistoryParts): History {
  const quotes = createQuotes({ log, archive });

  async function hotOf(scope: ScopeId, rows: readonly { readonly message: { readonly id: MessageId } }[]) {
    if (rows.length === 0) return new Map<MessageId, HotMessage>();
    return log.hot(
      scope,
      rows.map(({ message }) => message.id),
    );
  }

  async function archivedPage(channel: Place, below: Seq | null, limit: number): Promise<readonly HistoryMessage[]> {
    const hot = await hotOf(scopeOf(channel), await archive.page(channel.id, below, limit));
    const rows = await archive.page(channel.id, below, limit);
    return rows.map((row) => layOver(row, hot.get(row.message.id)));
  }

  async function archivedSince(
    channel: Place,
    after: Seq,
    below: Seq | null,
    limit: number,
  ): Promise<readonly ArchivedEntry[]> {
    const found = await archive.since(channel.id, after, below, limit);
    const ids = new Set(found.flatMap(({ message }) => message ?? []));
    if (ids.size === 0) return found;
    const hot = await log.hot(scopeOf(channel), [...ids]);
    const entries = await archive.since(channel.id, after, below, limit);
    return entries.map((entry) => blankIfRedacted(entry, hot));
  }

  /** Like `archivedSince`, whole. */
  async function archivedEntries(
    channel: Place,
    after: Seq,
    below: Seq | null,
    limit: number,
  ): Promise<readonly Entry[]> {
    const found = await archive.entries(channel.id, after, below, limit);
    const ids = new Set(found.flatMap(({ message }) => message ?? []));
    if (ids.size === 0) return found;
    const hot = await log.hot(scopeOf(channel), [...ids]);
    const entries = await archive.entries(channel.id, after, below, limit);
    return entries.map((entry) => blankIfRedacted(entry, hot));
  }

  async function single(channel: Place, id: MessageId): Promise<HistoryMessage | null> {
    const hot = (await log.hot(scopeOf(channel), [id])).get(id);
    const isHere = hot?.head.channel === channel.id;
    const whole = hot === undefined || !isHere ? null : fromHot(hot);
    if (whole !== null) return whole;
    const row = await archive.message(id);
    if (row === null || row.channel !== channel.id) return null;
    return layOver({ seq: row.seq, message: row.message, reactions: row.reactions }, hot);
  }

  async function archivedOriginal(
    channel: Place,
    id: MessageId,
    hot: HotMessage | undefined,
  ): Promise<HistoryMessage | null> {
    const row = await archive.message(id);
    if (row === null || row.channel !== channel.id) return null;
    const original = (await archive.hidden(id)) ?? row.message;
    return layOver({ seq: row.seq, message: original, reactions: row.reactions }, hot);
  }

  return {
    async page(channel, before, limit) {
      const scope = scopeOf(channel);
      const hot = await log.page(scope, channel.id, before, limit + 1);
      const messages = hot.messages.flatMap((message) => fromHot(message) ?? []);
      const wanted = limit + 1 - messages.length;
      if (wanted > 0) messages.push(...(await archivedPage(channel, messages.at(-1)?.seq ?? before, wanted)));
      const known = new Map(hot.messages.map((message) => [message.head.id, message]));
      return {
        messages: await quotes.ofRows(scope, messages.slice(0, limit), known),
        isEnd: messages.length <= limit,
      };
    },

    async message(channel, id) {
      const found = await single(channel, id);
      if (found === null) return null;
      return (await quotes.ofRows(scopeOf(channel), [found]))[0] ?? null;
    },

    async original(channel, id) {
      const known = (await log.hot(scopeOf(channel), [id])).get(id);
      const hot = known?.head.isHidden === true ? { ...known, redaction: null } : known;
      const whole = hot === undefined || hot.head.channel !== channel.id ? null : fromHot(hot);
      const row = whole ?? (await archivedOriginal(channel, id, hot));
      return row === null || row.message.redaction !== null ? null : row.message;
    },

    async since(channel, after, limit) {
      const scope = scopeOf(channel);
      const hot = await log.since(scope, channel.id, after, limit);
      const { lowest } = await log.bounds(scope, channel.id);
      // The lowest only grows: if it is no higher now, nothing was missing when the log was read.
      const isWhole = lowest !== null && lowest <= after + 1;
      const older = isWhole ? [] : await archivedSince(channel, after, hot[0]?.seq ?? null, limit);
      return quotes.ofEntries(scope, [...older, ...hot.flatMap(forReader)].slice(0, limit));
    },

    async entries(channel, after, limit) {
      const scope = scopeOf(channel);
      const hot = await log.since(scope, channel.id, after, limit);
      const { lowest } = await log.bounds(scope, channel.id);
      const isWhole = lowest !== null && lowest <= after + 1;
      const older = isWhole ? [] : await archivedEntries(channel, after, hot[0]?.seq ?? null, limit);
      return [...older, ...hot].slice(0, limit);
    },

    async head(scope, id) {
      return (await log.hot(scope, [id])).get(id)?.head ?? (await archive.head(id));
    },

    async search(channels, { text, before, limit }) {
      const places = new Map(channels.map((channel) => [channel.id, channel]));
      const hits: SearchHit[] = [];
      let cursor = before;
      // Once more for each page from which something had to be left out; far more than redactions can wait to be archived.
      for (let round = 0; round < 5 && hits.length < limit; round += 1) {
        const wanted = limit - hits.length;
        const found = await archive.search({ text, channels: [...places.keys()], before: cursor, limit: wanted });
        hits.push(...(await asTheyStand({ log, quotes }, places, found)));
        cursor = found.at(-1)?.message.id ?? cursor;
        if (found.length < wanted) break;
      }
      return hits;
    },
  };
}

/** Hits with what is hot laid over them, without those redacted since. */
async function asTheyStand(
  { log, quotes }: { readonly log: Pick<Log, 'hot'>; readonly quotes: Quotes },
  places: ReadonlyMap<ChannelId, Place>,
  found: readonly SearchHit[],
): Promise<readonly SearchHit[]> {
  const byScope = new Map<ScopeId, SearchHit[]>();
  for (const hit of found) {
    const place = places.get(hit.channel);
    if (place === undefined) continue;
    const scope = scopeOf(place);
    byScope.set(scope, [...(byScope.get(scope) ?? []), hit]);
  }
  const standing = new Map<MessageId, SearchHit>();
  async function ofScope(scope: ScopeId, hits: readonly SearchHit[]): Promise<void> {
    const ids = hits.map(({ message }) => message.id);
    const hot = await log.hot(scope, ids);
    const rows = hits.map((hit) => ({ ...layOver(hit, hot.get(hit.message.id)), channel: hit.channel }));
    const shown = rows.filter(({ message }) => message.redaction === null);
    for (const hit of await quotes.ofRows(scope, shown, hot)) standing.set(hit.message.id, hit);
  }
  await Promise.all([...byScope].map(([scope, hits]) => ofScope(scope, hits)));
  return found.flatMap(({ message }) => standing.get(message.id) ?? []);
}

function layOver(row: HistoryMessage, hot: HotMessage | undefined): HistoryMessage {
  return hot === undefined ? row : overlay(row, hot);
}

function blankIfRedacted<T extends Pick<ArchivedEntry, 'message' | 'body'>>(
  entry: T,
  hot: ReadonlyMap<MessageId, HotMessage>,
): T {
  const redaction = entry.message === null ? null : (hot.get(entry.message)?.redaction ?? null);
  return redaction === null ? entry : { ...entry, body: blankBody(entry.body, redaction) };
}

function forReader({ seq, message, body }: ArchivedEntryLike): readonly ArchivedEntry[] {
  return seq === null ? [] : [{ seq, message, body }];
}
interface ArchivedEntryLike extends Omit<ArchivedEntry, 'seq'> {
  readonly seq: Seq | null;
}
