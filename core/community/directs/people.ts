import type { AccountId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Sql } from '../../store/sql/sql.ts';

/** One person, by the account where private messages reach them. */
export interface Reached {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  /** Null: they read them here. */
  readonly account: AccountId | null;
}

export interface PeopleDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly sameAs: (user: UserId) => readonly UserId[];
  readonly isDisabled: (user: UserId) => boolean;
}

/** Who stands behind these users, each person once. An account here comes before those on other platforms. */
export async function reachedBy(
  users: readonly UserId[],
  { sql, sameAs, isDisabled }: PeopleDeps,
): Promise<ReadonlyMap<UserId, Reached>> {
  const all = [...new Set(users.flatMap(sameAs))];
  if (all.length === 0) return new Map();
  const native = await sql.read(
    sql.build
      .selectFrom('users as u')
      .innerJoin('accounts as a', 'a.user_id', 'u.id')
      .select(['u.id', 'u.name', 'a.platform'])
      .where('u.id', 'in', all)
      .orderBy('u.created_at')
      .orderBy('u.id')
      .compile(),
  );
  const seen = await sql.read(
    sql.build.selectFrom('seen_accounts').selectAll().where('user_id', 'in', all).orderBy('at').compile(),
  );
  const found = new Map<UserId, Reached>();
  for (const user of users) {
    const person = sameAs(user);
    const here = native.find(({ id }) => person.includes(id as UserId) && !isDisabled(id as UserId));
    const there =
      seen.find((row) => row.user_id === user) ?? seen.find((row) => person.includes(row.user_id as UserId));
    if (here !== undefined) {
      found.set(user, { user: here.id as UserId, name: here.name, platform: here.platform, account: null });
    } else if (there !== undefined) {
      const account = there.account_id as AccountId;
      found.set(user, { user: there.user_id as UserId, name: there.name, platform: there.platform, account });
    }
  }
  return found;
}

/** Whoever acts is there already, also on their very first message. */
export function asReached({ user, name, platform }: Actor, account: AccountId | null): Reached {
  return { user, name, platform, account };
}
