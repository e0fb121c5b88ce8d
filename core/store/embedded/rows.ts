import type { ChannelId, EpochMs, MessageId, Position, Seq } from '../../domain/ids.ts';
import type { Audience, Entry, EntryKind } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import type { Place } from './jobs.ts';
import { positionOf } from './place.ts';
import { ONLY_SHARD } from './step.ts';

export const ENTRY_COLUMNS = 'position, kind, audience, channel, seq, message, key, at, body, note';

/** An entry as it stands in its table. */
export interface EntryRow {
  readonly position: Place;
  readonly kind: EntryKind;
  readonly audience: Audience;
  readonly channel: ChannelId | null;
  readonly seq: Seq | null;
  readonly message: MessageId | null;
  readonly key: string;
  readonly at: EpochMs;
  readonly body: string;
  readonly note: string;
}

export function entryOfRow(row: EntryRow): Entry {
  const { kind, audience, channel, seq, message, key, at, body, note } = row;
  return {
    shard: ONLY_SHARD,
    position: positionOf(row.position),
    kind,
    audience,
    channel,
    seq,
    message,
    key,
    at,
    body,
    note,
  };
}

/** What readers and the archiver ask alike, each on a connection of its own. */
export interface PlaceReads {
  range(after: Place, limit: number): readonly Entry[];
  /** Newest place ever given; 0 before the first. */
  head(): Place;
  positionAt(at: EpochMs): Position;
  /** How many entries there are: places have no holes, and trimming takes from the oldest on. */
  entries(): number;
}

export function createPlaceReads(db: Db): PlaceReads {
  const range = db.prepare<[Place, number], EntryRow>(
    `select ${ENTRY_COLUMNS} from log_entries where position > ? order by position limit ?`,
  );
  const head = db.prepare<[], { seq: Place }>("select seq from sqlite_sequence where name = 'log_entries'");
  const ends = db.prepare<[], { first: Place | null; last: Place | null }>(
    'select (select min(position) from log_entries) as first, (select max(position) from log_entries) as last',
  );
  const from = db.prepare<[Place], { position: Place; stored_at: EpochMs }>(
    'select position, stored_at from log_entries where position >= ? order by position limit 1',
  );

  const headOf = (): Place => head.get()?.seq ?? 0;

  /** Entries are stored in the order of time, so that halving finds the first one at or after it. */
  function firstSince(at: EpochMs, first: Place, last: Place): Place | null {
    let low = first;
    let high = last + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = from.get(middle);
      if (row === undefined || row.stored_at >= at) high = middle;
      else low = row.position + 1;
    }
    return low > last ? null : low;
  }

  return {
    entries() {
      const { first, last } = ends.get() ?? { first: null, last: null };
      return first === null || last === null ? 0 : last - first + 1;
    },
    range: (after, limit) => range.all(after, limit).map(entryOfRow),
    head: headOf,
    positionAt(at) {
      const { first, last } = ends.get() ?? { first: null, last: null };
      if (first === null || last === null) return positionOf(headOf());
      const found = firstSince(at, first, last);
      return positionOf(found === null ? headOf() : found - 1);
    },
  };
}
