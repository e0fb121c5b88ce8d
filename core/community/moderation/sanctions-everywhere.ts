import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import type { EpochMs, ScopeId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { POINTS } from '../../domain/karma.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { LiveFacts, SanctionBody } from '../../pipeline/live-facts.ts';
import { sanctionStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { everyShard } from '../../store/every-shard.ts';
import { type Log, type Step, StoreUnavailable } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Timers } from '../timers/timers.ts';
import {
  type Judged,
  NOT_OVER_THEM,
  outcomeOf,
  type Refused,
  refusal,
  type SanctionOutcome,
  undoing,
} from './sanctions.ts';

/** What an admin does to somebody in all channels at once. */
export interface EverywhereRequest {
  readonly by: Actor;
  readonly target: UserId;
  readonly act: 'ban' | 'lift';
  readonly reason: string | null;
  readonly cause: string;
}

export interface EverywhereDeps {
  readonly facts: Pick<LiveFacts, 'given' | 'joined' | 'sameAs'>;
  readonly directory: Pick<Directory, 'isAdmin' | 'isDisabled'>;
  readonly log: Pick<Log, 'shards' | 'shardOf' | 'append'>;
  readonly untilFresh: Fresh;
  readonly caughtUp: (scope: ScopeId) => Promise<void>;
  readonly timers: Pick<Timers, 'set' | 'cancel' | 'on'>;
  readonly sql: Pick<Sql, 'write'>;
  readonly clock: Pick<Clock, 'now'>;
}

const KIND = 'sanction-everywhere';
/** Should this hub fall in between, another goes on after so long. */
const REPEAT_MS = 5_000;

/**
 * One step a shard, under one cause. It is written down before the first and struck off after the last, so that a crash
 * in between leaves it half done only until it is repeated. The first shard's step is judged; the others follow it.
 */
export function createEverywhere(deps: EverywhereDeps): (request: EverywhereRequest) => Promise<SanctionOutcome> {
  const { facts, log, untilFresh, timers, sql, clock } = deps;
  const scopes = everyShard(log);
  const [first, ...others] = scopes;
  timers.on(KIND, async ({ payload }) => {
    const outcome = await onAll(JSON.parse(payload) as EverywhereRequest);
    if (!outcome.ok && outcome.code === 'unavailable') throw new StoreUnavailable(outcome.say);
  });

  function judge(request: EverywhereRequest, scope: ScopeId, cause: string): Judged | Refused {
    const { by, target, act, reason } = request;
    const refused = mayNot(request, deps.directory);
    if (refused !== null) return refused;
    const look = act === 'lift' ? facts.given : facts.joined;
    const running = scopes.map((one) => look(one, target)).find((one) => one !== null) ?? null;
    // a repeat finds its own work, and goes on
    if (act === 'ban' && running !== null && running.cause !== cause) {
      return refusal('bad-request', 'They are banned everywhere already.');
    }
    if (act === 'lift' && running === null) return refusal('not-found', 'They are not banned everywhere.');
    const of = act === 'ban' ? cause : (running?.cause ?? cause);
    const shared = { by: by.user, reason, channel: null, until: null, cause: of };
    const body: SanctionBody = { ...shared, scope, user: target, act, endsWith: null, isByTimer: false };
    const line = { user: target, points: POINTS.ban, why: 'ban', by: by.user, cause };
    const audit = { ...shared, act: `${act}-everywhere`, target, message: null };
    return { body, minutes: null, note: { audit, karma: act === 'ban' ? [line] : undoing(request, of) } };
  }

  async function carryOut(request: EverywhereRequest): Promise<SanctionOutcome> {
    if (first === undefined) throw new Error('a log has a shard');
    const cause = stepKey('act', request.cause);
    let judged: Judged | Refused | null = null;
    const receipt = await untilFresh(first, (rev): Step | Receipt => {
      judged = judge(request, first, cause);
      if ('ok' in judged) return { kind: 'refused', code: judged.code, say: judged.say, retryAfterMs: null };
      return { ...sanctionStep(judged.body, [cause], clock.now(), judged.note), ifRev: rev };
    });
    const outcome = outcomeOf(receipt, judged, request);
    if (!outcome.ok) return outcome;
    const { target: user, act } = request;
    const shared = { user, act, until: null, by: request.by.user, reason: request.reason, channel: null };
    const body = { ...shared, cause: outcome.cause, endsWith: null, isByTimer: false };
    await Promise.all(others.map((scope) => append({ ...body, scope }, cause)));
    return outcome;
  }

  /** What is lifted is lifted from every account of the person. */
  async function onAll(request: EverywhereRequest): Promise<SanctionOutcome> {
    const isUnder = (user: UserId): boolean => scopes.some((scope) => facts.given(scope, user) !== null);
    const under = request.act === 'lift' ? facts.sameAs(request.target).filter(isUnder) : [];
    let outcome: SanctionOutcome | null = null;
    for (const target of under.length === 0 ? [request.target] : under) {
      outcome = await carryOut({ ...request, target });
      if (!outcome.ok) break;
    }
    return outcome ?? refusal('not-found', 'They are not banned everywhere.');
  }

  async function append(body: SanctionBody, cause: string): Promise<void> {
    const stored = await log.append(sanctionStep(body, [cause], clock.now()));
    if (stored.kind === 'stored' || stored.kind === 'duplicate') return;
    throw new StoreUnavailable(`a shard did not take an act that is for all of them: ${stored.kind}`);
  }

  return async (request) => {
    const refused = mayNot(request, deps.directory);
    if (refused !== null) return refused;
    const id = `${KIND}:${stepKey('act', request.cause)}`;
    const due = (clock.now() + REPEAT_MS) as EpochMs;
    await sql.write([timers.set({ id, kind: KIND, due, payload: JSON.stringify(request) })]);
    const outcome = await onAll(request);
    await sql.write([timers.cancel(id)]);
    if (outcome.ok) await Promise.all(scopes.map(deps.caughtUp));
    return outcome;
  };
}

function mayNot({ by, target }: EverywhereRequest, directory: EverywhereDeps['directory']): Refused | null {
  if (by.isGuest || directory.isDisabled(by.user) || !directory.isAdmin(by.user)) {
    return refusal('forbidden', 'Only an admin can do that everywhere.');
  }
  if (target === by.user) return refusal('forbidden', 'You cannot act on yourself.');
  return directory.isAdmin(target) ? NOT_OVER_THEM : null;
}
