import type { ChannelId, MessageId } from '../../domain/ids.ts';
import type { Db } from '../sql/connect.ts';

/** Keeps what search finds in step with the messages; used inside the transaction that changes them. */
export interface SearchRows {
  /** `before`: the text that stands in the index now; it must be exact, since the index holds no text of its own. */
  put(id: MessageId, channel: ChannelId, before: string, text: string): void;
}

/**
 * The place of a message in the index: its time and the random bits that follow, so that ids made later sort higher.
 * Two messages may get the same; `search_rows` then holds the next free one.
 */
export function searchId(id: MessageId): bigint {
  const hex = id.replaceAll('-', '');
  return BigInt(`0x${hex.slice(0, 12)}${hex.slice(13, 16)}${hex.slice(17, 19)}`) & ((1n << 62n) - 1n);
}

export function createSearchRows(db: Db): SearchRows {
  const find = db.prepare<[string], bigint>('select id from search_rows where message_id = ?').pluck().safeIntegers();
  const take = db.prepare<[bigint, string, string]>(
    'insert into search_rows (id, message_id, channel_id) values (?, ?, ?) on conflict (id) do nothing',
  );
  const drop = db.prepare<[bigint]>('delete from search_rows where id = ?');
  const index = db.prepare<[bigint, string]>('insert into search_text (rowid, text) values (?, ?)');
  const unindex = db.prepare<[bigint, string]>(
    "insert into search_text (search_text, rowid, text) values ('delete', ?, ?)",
  );

  function freeId(id: MessageId, channel: ChannelId): bigint {
    let row = searchId(id);
    while (take.run(row, id, channel).changes === 0) row += 1n;
    return row;
  }

  return {
    put(id, channel, before, text) {
      if (before === text) return;
      const known = find.get(id);
      if (known !== undefined && before !== '') unindex.run(known, before);
      if (text !== '') index.run(known ?? freeId(id, channel), text);
      else if (known !== undefined) drop.run(known);
    },
  };
}
