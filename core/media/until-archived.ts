import { type Clock, pause } from '../async/clock.ts';
import type { Position, ScopeId } from '../domain/ids.ts';
import { type Log, START, StoreUnavailable } from '../store/ports.ts';
import type { Sql } from '../store/sql/sql.ts';

const WITHIN_MS = 10_000;
const LOOK_MS = 50;

/**
 * Resolves once all that was said before this call is archived: in this scope, or (null) everywhere.
 * @throws {StoreUnavailable} when that takes longer than ten seconds
 */
export type UntilArchived = (scope: ScopeId | null) => Promise<void>;

export interface UntilArchivedDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly log: Pick<Log, 'heads' | 'shardOf' | 'isBefore'>;
  readonly clock: Clock;
}

export function createUntilArchived({ sql, log, clock }: UntilArchivedDeps): UntilArchived {
  async function archivedUpTo(shard: number): Promise<Position> {
    const query = sql.build.selectFrom('archive_marks').select('position').where('shard', '=', shard);
    return ((await sql.read(query.compile()))[0]?.position ?? START) as Position;
  }

  return async (scope) => {
    const heads = (await log.heads()).map((head, shard) => ({ head, shard }));
    const wanted = scope === null ? heads : heads.filter(({ shard }) => shard === log.shardOf(scope));
    const deadline = clock.elapsed() + WITHIN_MS;
    for (const { head, shard } of wanted) {
      while (head !== START && log.isBefore(await archivedUpTo(shard), head)) {
        if (clock.elapsed() > deadline) throw new StoreUnavailable('the archive is behind');
        await pause(clock, LOOK_MS);
      }
    }
  };
}
