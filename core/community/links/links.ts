import type { Clock } from '../../async/clock.ts';
import { newRowId } from '../../async/mint.ts';
import { RateLimiterMemory, RateLimiterRes } from '../../async/rate-limiter.ts';
import type { EpochMs, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { done, type Outcome, problem } from '../accounts/outcome.ts';
import type { Timers } from '../timers/timers.ts';
import { type AfterDeps, type Joined, type Parted, setAfter } from './after.ts';
import { keepSanctions } from './keep-sanctions.ts';
import { createLinkRequests } from './requests.ts';

/** One account of somebody who has several. */
export interface LinkedAccount {
  readonly user: UserId;
  readonly platform: string;
  readonly name: string;
  readonly linkedAt: EpochMs;
}

/** Accounts that are one person. What is answered holds on every hub. */
export interface Links {
  /** All accounts of the person, this one among them; none where there is but one. For the person and moderators alone. */
  accounts(user: UserId): Promise<readonly LinkedAccount[]>;
  /** A code that proves on that platform whose account it is. */
  invite(by: Actor, platform: string): Promise<Outcome<string>>;
  /** Somebody typed a code. Nothing is joined yet. @returns whose it is */
  type(by: Actor, code: string): Promise<Outcome<{ readonly name: string; readonly platform: string }>>;
  /** They mean it. Null: there is nothing that they could mean. */
  confirm(by: Actor): Promise<Outcome<{ readonly name: string; readonly platform: string }> | null>;
  /** Both are proved to be one person's. Accounts that were taken apart stay apart. @returns whether they were joined */
  join(one: ProvedAccount, other: ProvedAccount): Promise<boolean>;
  /** Takes the person's account on that platform away from the others. */
  unlink(by: Actor, platform: string): Promise<Outcome<LinkedAccount>>;
}

export type ProvedAccount = Pick<LinkedAccount, 'user' | 'platform' | 'name'>;

export interface LinksDeps extends AfterDeps {
  readonly sql: Sql;
  readonly directory: Directory;
  readonly timers: Timers;
  readonly clock: Clock;
}

/** Codes asked for or typed by one account. */
const TRIES = { points: 5, duration: 10 * 60 };
/** More accounts than anybody needs. */
const MOST_ACCOUNTS = 10;

const UNPROVED = problem(
  'forbidden',
  'The platform does not say for certain whose account this is: sign in there first.',
);
const SLOW_DOWN = problem('rate-limited', 'Too many codes; try again in some minutes.');
const NO_CODE = problem('not-found', 'There is no such code for this place: codes last 10 minutes and work once.');
const TOO_MANY = problem('forbidden', `A person has at most ${MOST_ACCOUNTS} accounts.`);
const ONE_ALREADY = problem('bad-request', 'These accounts are linked already.');

export function createLinks(deps: LinksDeps): Links {
  const { sql, directory, timers, clock, karma } = deps;
  const requests = createLinkRequests(sql, clock);
  const tries = new RateLimiterMemory(TRIES);
  const after = setAfter(deps);

  async function accounts(user: UserId): Promise<readonly LinkedAccount[]> {
    const own = sql.build.selectFrom('person_links').select('person').where('user_id', '=', user);
    const all = sql.build.selectFrom('person_links').selectAll().where('person', '=', own);
    return (await sql.read(all.orderBy('linked_at').orderBy('user_id').compile())).map((row) => ({
      user: row.user_id as UserId,
      platform: row.platform,
      name: row.name,
      linkedAt: row.linked_at as EpochMs,
    }));
  }

  function mayNot({ isGuest, isBot, isProved }: Actor) {
    if (isGuest || isBot) return problem('sign-in', 'Sign in to link accounts.');
    return isProved === false ? UNPROVED : null;
  }

  function addMember(user: UserId, platform: string, name: string, person: string): Statement {
    const row = { user_id: user, person, platform, name, linked_at: clock.now() };
    const insert = sql.build.insertInto('person_links').values(row);
    return { query: insert.onConflict((conflict) => conflict.doNothing()).compile() };
  }

  /** Everybody who is one with either of them, whatever another hub has written meanwhile. */
  function mergeInto(person: string, users: readonly UserId[]): Statement {
    const theirs = sql.build.selectFrom('person_links as l').select('l.person').where('l.user_id', 'in', users);
    return {
      query: sql.build.updateTable('person_links').set({ person }).where('person', 'in', theirs).compile(),
    };
  }

  async function joinBoth(one: ProvedAccount, other: ProvedAccount, first: readonly Statement[]) {
    const person = newRowId();
    const joined: Joined = { kind: 'joined', by: one.user, maker: other.user, person };
    const follow = after.follow(joined);
    const written = await directory.change({
      statements: [
        ...first,
        addMember(other.user, other.platform, other.name, person),
        addMember(one.user, one.platform, one.name, person),
        mergeInto(person, [other.user, one.user]),
        timers.set(follow),
      ],
      scopes: null,
      what: [{ kind: 'person', person }],
    });
    if (written.ok) await timers.hurry(follow.id);
    return written.ok;
  }

  function mayJoin(one: UserId, other: UserId): boolean {
    return new Set([...directory.sameAs(one), ...directory.sameAs(other)]).size <= MOST_ACCOUNTS;
  }

  return {
    accounts,
    async join(one, other) {
      if (directory.sameAs(one.user).includes(other.user) || !mayJoin(one.user, other.user)) return false;
      if (directory.isDisabled(one.user) || directory.isDisabled(other.user)) return false;
      if (await wereParted(sql, one.user, other.user)) return false;
      return joinBoth(one, other, []);
    },
    async invite(by, platform) {
      const refused = mayNot(by);
      if (refused !== null) return refused;
      if (platform === by.platform) return problem('bad-request', 'That is where you are; name another platform.');
      return (await passes(tries, by.user)) ? done(await requests.make(by, platform)) : SLOW_DOWN;
    },
    async type(by, code) {
      const refused = mayNot(by);
      if (refused !== null) return refused;
      if (!(await passes(tries, by.user))) return SLOW_DOWN;
      const found = await requests.take(code, by);
      if (found === null) return NO_CODE;
      if (directory.sameAs(by.user).includes(found.user)) return ONE_ALREADY;
      return done({ name: found.userName, platform: found.userPlatform });
    },
    async confirm(by) {
      if (mayNot(by) !== null) return null;
      const found = await requests.typedBy(by.user);
      if (found === null) return null;
      if (!mayJoin(by.user, found.user)) return TOO_MANY;
      const maker = { user: found.user, platform: found.userPlatform, name: found.userName };
      if (!(await joinBoth(by, maker, [requests.close(found.hash)]))) return NO_CODE;
      return done({ name: found.userName, platform: found.userPlatform });
    },
    async unlink(by, platform) {
      const all = await accounts(by.user);
      const there = all.filter((one) => one.platform === platform);
      const leaving = there.find(({ user }) => user === by.user) ?? there[0];
      if (leaving === undefined) return problem('not-found', 'You have no linked account there.');
      if (directory.isDisabled(by.user)) return problem('forbidden', 'This account is closed.');
      const users = all.map(({ user }) => user);
      const left = users.filter((user) => user !== leaving.user);
      const person = newRowId();
      const kept = await keepSanctions(deps, users, person, []);
      const stay = left.length < 2 ? users : [leaving.user];
      const gone = sql.build.deleteFrom('person_links').where('user_id', 'in', stay);
      const moved = sql.build.updateTable('person_links').set({ person }).where('user_id', 'in', left);
      const parted: Parted = {
        kind: 'parted',
        by: by.user,
        leaving: leaving.user,
        left,
        id: person,
        karma: karma.karmaOf(by.user),
      };
      const follow = after.follow(parted);
      await directory.change({
        statements: [
          endJoinedRoles(sql, leaving, left),
          ...left.map((user) => endRolesOf(sql, user, leaving)),
          { query: gone.compile() },
          { query: moved.compile() },
          ...left.map((other) => ({
            query: sql.build
              .insertInto('link_partings')
              .values({ id: person, user_id: leaving.user, other_id: other, at: clock.now() })
              .compile(),
          })),
          timers.set(follow),
        ],
        scopes: null,
        what: [
          ...(await personsOf(sql, users)).map((id) => ({ kind: 'person', person: id }) as const),
          { kind: 'person', person },
          ...users.map((user) => ({ kind: 'roles', user }) as const),
        ],
      });
      // what was given in the very moment of parting is kept too
      await keepSanctions(deps, users, person, kept);
      await timers.hurry(follow.id);
      return done(leaving);
    },
  };
}

async function wereParted(sql: Sql, one: UserId, other: UserId): Promise<boolean> {
  const query = sql.build.selectFrom('link_partings').select('id').limit(1);
  const both = [one, other];
  const rows = await sql.read(query.where('user_id', 'in', both).where('other_id', 'in', both).compile());
  return rows.length > 0;
}

async function personsOf(sql: Sql, users: readonly UserId[]): Promise<readonly string[]> {
  const query = sql.build.selectFrom('person_links').select('person').distinct().where('user_id', 'in', users);
  return (await sql.read(query.compile())).map(({ person }) => person);
}

/** A role that the giver confirmed for this account, because the person had it with another, ends with the link. */
function endJoinedRoles(sql: Sql, leaving: LinkedAccount, left: readonly UserId[]): Statement {
  const query = sql.build
    .deleteFrom('role_grants')
    .where('user_id', '=', leaving.user)
    .where('granted_at', '>=', leaving.linkedAt)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('role_grants as g')
          .select('g.user_id')
          .where('g.user_id', 'in', left)
          .whereRef('g.scope', '=', 'role_grants.scope')
          .whereRef('g.granted_at', '<=', 'role_grants.granted_at'),
      ),
    );
  return { query: query.compile() };
}

function endRolesOf(sql: Sql, user: UserId, leaving: LinkedAccount): Statement {
  return endJoinedRoles(sql, { ...leaving, user }, [leaving.user]);
}

async function passes(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (spent) {
    if (spent instanceof RateLimiterRes) return false;
    throw spent;
  }
}
