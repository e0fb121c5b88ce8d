import type { MessageId, UserId } from '../../domain/ids.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Area } from './areas.ts';
import { knownAreas, ownRows, type Row } from './rows.ts';

/** One line of what is handed out. */
export type DataLine =
  | { readonly kind: 'row'; readonly of: string; readonly holds: string; readonly row: Row }
  | { readonly kind: 'message'; readonly channel: string; readonly seq: number; readonly message: unknown };

export interface DataPage {
  readonly lines: readonly DataLine[];
  /** To go on with; null: that was all. */
  readonly next: string | null;
}

const PAGE = 200;

/**
 * All that the hub keeps of one person: first what stands in tables, then their messages by time, private ones among
 * them.
 * @param users everybody who is this person
 * @param after null: from the beginning
 */
export async function dataOf(
  sql: Pick<Sql, 'build' | 'read'>,
  users: readonly UserId[],
  after: string | null,
): Promise<DataPage> {
  if (after === null) {
    const lines: DataLine[] = [];
    for (const area of await knownAreas(sql)) lines.push(...(await linesOf(sql, area, users)));
    return { lines, next: '' };
  }
  const query = sql.build
    .selectFrom('messages')
    .select(['id', 'channel_id', 'seq', 'message'])
    .where('author_id', 'in', users)
    .where('id', '>', after as MessageId)
    .orderBy('id')
    .limit(PAGE);
  const rows = await sql.read(query.compile());
  const lines = rows.map((row): DataLine => {
    return { kind: 'message', channel: row.channel_id, seq: row.seq, message: JSON.parse(row.message) };
  });
  return { lines, next: rows.length < PAGE ? null : (rows.at(-1)?.id ?? null) };
}

async function linesOf(
  sql: Pick<Sql, 'build' | 'read'>,
  area: Area,
  users: readonly UserId[],
): Promise<readonly DataLine[]> {
  const query = ownRows(sql, area, users);
  if (query === null || area.holds === null) return [];
  const { table: of, holds, secret = [] } = area;
  return (await sql.read(query)).map((row) => {
    const shown = Object.entries(row).filter(([column]) => !secret.includes(column));
    return { kind: 'row', of, holds, row: Object.fromEntries(shown) };
  });
}
