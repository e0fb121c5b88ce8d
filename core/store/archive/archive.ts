import { quoteText } from '../../domain/content.ts';
import type { ChannelId, MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { HistoryMessage } from '../../domain/wire.ts';
import type { Archive, ArchivedEntry, Entry, Head } from '../ports.ts';
import { openReader } from '../sql/connect.ts';
import { errorOf, failureOf } from '../sql/errors.ts';
import { createRowReader, MESSAGE_COLUMNS, type MessageColumns } from './archive-rows.ts';
import { blankBody, parseMessage } from './fold.ts';
import { createSearcher } from './searcher.ts';

export interface ArchiveOptions {
  /** The database file, migrated already. */
  readonly file: string;
  /** A search that takes longer is given up. */
  readonly searchDeadlineMs?: number;
}
export interface OpenedArchive extends Archive {
  close(): Promise<void>;
}

const SEARCH_DEADLINE_MS = 2_000;
/** Entries of a channel that one question may look through. */
const MOST_LOOKED_THROUGH = 20_000;
/** Above every seq there can be. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

interface HeadColumns {
  readonly id: MessageId;
  readonly channel_id: ChannelId;
  readonly author_id: UserId;
  readonly revision: number;
  readonly is_redacted: number;
  readonly hidden: string | null;
}

/** `cover`: the message as readers see it while reports hide it. */
type CoveredEntry = ArchivedEntry & { readonly cover: string | null };

type ContentColumns = Pick<MessageColumns, 'id' | 'message'>;

/** Reads what is archived, on a connection that cannot write. Each page costs the same however long the history is. */
export function openArchive({ file, searchDeadlineMs = SEARCH_DEADLINE_MS }: ArchiveOptions): OpenedArchive {
  const db = openReader(file);
  const searcher = createSearcher(file, searchDeadlineMs);
  const readRows = createRowReader(db);
  const page = db.prepare<[string, number, number], MessageColumns>(
    `select ${MESSAGE_COLUMNS} from messages where channel_id = ? and seq < ? order by seq desc limit ?`,
  );
  const one = db.prepare<[string], MessageColumns>(`select ${MESSAGE_COLUMNS} from messages where id = ?`);
  const since = db.prepare<[string, number, number, number], CoveredEntry>(
    `select e.seq, e.message_id as message, e.body, m.message as cover
     from entries e left join messages m on m.id = e.message_id and m.hidden is not null
     where e.channel_id = ? and e.seq > ? and e.seq < ? and e.audience = 'readers' order by e.seq limit ?`,
  );
  const entries = db.prepare<[string, number, number, number], Entry>(
    `select shard, position, kind, audience, channel_id as channel, seq, message_id as message, key, at, body, note
     from entries where channel_id = ? and seq > ? and seq < ? and audience = 'readers' order by seq limit ?`,
  );
  const head = db.prepare<[string], HeadColumns>(
    'select id, channel_id, author_id, revision, is_redacted, hidden from messages where id = ?',
  );
  const hidden = db.prepare<[string], string | null>('select hidden from messages where id = ?').pluck();
  const contents = db.prepare<[string], ContentColumns>(
    'select id, message from messages where id in (select value from json_each(?))',
  );
  const byKey = db.prepare<[string], { message: MessageId | null; seq: Seq | null }>(
    'select message_id as message, seq from entries where key = ?',
  );
  // Bounded by entries, not by what is found: a channel may be long and hold little of that room.
  const originated = db.prepare<
    [string, number, number, string, string, string | null, string | null, number],
    MessageId
  >(
    `select message_id from (
       select message_id, kind, at, note from entries
       where channel_id = ? and seq is not null order by seq desc limit ?
     )
     where kind = 'message' and at >= ? and json_extract(note, '$.bridge') = ?
       and json_extract(note, '$.ref.room') = ? and (? is null or json_extract(note, '$.author') = ?)
     limit ?`,
  );
  originated.pluck();
  // One step into the index for each channel, instead of a walk over all entries.
  const newest = db.prepare<[], { channel: ChannelId; seq: Seq }>(
    `with recursive channels (id) as (
       select min(channel_id) from entries where seq is not null
       union all
       select (select min(e.channel_id) from entries e where e.channel_id > channels.id and e.seq is not null)
       from channels where channels.id is not null
     )
     select id as channel, (select max(seq) from entries where channel_id = id and seq is not null) as seq
     from channels where id is not null`,
  );

  /** One consistent view for all that `read` asks. @throws {StoreUnavailable} */
  async function reading<T>(read: () => T): Promise<T> {
    try {
      return db.transaction(read)();
    } catch (error) {
      throw errorOf(failureOf(error));
    }
  }

  return {
    page: (channel, before, limit) => reading(() => readRows(page.all(channel, before ?? NO_BOUND, limit)).map(plain)),
    since: (channel, after, below, limit) =>
      reading(() => since.all(channel, after, below ?? NO_BOUND, limit).map(uncovered)),
    entries: (channel, after, below, limit) => reading(() => entries.all(channel, after, below ?? NO_BOUND, limit)),
    head: (id) => reading(() => asHead(head.get(id))),
    message: (id) => reading(() => readRows(one.all(id))[0] ?? null),
    hidden: (id) =>
      reading(() => {
        const json = hidden.get(id) ?? null;
        return json === null ? null : parseMessage(json);
      }),
    quoteTexts: (ids) => reading(() => new Map(contents.all(JSON.stringify(ids)).map(quoteOf))),
    originated: ({ channel, bridge, room, author, since: at, limit }) =>
      reading(() => originated.all(channel, MOST_LOOKED_THROUGH, at, bridge, room, author, author, limit)),
    byKey: (key) => reading(() => byKey.get(key) ?? null),
    newest: () => reading(() => new Map(newest.all().map(({ channel, seq }) => [channel, seq]))),
    search: (query) => searcher.search(query),
    async close() {
      await searcher.close();
      db.close();
    },
  };
}

function quoteOf({ id, message }: ContentColumns): readonly [MessageId, string] {
  return [id, quoteText(parseMessage(message).content)];
}

function asHead(row: HeadColumns | undefined): Head | null {
  if (row === undefined) return null;
  const head: Head = {
    id: row.id,
    channel: row.channel_id,
    author: row.author_id,
    revision: row.revision,
    isRedacted: row.is_redacted === 1,
  };
  return row.hidden === null ? head : { ...head, isHidden: true };
}

/** What is hidden now, without its words. */
function uncovered({ cover, ...entry }: CoveredEntry): ArchivedEntry {
  const redaction = cover === null ? null : parseMessage(cover).redaction;
  return redaction === null ? entry : { ...entry, body: blankBody(entry.body, redaction) };
}

function plain({ seq, message, reactions }: HistoryMessage): HistoryMessage {
  return { seq, message, reactions };
}
