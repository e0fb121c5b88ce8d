import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import type { AuditLine } from '../../domain/audit.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelId, ScopeId, UserId } from '../../domain/ids.ts';
import { isOver, type LiveEvent } from '../../domain/live-event.ts';
import { may, outranks, type Rank } from '../../domain/permission.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep, noticeStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { type Step, type Stored, StoreUnavailable } from '../../store/ports.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { done, type Outcome, type Problem, problem } from '../accounts/outcome.ts';
import { stillEntitled } from '../events/rows.ts';
import type { Timers } from '../timers/timers.ts';
import { crewOf } from './crews.ts';

export interface RoleRequest {
  readonly by: UserId;
  /** Where it is said: of the megachannel for that one, else for the DJ whose channel it is. */
  readonly at: Channel;
  readonly target: UserId;
  /** As shown, for the notice. */
  readonly name: string;
  /** For one live event alone: the one of this channel, else the one that is on. */
  readonly isForEvent: boolean;
  /** The same each time this very act is told. */
  readonly cause: string;
}

/** Moderators, in general and of one live event. They hold on every hub once it is answered. */
export interface Roles {
  appoint(request: RoleRequest): Promise<Outcome<string>>;
  /** Of the DJ's moderators, whichever way they became one; or of one event alone. */
  dismiss(request: RoleRequest): Promise<Outcome<string>>;
}

export interface RoleDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly directory: Directory;
  readonly facts: Pick<LiveFacts, 'standing'>;
  readonly timers: Timers;
  readonly clock: Pick<Clock, 'now'>;
  readonly append: (step: Step) => Promise<Stored>;
}

/** What is written down and said once a role was given or taken. */
interface Given {
  readonly scope: ScopeId;
  readonly audit: AuditLine;
  readonly code: string;
  readonly say: string;
  /** Whose crew hears of it; null: nobody's. */
  readonly dj: UserId | null;
}

interface Place {
  readonly scope: ScopeId;
  readonly dj: UserId | null;
  readonly event: LiveEvent | null;
}

const FOLLOW_UP = 'role-changed';

