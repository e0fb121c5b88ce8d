import type { Clock } from '../../async/clock.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql } from '../../store/sql/sql.ts';

/** Who keeps to themselves: their messages stay where they were written. */
export interface OptOuts {
  /** @param cause the same each time this very wish is told; then it changes nothing more. @returns how it is now */
  set(user: UserId, wish: 'toggle' | 'out' | 'in', cause: string): Promise<boolean>;
}

export interface OptOutDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly directory: Pick<Directory, 'change'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createOptOuts({ sql, directory, clock }: OptOutDeps): OptOuts {
  return {
    async set(user, wish, cause) {
      const [row] = await sql.read(
        sql.build.selectFrom('opt_outs').select(['is_out', 'cause']).where('user_id', '=', user).compile(),
      );
      const isOut = row?.is_out === 1;
      if (row?.cause === cause) return isOut;
      const next = wish === 'toggle' ? !isOut : wish === 'out';
      const values = { is_out: next ? 1 : 0, cause, at: clock.now() };
      const upsert = sql.build
        .insertInto('opt_outs')
        .values({ user_id: user, ...values })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values));
      // of everyone's channels: what was judged before is judged again
      await directory.change({
        statements: [{ query: upsert.compile() }],
        scopes: null,
        what: [{ kind: 'opt-out', user }],
      });
      return next;
    },
  };
}
