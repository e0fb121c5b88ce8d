import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { EpochMs, ScopeId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { POINTS, timeoutPoints } from '../../domain/karma.ts';
import { may, outranks, RANKS, type Rank } from '../../domain/permission.ts';
import type { Receipt, Refusal } from '../../domain/receipt.ts';
import { isReceipt, type Place, place } from '../../pipeline/address.ts';
import type { InForce, LiveFacts, SanctionBody } from '../../pipeline/live-facts.ts';
import { sanctionStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { EntryNote, Step } from '../../store/ports.ts';
import type { KarmaBook } from '../karma/book.ts';
import { minutesProblem, nextMinutes, RECENT_MS } from './escalation.ts';

/** What a moderator does to one person. `lift` ends whatever is in force. */
export type SanctionAct =
  | { readonly kind: 'timeout' /** Null: as the ladder says. */; readonly minutes: number | null }
  | { readonly kind: 'ban' }
  | { readonly kind: 'lift' };

export interface SanctionRequest {
  readonly by: Actor;
  readonly at: Channel;
  readonly target: UserId;
  readonly act: SanctionAct;
  readonly reason: string | null;
  /** The same each time this very act is told: it takes effect once. */
  readonly cause: string;
  /** The least rank they have here, for those whom the DJ lets act as moderators of a linked room. */
  readonly leastRank?: Rank;
}

export type SanctionOutcome =
  | {
      readonly ok: true;
      readonly act: 'timeout' | 'ban' | 'lift';
      readonly target: UserId;
      readonly scope: ScopeId;
      /** Null: a ban or a lift. */
      readonly until: EpochMs | null;
      readonly minutes: number | null;
      /** Names the act: what becomes of it on the platforms is told under this name. */
      readonly cause: string;
      readonly effect: 'pending';
      /** The live event with which the ban ends. */
      readonly endsWith: string | null;
    }
  | { readonly ok: false; readonly code: Refusal; readonly say: string };

export interface Sanctions {
  /** Resolves once it holds on every hub: nothing that was judged before is stored after. */
  sanction(request: SanctionRequest): Promise<SanctionOutcome>;
}

/** Live events, as far as bans of their moderators end with them. */
export interface EventsOfBans {
  /** The event of this channel's DJ that is on, from warmup until it is archived. */
  runningIn(channel: Channel): string | null;
  isOver(event: string): boolean;
}

export interface SanctionDeps {
  readonly facts: LiveFacts;
  readonly karma: Pick<KarmaBook, 'karmaOf' | 'timeoutsSince'>;
  readonly events: EventsOfBans;
  readonly untilFresh: Fresh;
  /** Resolves once this hub knows all that is stored in the scope now. */
  readonly caughtUp: (scope: ScopeId) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
}

export type Refused = Extract<SanctionOutcome, { ok: false }>;

/** What a judged act is: its entry and what stands in the ledgers. */
export interface Judged {
  readonly body: SanctionBody;
  readonly minutes: number | null;
  readonly note: Pick<EntryNote, 'audit' | 'karma'>;
}

export function createSanctions(deps: SanctionDeps): Sanctions {
  async function one(request: SanctionRequest): Promise<SanctionOutcome> {
    const scope = scopeOf(request.at);
    const cause = stepKey('act', request.cause);
    let judged: Judged | Refused | null = null;
    const receipt = await deps.untilFresh(scope, (rev): Step | Receipt => {
      judged = judgeSanction(request, cause, deps);
      if ('ok' in judged) return { kind: 'refused', code: judged.code, say: judged.say, retryAfterMs: null };
      const { body, note } = judged;
      return { ...sanctionStep(body, [cause], deps.clock.now(), note), ifRev: rev };
    });
    return outcomeOf(receipt, judged, request);
  }

  /** What is lifted is lifted from every account of the person that is under something here. */
  function targetsOf({ act, at, target }: SanctionRequest): readonly UserId[] {
    if (act.kind !== 'lift') return [target];
    const under = deps.facts.sameAs(target).filter((user) => deps.facts.given(scopeOf(at), user) !== null);
    return under.length === 0 ? [target] : under;
  }

  async function all(request: SanctionRequest): Promise<SanctionOutcome> {
    let outcome: SanctionOutcome = refusal('not-found', NOTHING_RUNS);
    for (const target of targetsOf(request)) {
      outcome = await one({ ...request, target });
      if (!outcome.ok) break;
    }
    return outcome;
  }

  return {
    async sanction(request) {
      const outcome = await all(request);
      // whoever may write again may do so at once, here at least
      if (outcome.ok) await deps.caughtUp(scopeOf(request.at));
      return outcome;
    },
  };
}

/** From memory alone; judged again whenever rights changed before it was stored. */
function judgeSanction(request: SanctionRequest, cause: string, deps: SanctionDeps): Judged | Refused {
  const { target, act } = request;
  const stands = standsOver(request, deps.facts);
  if ('ok' in stands) return stands;
  const { facts } = deps;
  const current = act.kind === 'lift' ? facts.given(stands.scope, target) : facts.joined(stands.scope, target);
  const now = deps.clock.now();
  const running = current !== null && isRunning(current, now) ? current : null;
  switch (act.kind) {
    case 'timeout':
      return judgeTimeout(request, act.minutes, running, cause, deps);
    case 'ban':
      return judgeBan(request, stands, running, cause, deps);
    case 'lift':
      return judgeLift(request, stands, running, (user) => deps.facts.standing(user, false, stands.channel).rank);
  }
}

/** Whether they may do such things in this channel at all, and to this person. */
export function standsOver(
  { by, at, target, act, leastRank }: Omit<SanctionRequest, 'reason' | 'cause'>,
  facts: LiveFacts,
): Place | Refused {
  const here = place(facts, by, at.id, 'read');
  if (isReceipt(here)) return refusal('not-found', 'There is no such channel.');
  const standing = { ...here.standing, rank: higher(here.standing.rank, leastRank) };
  const permission = may(act.kind === 'ban' ? 'ban' : 'timeout', standing);
  if (!permission.ok) return refusal(permission.code, permission.say);
  if (facts.sameAs(by.user).includes(target)) return refusal('forbidden', 'You cannot act on yourself.');
  if (!outranks(standing.rank, facts.standing(target, false, here.channel).rank)) return NOT_OVER_THEM;
  return { ...here, standing };
}

export const NOT_OVER_THEM: Refused = {
  ok: false,
  code: 'forbidden',
  say: 'You cannot act on someone of the same or a higher rank.',
};

function judgeTimeout(
  request: SanctionRequest,
  asked: number | null,
  running: InForce | null,
  cause: string,
  { karma, clock }: SanctionDeps,
): Judged | Refused {
  const wrong = minutesProblem(asked);
  if (wrong !== null) return refusal('bad-request', wrong);
  if (running?.act === 'ban') return refusal('bad-request', 'They are banned here already.');
  const { target, by } = request;
  const now = clock.now();
  const minutes =
    asked ?? nextMinutes(karma.timeoutsSince(target, (now - RECENT_MS) as EpochMs), karma.karmaOf(target));
  // a new timeout never shortens one that runs
  const until = Math.max(now + minutes * 60_000, running?.until ?? 0) as EpochMs;
  const line = { user: target, points: timeoutPoints(minutes), why: 'timeout', by: by.user, cause };
  return judgedAs(request, { act: 'timeout', until, cause, endsWith: null }, minutes, [line]);
}

function judgeBan(
  request: SanctionRequest,
  { channel, standing }: Place,
  running: InForce | null,
  cause: string,
  { events }: SanctionDeps,
): Judged | Refused {
  // what a DJ's moderators do ends with the event that they look after
  const isForEvent = standing.rank === 'moderator' && channel.kind !== 'mega';
  const endsWith = isForEvent ? events.runningIn(channel) : null;
  if (isForEvent && endsWith === null) {
    return refusal('forbidden', 'Moderators can ban during a live event; else give a timeout, or ask the DJ.');
  }
  const isStricter = running?.act === 'ban' && running.endsWith !== null && endsWith === null;
  if (running?.act === 'ban' && !isStricter) return refusal('bad-request', 'They are banned here already.');
  const { target, by } = request;
  const line = { user: target, points: POINTS.ban, why: 'ban', by: by.user, cause };
  return judgedAs(request, { act: 'ban', until: null, cause, endsWith }, null, [line]);
}

function judgeLift(
  request: SanctionRequest,
  { channel, standing }: Place,
  running: InForce | null,
  rankOf: (user: UserId) => Rank,
): Judged | Refused {
  if (running === null) return refusal('not-found', NOTHING_RUNS);
  const isOwnKind = running.act === 'timeout' || running.endsWith !== null || channel.kind === 'mega';
  const permission = may('ban', standing);
  if (running.act === 'ban' && !permission.ok) return refusal(permission.code, permission.say);
  const giver = running.by === null ? null : rankOf(running.by);
  if (!isOwnKind && standing.rank === 'moderator') return refusal('forbidden', 'Only the DJ can lift this ban.');
  if (giver !== null && outranks(giver, standing.rank)) {
    return refusal('forbidden', 'Somebody of a higher rank gave it.');
  }
  const { cause } = running;
  return judgedAs(request, { act: 'lift', until: null, cause, endsWith: null }, null, undoing(request, cause));
}

/** What gives the karma of an act back. */
export function undoing({ target, by }: Pick<SanctionRequest, 'target' | 'by'>, cause: string) {
  return [{ user: target, points: 0, why: 'undone', by: by.user, cause }];
}

export const NOTHING_RUNS = 'Nothing is in force against them here.';

function judgedAs(
  { by, at, target, reason, act: asked }: SanctionRequest,
  what: Pick<SanctionBody, 'act' | 'until' | 'cause' | 'endsWith'>,
  minutes: number | null,
  karma: NonNullable<EntryNote['karma']>,
): Judged {
  const { act, until, cause } = what;
  const shared = { by: by.user, reason, channel: at.id, until, cause };
  const audit = { ...shared, act: asked.kind === 'lift' ? 'lift' : act, target, message: null };
  const body = { ...what, ...shared, scope: scopeOf(at), user: target, isByTimer: false };
  return { body, minutes, note: { audit, karma } };
}

export function outcomeOf(
  receipt: Receipt,
  judged: Judged | Refused | null,
  request: Pick<SanctionRequest, 'target'>,
): SanctionOutcome {
  switch (receipt.kind) {
    case 'refused':
      return { ok: false, code: receipt.code, say: receipt.say };
    case 'stopping':
      return { ok: false, code: 'unavailable', say: 'The hub is going down; try again.' };
    case 'accepted':
    case 'duplicate':
    case 'held':
    case 'unchanged': {
      if (judged === null || 'ok' in judged) return refusal('unavailable', 'The hub is busy; try again.');
      const { body, minutes } = judged;
      const { act, until, cause, endsWith, scope } = body;
      return { ok: true, act, target: request.target, scope, until, minutes, cause, effect: 'pending', endsWith };
    }
  }
}

/** Whether it restrains at this time; a timeout ends by itself. */
export function isRunning({ until }: Pick<InForce, 'until'>, now: EpochMs): boolean {
  return until === null || until > now;
}

function higher(rank: Rank, least: Rank | undefined): Rank {
  return least !== undefined && RANKS.indexOf(least) > RANKS.indexOf(rank) ? least : rank;
}

export function refusal(code: Refusal, say: string): Refused {
  return { ok: false, code, say };
}