export function createRoles(deps: RoleDeps): Roles {
  const { sql, directory, facts, timers, clock } = deps;
  const rankIn = (user: UserId, channel: Channel): Rank => facts.standing(user, false, channel).rank;

  function placeOf({ at, isForEvent }: RoleRequest): Place | Problem {
    if (at.kind === 'mega') return isForEvent ? NO_EVENT : { scope: scopeOf(at), dj: null, event: null };
    if (at.owner === null || at.kind === 'private' || at.kind === 'direct') return NO_MODERATORS;
    const place = { scope: scopeOf(at), dj: at.owner, event: null };
    if (!isForEvent) return place;
    const own = at.kind === 'event' ? directory.events.ownerOf(at.id) : directory.events.followed(at.owner);
    return own === null || isOver(own.state) ? NO_EVENT : { ...place, event: own };
  }

  /** From memory; the giver's own role is looked at once more in the transaction. */
  function judge(request: RoleRequest): Place | Problem {
    const { by, at, target } = request;
    const standing = facts.standing(by, false, at);
    const permission = may('appoint', standing);
    if (!permission.ok) return problem(permission.code, permission.say);
    if (by === target) return problem('forbidden', 'You cannot do that to yourself.');
    if (!outranks(standing.rank, rankIn(target, at))) {
      return problem('forbidden', 'You cannot act on someone of the same or a higher rank.');
    }
    return placeOf(request);
  }

  function entitled({ by }: RoleRequest, { dj }: Place): Statement {
    return stillEntitled(sql, by, dj ?? by, directory.isAdmin(by));
  }

  function grant({ by, target }: RoleRequest, { scope, event }: Place): Statement {
    const channel_id = event?.channel ?? '';
    const query = sql.build
      .insertInto('role_grants')
      .values({ user_id: target, scope, channel_id, role: 'moderator', granted_by: by, granted_at: clock.now() })
      .onConflict((conflict) => conflict.doNothing());
    return { query: query.compile() };
  }

  function revoke({ target }: RoleRequest, { scope, event }: Place): Statement {
    const users = [...directory.sameAs(target)];
    const gone = sql.build.deleteFrom('role_grants').where('user_id', 'in', users).where('scope', '=', scope);
    const moderator = gone.where('role', '=', 'moderator');
    return { query: (event === null ? moderator : moderator.where('channel_id', '=', event.channel)).compile() };
  }

  async function has({ target }: RoleRequest, { scope, event }: Place, isGiven: boolean): Promise<boolean> {
    // given to one account, taken from all of the person
    const users = isGiven ? [target] : [...directory.sameAs(target)];
    const found = sql.build.selectFrom('role_grants').select('role').where('user_id', 'in', users);
    const here = found.where('scope', '=', scope).where('role', '=', 'moderator');
    const channel: ChannelId | '' = event?.channel ?? '';
    // what is asked to be given must be this very role; taken is any of them
    const rows = await sql.read((isGiven || event !== null ? here.where('channel_id', '=', channel) : here).compile());
    return rows.length > 0;
  }

  async function write(
    request: RoleRequest,
    place: Place,
    statement: Statement,
    given: Given,
  ): Promise<Problem | null> {
    const id = `${FOLLOW_UP}:${stepKey(request.cause)}`;
    const followUp = { id, kind: FOLLOW_UP, due: clock.now(), payload: JSON.stringify(given) };
    const written = await directory.change({
      statements: [entitled(request, place), statement, timers.set(followUp)],
      scopes: [place.scope],
      what: directory.sameAs(request.target).map((user) => ({ kind: 'roles', user })),
    });
    if (!written.ok) return problem('forbidden', 'You may not do that any more.');
    await timers.hurry(id);
    return null;
  }

  function givenOf(request: RoleRequest, { scope, dj, event }: Place, act: 'appoint' | 'dismiss'): Given {
    const { by, target, at, name } = request;
    const audit = { act, by, target, message: null, channel: event?.channel ?? at.id, until: null };
    const where = event === null ? '' : ` in "${event.title}"`;
    const code = act === 'appoint' ? 'moderator-appointed' : 'moderator-dismissed';
    const say = act === 'appoint' ? `${name} moderates${where} now.` : `${name} no longer moderates${where}.`;
    return { scope, dj, audit: { ...audit, reason: event?.title ?? null }, code, say };
  }

  timers.on(FOLLOW_UP, async ({ id, payload }) => {
    const { scope, audit, code, say, dj }: Given = JSON.parse(payload);
    await deps.append(actStep(scope, stepKey(id, 'audit'), clock.now(), { audit: { ...audit, cause: id } }));
    const crew = dj === null ? null : crewOf(directory, dj);
    if (crew === null) return;
    const stored = await deps.append(noticeStep(crew, code, say, stepKey(id, 'crew'), clock.now()));
    if (stored.kind === 'full') throw new StoreUnavailable('a notice waits for the archive');
  });

  return {
    async appoint(request) {
      const place = judge(request);
      if ('ok' in place) return place;
      if (await has(request, place, true)) return done(`${request.name} moderates already.`);
      const given = givenOf(request, place, 'appoint');
      return (await write(request, place, grant(request, place), given)) ?? done(given.say);
    },
    async dismiss(request) {
      const place = judge(request);
      if ('ok' in place) return place;
      if (!(await has(request, place, false))) return problem('not-found', `${request.name} does not moderate here.`);
      const given = givenOf(request, place, 'dismiss');
      return (await write(request, place, revoke(request, place), given)) ?? done(given.say);
    },
  };
}

const NO_EVENT = problem('not-found', 'There is no live event here now.');
const NO_MODERATORS = problem('forbidden', 'This channel has members, not moderators.');
