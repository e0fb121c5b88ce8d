import type { UserId } from '../../domain/ids.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { skeletonOf } from './names.ts';
import type { AccountsOptions } from './options.ts';
import { done, type Outcome, type Problem, problem, tooFast } from './outcome.ts';
import { type Passwords, passwordProblem } from './passwords.ts';
import { insertCredential, one, type Person, people, readOne, readPerson, userScope } from './rows.ts';
import type { Sessions } from './sessions.ts';
import { BUSY_MS } from './sign-up.ts';

export interface ListedUser extends Person {
  readonly isDj: boolean;
  readonly createdAt: number;
}

/** What an operator or an admin does with the people who have an account here. Names may be spelled in any case. */
export interface People {
  findByName(name: string): Promise<Person | null>;
  /** By name. `next`: what to ask with for more; null at the end. */
  listUsers(
    after: string | null,
    limit: number,
  ): Promise<{ readonly users: readonly ListedUser[]; readonly next: string | null }>;
  /** Ends all their sessions. */
  setPassword(name: string, password: string): Promise<Outcome<Person>>;
  /** Ends all their sessions; from then on they may do nothing. */
  disable(name: string): Promise<Outcome<Person>>;
  enable(name: string): Promise<Outcome<Person>>;
  setAdmin(name: string, isAdmin: boolean): Promise<Outcome<Person>>;
}

const LAST_ADMIN = problem('forbidden', 'This is the last admin. Make somebody else an admin first.', 'name');
const MAX_PAGE = 500;

export function nobody(name: string): Problem {
  return problem('not-found', `Nobody here is called "${name}".`, 'name');
}

export function createPeople(options: AccountsOptions, passwords: Passwords, sessions: Sessions): People {
  const { sql, directory, clock, platforms } = options;

  async function findByName(name: string): Promise<Person | null> {
    const named = people(sql, platforms).where('u.skeleton', '=', skeletonOf(name));
    const row = await readOne(sql, named.limit(1).compile());
    return row === null ? null : readPerson(row);
  }

  /** Rights in every channel change with it. */
  async function setUser(
    name: string,
    set: { readonly is_admin?: number; readonly is_disabled?: number },
    then: Partial<Person>,
  ): Promise<Outcome<Person>> {
    const person = await findByName(name);
    if (person === null) return nobody(name);
    const takesAdminAway = set.is_admin === 0 || set.is_disabled === 1;
    const update = sql.build.updateTable('users').set(set).where('id', '=', person.user);
    const guarded = takesAdminAway ? update.where(({ exists }) => exists(stillAdmins(sql, person.user))) : update;
    const written = await directory.change({
      statements: [one(guarded.compile()), ...(set.is_disabled === 1 ? [sessions.closeAll(person.user)] : [])],
      scopes: null,
      what: [{ kind: 'user', user: person.user }],
    });
    return written.ok ? done({ ...person, ...then }) : LAST_ADMIN;
  }

  return {
    findByName,
    async listUsers(after, limit) {
      const size = Math.min(Math.max(1, limit), MAX_PAGE);
      const rows = await sql.read(listQuery(sql, platforms, after).limit(size).compile());
      const users = rows.map((row) => ({ ...readPerson(row), isDj: row.dj !== null, createdAt: row.created_at }));
      return { users, next: rows.length < size ? null : (rows.at(-1)?.skeleton ?? null) };
    },
    async setPassword(name, password) {
      const weak = passwordProblem(password);
      if (weak !== null) return problem('bad-request', weak, 'password');
      const person = await findByName(name);
      if (person === null) return nobody(name);
      if (person.platform !== platforms.native) {
        return problem('forbidden', `${person.name} signs in through the main site.`, 'name');
      }
      const hash = await passwords.hash(password);
      if (hash === null) return tooFast(BUSY_MS);
      await directory.change({
        statements: [insertCredential(sql, person.user, hash, clock.now()), sessions.closeAll(person.user)],
        scopes: [userScope(person.user)],
        what: [{ kind: 'user', user: person.user }],
      });
      return done(person);
    },
    disable: (name) => setUser(name, { is_disabled: 1 }, { isDisabled: true }),
    enable: (name) => setUser(name, { is_disabled: 0 }, { isDisabled: false }),
    setAdmin: (name, isAdmin) => setUser(name, { is_admin: isAdmin ? 1 : 0 }, { isAdmin }),
  };
}

/** Finds a row when the hub has an admin without this user, or this user is none that counts. */
function stillAdmins(sql: Sql, user: UserId) {
  return sql.build
    .selectFrom('users as x')
    .select('x.id')
    .where(({ or, and, eb }) =>
      or([
        and([eb('x.id', '<>', user), eb('x.is_admin', '=', 1), eb('x.is_disabled', '=', 0)]),
        and([eb('x.id', '=', user), or([eb('x.is_admin', '=', 0), eb('x.is_disabled', '=', 1)])]),
      ]),
    );
}

function listQuery(sql: Sql, platforms: AccountsOptions['platforms'], after: string | null) {
  const list = people(sql, platforms)
    .leftJoin('role_grants as g', (join) => join.onRef('g.user_id', '=', 'u.id').on('g.role', '=', 'dj'))
    .select(['u.skeleton as skeleton', 'u.created_at as created_at', 'g.role as dj'])
    .where('u.skeleton', 'is not', null)
    .orderBy('u.skeleton');
  return after === null ? list : list.where('u.skeleton', '>', after);
}
