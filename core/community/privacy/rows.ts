import { type CompiledQuery, sql as raw } from 'kysely';
import type { UserId } from '../../domain/ids.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { AREAS, type Area } from './areas.ts';

/** Readings and statements made from what the areas say. */

/** Of one table at most: what is more is not one person's. */
const MOST_ROWS = 10_000;

/** The areas whose tables are there, with the columns that are there. */
export async function knownAreas(sql: Pick<Sql, 'build' | 'read'>): Promise<readonly Area[]> {
  const query = raw<{ table: string; column: string }>`select m.name as "table", c.name as "column"
    from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`;
  const columns = new Map<string, Set<string>>();
  for (const { table, column } of await sql.read(query.compile(sql.build))) {
    columns.set(table, (columns.get(table) ?? new Set()).add(column));
  }
  return AREAS.flatMap((area) => {
    const here = columns.get(area.table);
    if (here === undefined) return [];
    const { own = [], named = [] } = area;
    return [{ ...area, own: own.filter((one) => here.has(one)), named: named.filter(({ by }) => here.has(by)) }];
  });
}

/** The person's rows, to be handed out; null where the area has none of its own. */
export function ownRows(sql: Pick<Sql, 'build'>, area: Area, users: readonly UserId[]): CompiledQuery<Row> | null {
  const columns = [...(area.own ?? []), ...(area.kept?.by ?? [])];
  if (columns.length === 0) return null;
  return raw<Row>`select * from ${raw.table(area.table)} where ${anyOf(columns, users)} limit ${MOST_ROWS}`.compile(
    sql.build,
  );
}
export type Row = Readonly<Record<string, unknown>>;

/** Drops the person's rows and names them by the alias elsewhere. */
export function forgetRows(
  sql: Pick<Sql, 'build'>,
  area: Area,
  users: readonly UserId[],
  alias: string,
): readonly Statement[] {
  const renamed = (area.named ?? []).map(({ by, becomes }) => {
    const sets = Object.entries(becomes).map(
      ([column, to]) => raw`${raw.ref(column)} = ${to === 'alias' ? alias : null}`,
    );
    return raw`update ${raw.table(area.table)} set ${raw.join(sets)} where ${anyOf([by], users)}`;
  });
  const own = area.own ?? [];
  const dropped = own.length === 0 ? [] : [raw`delete from ${raw.table(area.table)} where ${anyOf(own, users)}`];
  return [...dropped, ...renamed].map((statement) => ({ query: statement.compile(sql.build) }));
}

function anyOf(columns: readonly string[], users: readonly UserId[]) {
  const each = columns.map((column) => raw`${raw.ref(column)} in (${raw.join(users)})`);
  return raw`(${raw.join(each, raw` or `)})`;
}
