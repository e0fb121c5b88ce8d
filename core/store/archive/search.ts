import { systemClock } from '../../async/clock.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { SearchHit, SearchQuery } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import { createRowReader, type MessageColumns } from './archive-rows.ts';
import { searchExpression } from './search-query.ts';
import { placesOf } from './search-rows.ts';

/** The deadline passed before the rows were found. */
export class SearchTooSlow extends Error {
  override readonly name = 'SearchTooSlow';
}

const NEWEST = (1n << 63n) - 1n;

/** Searches on a connection of its own; blocks the thread until the answer or the deadline, so it runs in a worker. */
export function createSearch(db: Db): (query: SearchQuery, deadlineMs: number) => readonly SearchHit[] {
  let endsAt = 0;
  // Asked for each row that matches: the only way into a running statement of this driver.
  db.function('in_time', () => {
    if (systemClock.elapsed() > endsAt) throw new SearchTooSlow('the search took too long');
    return 1;
  });
  const placeOf = db
    .prepare<[string], bigint>('select id from search_rows where message_id = ?')
    .pluck()
    .safeIntegers();
  const nextInMs = db
    .prepare<[bigint, bigint, string], bigint | null>(
      'select min(id) from search_rows where id >= ? and id < ? and message_id > ?',
    )
    .pluck()
    .safeIntegers();
  const find = db.prepare<[string, bigint, string, number], MessageColumns>(
    `select m.id, m.channel_id, m.seq, m.message
     from search_text t
     join search_rows r on r.id = t.rowid
     join messages m on m.id = r.message_id
     where search_text match ? and t.rowid < ? and in_time()
       and r.channel_id in (select value from json_each(?))
     order by t.rowid desc limit ?`,
  );
  const readRows = createRowReader(db);

  /** Where a message stood that is no longer in the index. */
  function gonePlace(id: MessageId): bigint {
    const { first, end } = placesOf(id);
    return nextInMs.get(first, end, id) ?? end;
  }

  const run = db.transaction((expression: string, { channels, before, limit }: SearchQuery) => {
    const below = before === null ? NEWEST : (placeOf.get(before) ?? gonePlace(before));
    return readRows(find.all(expression, below, JSON.stringify(channels), limit));
  });

  return (query, deadlineMs) => {
    const expression = searchExpression(query.text);
    if (expression === null || query.channels.length === 0 || query.limit < 1) return [];
    endsAt = systemClock.elapsed() + deadlineMs;
    return run(expression, query);
  };
}
