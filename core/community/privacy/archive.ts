import { type CompiledQuery, sql as raw } from 'kysely';
import { type EpochMs, type MessageId, mintedAt, type UserId } from '../../domain/ids.ts';
import { parseMessage } from '../../store/archive/fold.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import type { Erasure } from './erasures.ts';
import { isBy, scrubEntry, scrubMessage, withoutQuote } from './scrub.ts';

type Reading = Pick<Sql, 'build' | 'read'>;

const MESSAGES = 50;
/** Of the archive's entries looked at in one turn: posts wait while they are read. */
const ENTRIES = 2_000;

/** What one turn changes; null: nothing is left. */
export interface Turn {
  readonly statements: readonly Statement[];
  readonly cursor: string;
}

/** Their messages, redacted already, lose their author; replies to them lose the name above. */
export async function scrubMessages(sql: Reading, { users, alias, askedAt }: Erasure): Promise<Turn | null> {
  const { build } = sql;
  const query = build.selectFrom('messages').select(['id', 'message']).where('author_id', 'in', users).orderBy('id');
  const found = await sql.read(query.limit(MESSAGES).compile());
  const rows = found.filter(({ id }) => mintedAt(id as MessageId) <= askedAt);
  if (rows.length === 0) return null;
  const ids = rows.map(({ id }) => id);
  const statements = rows.map(({ id, message }) => {
    const json = JSON.stringify(scrubMessage(parseMessage(message), { alias }));
    return build.updateTable('messages').set({ message: json, author_id: alias, hidden: null }).where('id', '=', id);
  });
  const replies = await sql.read(
    build.selectFrom('messages').select(['id', 'message']).where('reply_to', 'in', ids).compile(),
  );
  const answering = replies.map(({ id, message }) => {
    const json = JSON.stringify(withoutQuote(parseMessage(message)));
    return build.updateTable('messages').set({ message: json }).where('id', '=', id);
  });
  const ofEntries = await scrubReplies(
    sql,
    replies.map(({ id }) => id),
  );
  const gone = [
    build.deleteFrom('media_uses').where('message_id', 'in', ids),
    build.deleteFrom('library_posts').where('message_id', 'in', ids),
    build.deleteFrom('reactions').where('message_id', 'in', ids),
  ];
  // the embedded store's own: what became of the copies
  const fates = { query: raw`delete from log_fates where message in (${raw.join(ids)})`.compile(build) };
  return { statements: [...[...statements, ...answering, ...gone, ...ofEntries].map(asStatement), fates], cursor: '' };
}

async function scrubReplies({ build, read }: Reading, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const query = build.selectFrom('entries').select(['key', 'body']).where('message_id', 'in', ids);
  const rows = await read(query.where('kind', '=', 'message').compile());
  return rows.flatMap(({ key, body }) => {
    const wire: { message?: Parameters<typeof withoutQuote>[0] } = JSON.parse(body);
    if (wire.message === undefined) return [];
    const next = JSON.stringify({ ...wire, message: withoutQuote(wire.message) });
    return [build.updateTable('entries').set({ body: next }).where('key', '=', key)];
  });
}

/** Goes through all entries of the archive, a part at a time: nothing but their text tells whom they name. */
export async function scrubEntries(sql: Reading, erasure: Erasure): Promise<Turn | null> {
  const { build } = sql;
  const from = Number(erasure.cursor === '' ? 0 : erasure.cursor);
  const rowid = build.dynamic.ref<'rowid'>('e.rowid');
  const query = build
    .selectFrom('entries as e')
    .leftJoin('messages as m', 'm.id', 'e.message_id')
    .select(['e.key', 'e.kind', 'e.at', 'e.body', 'e.note', 'e.message_id', 'm.author_id'])
    .select(rowid)
    .where(rowid, '>', from as never)
    .orderBy(rowid)
    .limit(ENTRIES);
  const rows = await sql.read(query.compile() as CompiledQuery<EntryRow>);
  if (rows.length === 0) return null;
  const statements = rows.flatMap((row) => {
    const isLater = row.message_id !== null && mintedAt(row.message_id as MessageId) > erasure.askedAt;
    if (isLater && row.author_id !== erasure.alias && row.kind === 'message') return [];
    const isTheirs = row.author_id === erasure.alias || (row.message_id !== null && isBy(row, erasure.users));
    const about = { isTheirs, quotesThem: false };
    const next = scrubEntry({ ...row, at: row.at as EpochMs }, about, erasure);
    return next === null ? [] : [asStatement(build.updateTable('entries').set(next).where('key', '=', row.key))];
  });
  return { statements, cursor: String(rows.at(-1)?.rowid ?? from) };
}

interface EntryRow {
  readonly rowid: number;
  readonly key: string;
  readonly kind: string;
  readonly at: number;
  readonly body: string;
  readonly note: string;
  readonly message_id: string | null;
  readonly author_id: UserId | null;
}

function asStatement(query: { compile(): CompiledQuery<unknown> }): Statement {
  return { query: query.compile() };
}
