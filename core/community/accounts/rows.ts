import type { CompiledQuery } from 'kysely';
import { newRowId, userIdOf } from '../../async/mint.ts';
import type { AccountId, ScopeId, UserId } from '../../domain/ids.ts';
import { parseUserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** Statements and readings that several of the files beside this one need. */

/** What is stored about somebody with an account here. */
export interface Person {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  readonly avatarUrl: string | null;
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
}
export interface PersonRow {
  readonly user_id: string;
  readonly name: string;
  readonly platform: string;
  readonly avatar_url: string | null;
  readonly is_admin: number;
  readonly is_disabled: number;
}

export function readPerson(row: PersonRow): Person {
  return {
    user: storedUserId(row.user_id),
    name: row.name,
    platform: row.platform,
    avatarUrl: row.avatar_url,
    isAdmin: row.is_admin === 1,
    isDisabled: row.is_disabled === 1,
  };
}

export function actorOf(person: Person): Actor {
  const { user, name, platform, avatarUrl } = person;
  return { user, name, platform, avatarUrl, isGuest: false, isBot: false };
}

export function storedUserId(text: string): UserId {
  const user = parseUserId(text);
  if (user === null) throw new Error('a stored user id cannot be read');
  return user;
}

/** A platform's own id of an account, as the platform says it. */
export function parseAccountId(text: string): AccountId {
  return text as AccountId;
}

export async function readOne<Row>(sql: Sql, query: CompiledQuery<Row>): Promise<Row | null> {
  return (await sql.read(query))[0] ?? null;
}

/** Exactly one row must change, or nothing of the transaction is written. */
export function one(query: CompiledQuery<unknown>): Statement {
  return { query, expect: 1 };
}

/** People with an account here, by the platforms that people sign in from. Bridged accounts are not among them. */
export function people(sql: Sql, platforms: { readonly native: string; readonly site: string }) {
  return sql.build
    .selectFrom('users as u')
    .innerJoin('accounts as a', 'a.user_id', 'u.id')
    .where('a.platform', 'in', [platforms.native, platforms.site])
    .select([
      'u.id as user_id',
      'u.name as name',
      'a.platform as platform',
      'a.avatar_url as avatar_url',
      'u.is_admin as is_admin',
      'u.is_disabled as is_disabled',
    ]);
}

export interface NewUser {
  readonly platform: string;
  readonly account: AccountId;
  readonly user: UserId;
  /** As it is shown, and as the account calls itself: they differ where the name was taken. */
  readonly name: string;
  readonly accountName: string;
  readonly skeleton: string | null;
  readonly avatarUrl: string | null;
  readonly isAdmin: boolean;
  readonly at: number;
}

/** A user of this hub's own, with a new account id. */
export function localUser(
  native: string,
  name: string,
  skeleton: string,
  made: { readonly isAdmin: boolean; readonly at: number },
): NewUser {
  const account = parseAccountId(newRowId());
  const user = userIdOf(native, account);
  return { platform: native, account, user, name, accountName: name, skeleton, avatarUrl: null, ...made };
}

/** The first of the two fails where the name, or one that looks like it, is taken. */
export function insertUser(sql: Sql, user: NewUser): readonly [Statement, Statement] {
  return [
    one(
      sql.build
        .insertInto('users')
        .values({
          id: user.user,
          name: user.name,
          skeleton: user.skeleton,
          is_admin: user.isAdmin ? 1 : 0,
          is_disabled: 0,
          created_at: user.at,
        })
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
    ),
    one(
      sql.build
        .insertInto('accounts')
        .values({
          platform: user.platform,
          id: user.account,
          user_id: user.user,
          name: user.accountName,
          avatar_url: user.avatarUrl,
          first_seen_at: user.at,
        })
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
    ),
  ];
}

export function insertCredential(sql: Sql, user: UserId, hash: string, at: number): Statement {
  return one(
    sql.build
      .insertInto('credentials')
      .values({ user_id: user, password_hash: hash, changed_at: at })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ password_hash: hash, changed_at: at }))
      .compile(),
  );
}

/** Where a change is announced that takes no rights away: every hub follows every shard, so one is enough. */
export function userScope(user: UserId): ScopeId {
  return `user:${user}` as ScopeId;
}
