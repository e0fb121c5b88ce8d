import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import type { KarmaLine } from '../../domain/audit.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ScopeId, UserId } from '../../domain/ids.ts';
import { actStep, noticeStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { type Step, StoreUnavailable } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { KarmaBook } from '../karma/book.ts';
import type { Timer, Timers } from '../timers/timers.ts';
import type { KeepDeps } from './keep-sanctions.ts';

/** What is to be done once two accounts are one person, or are so no more. */
export interface Joined {
  readonly kind: 'joined';
  readonly by: UserId;
  readonly maker: UserId;
  readonly person: string;
}
export interface Parted {
  readonly kind: 'parted';
  readonly by: UserId;
  readonly leaving: UserId;
  readonly left: readonly UserId[];
  /** Names the parting. */
  readonly id: string;
  /** As it was while they were one. */
  readonly karma: number;
}

export interface AfterDeps extends KeepDeps {
  readonly sql: Sql;
  readonly directory: Directory;
  readonly timers: Timers;
  readonly karma: Pick<KarmaBook, 'karmaOf'>;
  readonly clock: Clock;
}

const KIND = 'link-changed';
/** Acts on nobody's channel are written down with the megachannel's. */
const SCOPE = 'mega' as ScopeId;
/** So many roles of one person are told of. */
const MOST_ROLES = 50;

/** Written down in the transaction of the change and done right after it, also when the hub falls in between. */
export function setAfter(deps: AfterDeps): { follow(what: Joined | Parted): Timer } {
  const { timers, clock } = deps;
  timers.on(KIND, async ({ id, payload }) => {
    const what: Joined | Parted = JSON.parse(payload);
    await (what.kind === 'joined' ? afterJoining(what, id, deps) : afterParting(what, id, deps));
  });
  return {
    follow(what) {
      const id = `${KIND}:${what.kind === 'joined' ? what.person : what.id}`;
      return { id, kind: KIND, due: clock.now(), payload: JSON.stringify(what) };
    },
  };
}

async function afterJoining({ by, maker }: Joined, id: string, deps: AfterDeps): Promise<void> {
  const users = deps.directory.sameAs(by);
  // what a parting has cost before is given back: they count as one again
  const karma = (await partingsAmong(deps.sql, users)).flatMap((parting) =>
    users.map((user) => ({ user, points: 0, why: 'undone', by: null, cause: parting })),
  );
  await append(
    deps,
    actStep(SCOPE, stepKey(id, 'audit'), deps.clock.now(), { ...audit('link', by, maker, id), karma }),
  );
  await tellGivers(users, id, deps);
}

/** What was bad follows both; what was good stays where it was earned, so that no parting makes any of it twice. */
async function afterParting({ by, leaving, left, id: parting, karma }: Parted, id: string, deps: AfterDeps) {
  const [first] = left;
  const lines = [leaving, ...(first === undefined ? [] : [first])].flatMap((user): readonly KarmaLine[] => {
    const points = Math.round(karma - deps.karma.karmaOf(user));
    return karma < 0 && points < 0 ? [{ user, points, why: 'unlinked', by: null, cause: causeOf(parting) }] : [];
  });
  const note = { ...audit('unlink', by, by === leaving ? (first ?? leaving) : leaving, id), karma: lines };
  await append(deps, actStep(SCOPE, stepKey(id, 'audit'), deps.clock.now(), note));
}

function causeOf(parting: string): string {
  return `parting ${parting}`;
}

async function partingsAmong(sql: Sql, users: readonly UserId[]): Promise<readonly string[]> {
  const query = sql.build.selectFrom('link_partings').select('id').distinct();
  const rows = await sql.read(query.where('user_id', 'in', users).where('other_id', 'in', users).compile());
  return rows.map(({ id }) => causeOf(id));
}

/**
 * A role stays with the account that it was given to. Whoever looks after the crew is told of the other accounts, and
 * lets them have it too, or not.
 */
async function tellGivers(users: readonly UserId[], id: string, deps: AfterDeps): Promise<void> {
  const { sql, directory, clock } = deps;
  const grants = sql.build.selectFrom('role_grants').select(['user_id', 'scope']).distinct();
  const given = await sql.read(grants.where('user_id', 'in', users).limit(MOST_ROLES).compile());
  const links = await sql.read(
    sql.build
      .selectFrom('person_links')
      .select(['user_id', 'name', 'platform'])
      .where('user_id', 'in', users)
      .compile(),
  );
  for (const scope of new Set(given.map((one) => one.scope))) {
    const crew = crewIn(directory, scope);
    const has = given.filter((one) => one.scope === scope).map(({ user_id }) => user_id);
    const others = links.filter(({ user_id }) => !has.includes(user_id));
    const holder = links.find(({ user_id }) => has.includes(user_id));
    if (crew === null || others.length === 0 || holder === undefined) continue;
    const names = others.map(({ name, platform, user_id }) => `${name} (${platform}): /appoint ${user_id}`).join('; ');
    const say = `${holder.name} has linked another account, which has no role here until it is given one. ${names}`;
    await append(deps, noticeStep(crew, 'role-unconfirmed', say, stepKey(id, 'roles', scope), clock.now()));
  }
}

function crewIn(directory: Directory, scope: string): Channel | null {
  return directory.channels().find((one) => one.kind === 'crew' && scopeOf(one) === scope) ?? null;
}

function audit(act: 'link' | 'unlink', by: UserId, target: UserId, cause: string) {
  return { audit: { act, by, target, message: null, channel: null, until: null, reason: null, cause } };
}

async function append({ log }: AfterDeps, step: Step): Promise<void> {
  const stored = await log.append(step);
  if (stored.kind === 'full') throw new StoreUnavailable('what follows a link waits for the archive');
}
