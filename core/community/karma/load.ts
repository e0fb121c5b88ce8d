import type { EpochMs, Position, UserId } from '../../domain/ids.ts';
import { DAY_MS, WINDOW_DAYS } from '../../domain/karma.ts';
import { type Log, START } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { KarmaBook } from './book.ts';

const PAGE = 2_000;

export interface LoadParts {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly log: Pick<Log, 'range' | 'isBefore'>;
  readonly book: Pick<KarmaBook, 'add' | 'apply' | 'sweep'>;
  /** Where this hub begins to follow the log, by shard. */
  readonly upTo: readonly Position[];
  readonly now: EpochMs;
}

/**
 * Fills the book: what is archived, then what the log has after it. The archiver may go on meanwhile: its marks are
 * read first, so that some lines come twice, which changes nothing, and none is missed.
 */
export async function loadKarma(parts: LoadParts): Promise<void> {
  const { sql, book, upTo } = parts;
  const marks = await sql.read(sql.build.selectFrom('archive_marks').selectAll().compile());
  await loadArchived(parts);
  for (const [shard, end] of upTo.entries()) {
    const mark = marks.find((one) => one.shard === shard)?.position ?? START;
    await loadHot(parts, shard, mark as Position, end);
  }
  book.sweep();
}

async function loadArchived({ sql, book, now }: LoadParts): Promise<void> {
  const since = now - WINDOW_DAYS * DAY_MS;
  for (let last = { at: since, id: 0 }, isEnd = false; !isEnd; ) {
    const { at, id } = last;
    const after = sql.build
      .selectFrom('karma')
      .selectAll()
      .where(({ or, and, eb }) => or([eb('at', '>', at), and([eb('at', '=', at), eb('id', '>', id)])]))
      .orderBy('at')
      .orderBy('id')
      .limit(PAGE);
    const rows = await sql.read(after.compile());
    for (const row of rows) {
      const { points, why, cause } = row;
      const by = row.by_id as UserId | null;
      book.add({ user: row.user_id as UserId, points, why, by, cause, at: row.at as EpochMs });
    }
    last = rows.at(-1) ?? last;
    isEnd = rows.length < PAGE;
  }
}

async function loadHot({ log, book }: LoadParts, shard: number, mark: Position, end: Position): Promise<void> {
  let at = mark;
  while (log.isBefore(at, end)) {
    const entries = await log.range(shard, at, PAGE);
    book.apply(entries.filter(({ position }) => !log.isBefore(end, position)));
    const last = entries.at(-1);
    if (last === undefined) return;
    at = last.position;
  }
}
