import { type Clock, pause } from '../../async/clock.ts';
import type { Position } from '../../domain/ids.ts';
import { type Log, START } from '../ports.ts';
import type { Sql } from '../sql/sql.ts';

const LOOK_EVERY_MS = 50;

/**
 * Resolves once all that is in the log now is in the archive, whichever hub archives.
 * @returns false when the signal came first
 */
export async function untilArchived(
  { log, sql, clock }: { readonly log: Log; readonly sql: Pick<Sql, 'build' | 'read'>; readonly clock: Clock },
  signal: AbortSignal,
): Promise<boolean> {
  const heads = await log.heads();
  const query = sql.build.selectFrom('archive_marks').select(['shard', 'position']).compile();
  while (!signal.aborted) {
    const marks = new Map((await sql.read(query)).map(({ shard, position }) => [shard, position as Position]));
    if (heads.every((head, shard) => !log.isBefore(marks.get(shard) ?? START, head))) return true;
    await pause(clock, LOOK_EVERY_MS, signal);
  }
  return false;
}
