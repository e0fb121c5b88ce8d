import { userIdOf } from '../../async/mint.ts';
import type { AccountId, UserId } from '../../domain/ids.ts';
import { numberOf } from './guests.ts';
import { cleanName, tidyName } from './names.ts';
import type { AccountsOptions } from './options.ts';
import { insertUser, one, type Person, parseAccountId, readOne, readPerson } from './rows.ts';
import type { SiteAccount } from './site-tokens.ts';

type Needs = Pick<AccountsOptions, 'sql' | 'clock' | 'platforms'>;

/**
 * The person behind an account of the main site, made at their first sign-in. The site vouches for who they are, but
 * a name that looks like another's here gets a number behind it. Their picture stays there: only re-hosted ones are shown.
 */
export async function sitePerson(needs: Needs, account: SiteAccount): Promise<Person> {
  const id = parseAccountId(account.sub);
  const stored = await find(needs, id);
  if (stored === null) return (await create(needs, id, account)) ?? Promise.reject(new Error('no name was free'));
  const given = account.name === null ? null : tidyName(account.name);
  if (given === null || given === stored.accountName || stored.person.isDisabled) return stored.person;
  return rename(needs, id, stored.person, given);
}

async function find(
  { sql, platforms }: Needs,
  id: AccountId,
): Promise<{ readonly person: Person; readonly accountName: string } | null> {
  const row = await readOne(
    sql,
    sql.build
      .selectFrom('accounts as a')
      .innerJoin('users as u', 'u.id', 'a.user_id')
      .where('a.platform', '=', platforms.site)
      .where('a.id', '=', id)
      .select([
        'u.id as user_id',
        'u.name as name',
        'a.platform as platform',
        'a.avatar_url as avatar_url',
        'u.is_admin as is_admin',
        'u.is_disabled as is_disabled',
        'a.name as account_name',
      ])
      .compile(),
  );
  return row === null ? null : { person: readPerson(row), accountName: row.account_name };
}

async function create(needs: Needs, id: AccountId, account: SiteAccount): Promise<Person | null> {
  const { sql, clock, platforms } = needs;
  const user = userIdOf(platforms.site, id);
  const given = account.name === null ? null : tidyName(account.name);
  for (const { name, skeleton } of namesFor(user, given)) {
    const made = {
      platform: platforms.site,
      account: id,
      user,
      name,
      skeleton,
      accountName: given ?? name,
      avatarUrl: null,
      isAdmin: false,
      at: clock.now(),
    };
    await sql.write(insertUser(sql, made));
    const stored = await find(needs, id); // ours, or that of a sign-in at the same moment
    if (stored !== null) return stored.person;
  }
  return null;
}

/** Names to try, the best first; the last is taken by nobody else. */
function namesFor(user: UserId, given: string | null): readonly { readonly name: string; readonly skeleton: string }[] {
  const base = given ?? 'Listener';
  const stem = [...base].slice(0, 26).join('').trim();
  const numbered = [0, 1, 2].map((round) => `${stem} ${numberOf(`${user}${round}`)}`);
  return [base, ...numbered, `Listener ${user.slice(2, 14)}`, `Listener ${user.slice(2, 24)}`].flatMap((name) => {
    const clean = cleanName(name);
    return clean.ok ? [clean] : [];
  });
}

/** Follows a new name on the site. Where it is taken here, the shown one stays. */
async function rename({ sql, platforms }: Needs, id: AccountId, person: Person, given: string): Promise<Person> {
  const account = sql.build
    .updateTable('accounts')
    .set({ name: given })
    .where('platform', '=', platforms.site)
    .where('id', '=', id)
    .compile();
  const clean = cleanName(given);
  if (clean.ok) {
    const taken = sql.build
      .selectFrom('users as other')
      .select('other.id')
      .where('other.skeleton', '=', clean.skeleton)
      .where('other.id', '<>', person.user);
    const user = sql.build
      .updateTable('users')
      .set({ name: clean.name, skeleton: clean.skeleton })
      .where('id', '=', person.user)
      .where(({ not, exists }) => not(exists(taken)))
      .compile();
    if ((await sql.write([one(user), { query: account }])).ok) return { ...person, name: clean.name };
  }
  await sql.write([{ query: account }]);
  return person;
}
