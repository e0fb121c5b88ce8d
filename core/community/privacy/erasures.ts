import { newRowId, userIdOf } from '../../async/mint.ts';
import type { AccountId, ChannelId, EpochMs, Seq, UserId } from '../../domain/ids.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** In this order; each may take many turns. */
export type Stage =
  | 'begin'
  | 'redact'
  | 'leave'
  | 'scrub'
  | 'log'
  | 'quotes'
  | 'hear'
  | 'rows'
  | 'pages'
  | 'files'
  | 'done';

/** Somebody who is being forgotten, and how far that is. */
export interface Erasure {
  readonly id: string;
  readonly alias: UserId;
  readonly users: readonly UserId[];
  readonly names: readonly string[];
  /** Of files and pictures that go as well. */
  readonly files: readonly string[];
  /** Newest seq of a redaction in each channel: copies are gone once rooms have read so far. */
  readonly seqs: Readonly<Record<ChannelId, Seq>>;
  readonly stage: Stage;
  readonly cursor: string;
  /** What was said later is by somebody new. */
  readonly askedAt: EpochMs;
  readonly until: EpochMs | null;
}

type Building = Pick<Sql, 'build'>;

export function newErasure(
  users: readonly UserId[],
  names: readonly string[],
  files: readonly string[],
  at: EpochMs,
): Erasure {
  const id = newRowId();
  const alias = userIdOf('erased', id as string as AccountId);
  return { id, alias, users, names, files, seqs: {}, stage: 'begin', cursor: '', askedAt: at, until: null };
}

export function insertErasure(sql: Building, erasure: Erasure): Statement {
  const { id, alias, ...rest } = erasure;
  const row = { id, alias, done_at: null, ...columnsOf(rest) };
  return { query: sql.build.insertInto('erasures').values(row).compile(), expect: 1 };
}

/** Goes on only from where it was: two hubs that do the same turn do it once. */
export function moveErasure(sql: Building, from: Erasure, change: Partial<Erasure>): Statement {
  const update = sql.build
    .updateTable('erasures')
    .set(columnsOf({ ...from, ...change }))
    .where('id', '=', from.id)
    .where('state', '=', from.stage)
    .where('cursor', '=', from.cursor);
  return { query: update.compile(), expect: 1 };
}

/** What is left is that somebody was forgotten, and when; the files of the stores are still to be written anew. */
export function endErasure(sql: Building, { id }: Erasure, at: EpochMs): Statement {
  const nothing = { users: '[]', names: '[]', files: '[]', seqs: '{}', cursor: '' };
  const update = sql.build.updateTable('erasures').set({ ...nothing, state: 'files', done_at: at, until: null });
  return { query: update.where('id', '=', id).compile() };
}

export async function readErasure(sql: Pick<Sql, 'build' | 'read'>, id: string): Promise<Erasure | null> {
  const query = sql.build.selectFrom('erasures').selectAll().where('id', '=', id);
  const [row] = await sql.read(query.compile());
  if (row === undefined) return null;
  return {
    id: row.id,
    alias: row.alias as UserId,
    users: JSON.parse(row.users),
    names: JSON.parse(row.names),
    files: JSON.parse(row.files),
    seqs: JSON.parse(row.seqs),
    stage: row.state as Stage,
    cursor: row.cursor,
    askedAt: row.asked_at as EpochMs,
    until: row.until as EpochMs | null,
  };
}

function columnsOf({ users, names, files, seqs, stage, cursor, until, askedAt }: Omit<Erasure, 'id' | 'alias'>) {
  return {
    users: JSON.stringify(users),
    names: JSON.stringify(names),
    files: JSON.stringify(files),
    seqs: JSON.stringify(seqs),
    state: stage,
    cursor,
    until,
    asked_at: askedAt,
  };
}
