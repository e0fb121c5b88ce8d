import { sql as raw } from 'kysely';
import type { EpochMs, MessageId } from '../../domain/ids.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

type Reading = Pick<Sql, 'build' | 'read'>;

/** Messages of one part, and entries looked at in one. */
const MESSAGES = 100;
const ENTRIES = 500;

/** The least id that a message made at this time can have. */
export function firstIdAt(at: EpochMs): MessageId {
  const hex = Math.max(0, Math.trunc(at)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}` as MessageId;
}

/**
 * The oldest messages from before then, with all that hangs on them. Files that nothing else shows are over as well, and
 * go with the next sweep of files. Null: there are none.
 */
export async function dropMessages(sql: Reading, before: EpochMs, now: EpochMs): Promise<readonly Statement[] | null> {
  const { build } = sql;
  const query = build.selectFrom('messages').select('id').where('id', '<', firstIdAt(before)).orderBy('id');
  const ids = (await sql.read(query.limit(MESSAGES).compile())).map(({ id }) => id);
  if (ids.length === 0) return null;
  const these = raw`(${raw.join(ids)})`;
  return [
    raw`update media_links set expires_at = ${now} where id in (select u.link_id from media_uses u
      where u.message_id in ${these} and not exists
      (select 1 from media_uses o where o.link_id = u.link_id and o.message_id not in ${these}))`,
    // the index holds no text of its own: what goes is handed back
    raw`insert into search_text (search_text, rowid, text) select 'delete', r.id, m.text
      from search_rows r join messages m on m.id = r.message_id where r.message_id in ${these}`,
    raw`delete from search_rows where message_id in ${these}`,
    raw`update messages set message = json_set(message, '$.replyTo.text', '') where reply_to in ${these}`,
    raw`update entries set body = json_set(body, '$.message.replyTo.text', '') where kind = 'message' and message_id in
      (select id from messages where reply_to in ${these})`,
    blankNewest(raw`e.message_id in ${these}`),
    raw`delete from entries where message_id in ${these}`,
    ...['reactions', 'library_posts', 'media_uses', 'reports'].map(
      (table) => raw`delete from ${raw.table(table)} where message_id in ${these}`,
    ),
    raw`delete from held where id in ${these}`,
    raw`delete from log_fates where message in ${these}`,
    raw`delete from messages where id in ${these}`,
  ].map((one) => ({ query: one.compile(build) }));
}

/** Of the entries after `cursor`, those from before then that make no message. Null: what follows is younger. */
export async function dropEntries(
  { build, read }: Reading,
  before: EpochMs,
  cursor: number,
): Promise<{ readonly statements: readonly Statement[]; readonly cursor: number } | null> {
  const next = raw<{ last: number | null; oldest: number | null }>`select max(id) as last, min(at) as oldest
    from (select rowid as id, at from entries where rowid > ${cursor} order by rowid limit ${ENTRIES})`;
  const [range] = await read(next.compile(build));
  if (range?.last == null || range.oldest === null || range.oldest >= before) return null;
  const isOld = raw`e.rowid > ${cursor} and e.rowid <= ${range.last} and e.at < ${before} and e.message_id is null`;
  const drop = raw`delete from entries as e where ${isOld} and not ${IS_NEWEST}`;
  return { statements: [{ query: drop.compile(build) }], cursor: range.last };
}

/** The newest entry of each channel stays, without words: by it the numbers of the channel go on. */
const IS_NEWEST = raw`(e.seq is not null and e.seq = (select max(n.seq) from entries n where n.channel_id = e.channel_id))`;

function blankNewest(which: ReturnType<typeof raw>) {
  return raw`update entries as e set kind = 'notice', message_id = null, note = '{}', body = json_object('type', 'notice',
    'channel', e.channel_id, 'code', 'expired', 'say', 'Older messages are no longer kept.', 'at', e.at)
    where ${which} and ${IS_NEWEST}`;
}
