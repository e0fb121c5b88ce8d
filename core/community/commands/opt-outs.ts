import type { Clock } from '../../async/clock.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql } from '../../store/sql/sql.ts';

/** Who keeps to themselves, with all their accounts: their messages stay where they were written. */
export interface OptOuts {
  /** @param cause the same each time this very wish is told; then it changes nothing more. @returns how it is now */
  set(user: UserId, wish: 'toggle' | 'out' | 'in', cause: string): Promise<boolean>;
}

export interface OptOutDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly directory: Pick<Directory, 'change' | 'sameAs' | 'isOptedOut'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createOptOuts({ sql, directory, clock }: OptOutDeps): OptOuts {
  return {
    async set(user, wish, cause) {
      const [row] = await sql.read(
        sql.build.selectFrom('opt_outs').select('cause').where('user_id', '=', user).compile(),
      );
      const isOut = directory.isOptedOut(user);
      if (row?.cause === cause) return isOut;
      const next = wish === 'toggle' ? !isOut : wish === 'out';
      const values = { is_out: next ? 1 : 0, cause, at: clock.now() };
      const upsert = sql.build
        .insertInto('opt_outs')
        .values({ user_id: user, ...values })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values));
      // whoever comes back does so with every account; what a platform has told of them is not kept either
      const others = sql.build
        .updateTable('opt_outs')
        .set({ is_out: 0 })
        .where('user_id', 'in', directory.sameAs(user));
      const unnamed = sql.build
        .updateTable('seen_accounts')
        .set({ name: '' })
        .where('user_id', 'in', directory.sameAs(user));
      // of everyone's channels: what was judged before is judged again
      await directory.change({
        statements: [...(next ? [unnamed] : [others]), upsert].map((one) => ({ query: one.compile() })),
        scopes: null,
        what: directory.sameAs(user).map((one) => ({ kind: 'opt-out', user: one })),
      });
      return next;
    },
  };
}
