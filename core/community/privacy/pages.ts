import { sql as raw } from 'kysely';
import type { Sql } from '../../store/sql/sql.ts';
import type { Turn } from './archive.ts';

const WIPED = 'wiped';
/** Of the database file, in one turn: what is written meanwhile waits. */
const MOST_PAGES = 500;
/** So few hold nothing that was longer than a page. */
const FEW_PAGES = 8;

/**
 * Rows that went leave their pages in the file until others need them: they are filled with zeros, some at a time, and
 * then given back. Null: it is done.
 * @param cursor how many are still to be filled; empty: all that are free now
 */
export async function blankPages(sql: Pick<Sql, 'build' | 'read'>, cursor: string): Promise<Turn | null> {
  if (cursor === WIPED) return null;
  const { build } = sql;
  const [free] = await sql.read(raw<Pages>`select freelist_count as free from pragma_freelist_count`.compile(build));
  const [size] = await sql.read(raw<Pages>`select page_size as free from pragma_page_size`.compile(build));
  const left = Math.min(free?.free ?? 0, cursor === '' ? Number.MAX_SAFE_INTEGER : Number(cursor));
  if (size === undefined || left <= FEW_PAGES) {
    return { statements: [{ query: raw`delete from blank_pages`.compile(build) }], cursor: WIPED };
  }
  const pages = Math.min(left, MOST_PAGES);
  // of each page a few bytes lead to the next one
  const fill = raw`insert into blank_pages (zeros) values (zeroblob(${(pages - 1) * (size.free - 4)}))`.compile(build);
  return { statements: [{ query: fill }], cursor: String(left - pages) };
}

interface Pages {
  readonly free: number;
}
