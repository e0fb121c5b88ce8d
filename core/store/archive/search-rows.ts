import { type ChannelId, type MessageId, mintedAt } from '../../domain/ids.ts';
import type { Db } from '../sql/connect.ts';

/** Keeps what search finds in step with the messages; used inside the transaction that changes them. */
export interface SearchRows {
  /** `before`: the text that stands in the index now; it must be exact, since the index holds no text of its own. */
  put(id: MessageId, channel: ChannelId, before: string, text: string): void;
}

/** Places that the messages of one millisecond share. */
const PLACES_PER_MS = 1n << 20n;
/** Later than any message, and still a number that SQLite takes: people may ask with ids that were never given out. */
const LAST_MS = 2 ** 42;

/**
 * Where the messages made in the same millisecond as this one stand in the index. Later times stand higher, so that the
 * index is in the order of time by itself, whichever shard was archived first.
 */
export function placesOf(id: MessageId): { readonly first: bigint; readonly end: bigint } {
  const first = BigInt(Math.min(mintedAt(id), LAST_MS)) * PLACES_PER_MS;
  return { first, end: first + PLACES_PER_MS };
}

export function createSearchRows(db: Db): SearchRows {
  const find = db.prepare<[string], bigint>('select id from search_rows where message_id = ?').pluck().safeIntegers();
  const take = db.prepare<[bigint, string, string]>(
    'insert into search_rows (id, message_id, channel_id) values (?, ?, ?)',
  );
  const highest = db
    .prepare<[bigint, bigint], bigint | null>('select max(id) from search_rows where id >= ? and id < ?')
    .pluck()
    .safeIntegers();
  const drop = db.prepare<[bigint]>('delete from search_rows where id = ?');
  const index = db.prepare<[bigint, string]>('insert into search_text (rowid, text) values (?, ?)');
  const unindex = db.prepare<[bigint, string]>(
    "insert into search_text (search_text, rowid, text) values ('delete', ?, ?)",
  );

  function takePlace(id: MessageId, channel: ChannelId): bigint {
    const { first, end } = placesOf(id);
    const last = highest.get(first, end) ?? null;
    const place = last === null ? first : last + 1n;
    take.run(place, id, channel);
    return place;
  }

  return {
    put(id, channel, before, text) {
      if (before === text) return;
      const known = find.get(id);
      if (known !== undefined && before !== '') unindex.run(known, before);
      if (text !== '') index.run(known ?? takePlace(id, channel), text);
      else if (known !== undefined) drop.run(known);
    },
  };
}
