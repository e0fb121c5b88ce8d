import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { EpochMs, UserId } from '../../domain/ids.ts';
import { outranks } from '../../domain/permission.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { KarmaBook } from '../karma/book.ts';
import { RECENT_MS } from './escalation.ts';
import {
  NOTHING_RUNS,
  type Refused,
  refusal,
  type SanctionOutcome,
  type SanctionRequest,
  standsOver,
  undoing,
} from './sanctions.ts';

export interface UndoDeps {
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly directory: Pick<Directory, 'channels' | 'sameAs'>;
  readonly facts: LiveFacts;
  readonly karma: Pick<KarmaBook, 'isUndone'>;
  readonly untilFresh: Fresh;
  readonly clock: Pick<Clock, 'now'>;
}

const MOST_LOOKED_AT = 50;

type Wish = Omit<SanctionRequest, 'act'>;
interface Past {
  readonly cause: string;
  readonly by: UserId | null;
}

/** A timeout of the last 24 hours that is over: nothing is left to lift, but its karma is given back. */
export function createUndo(deps: UndoDeps): (wish: Wish) => Promise<SanctionOutcome> {
  const { facts, untilFresh, clock } = deps;

  function judge(wish: Wish, past: Past): Step | Refused {
    const act = { kind: 'lift' } as const;
    const stands = standsOver({ ...wish, act }, facts);
    if ('ok' in stands) return stands;
    const giver = past.by === null ? null : facts.standing(past.by, false, stands.channel).rank;
    if (giver !== null && outranks(giver, stands.standing.rank)) {
      return refusal('forbidden', 'Somebody of a higher rank gave it.');
    }
    const { target, at, by, reason, cause } = wish;
    const shared = { by: by.user, target, message: null, channel: at.id, until: null, reason, cause: past.cause };
    const note = { audit: { act: 'undo', ...shared }, karma: undoing(wish, past.cause) };
    return actStep(stands.scope, stepKey('undo', cause), clock.now(), note);
  }

  return async (wish) => {
    const past = await lastTimeout(wish.at, wish.target, deps);
    if (past === null) return refusal('not-found', NOTHING_RUNS);
    const scope = scopeOf(wish.at);
    const receipt = await untilFresh(scope, (rev): Step | Receipt => {
      const step = judge(wish, past);
      if ('ok' in step) return { kind: 'refused', code: step.code, say: step.say, retryAfterMs: null };
      return { ...step, ifRev: rev };
    });
    if (receipt.kind === 'refused') return refusal(receipt.code, receipt.say);
    if (receipt.kind === 'stopping') return refusal('unavailable', 'The hub is going down; try again.');
    const { target } = wish;
    const { cause } = past;
    return {
      ok: true,
      act: 'lift',
      target,
      scope,
      until: null,
      minutes: null,
      cause,
      effect: 'pending',
      endsWith: null,
    };
  };
}

/** The newest in any channel of the same owner that was not undone yet. */
async function lastTimeout(
  at: Channel,
  target: UserId,
  { sql, directory, karma, clock }: UndoDeps,
): Promise<Past | null> {
  const scope = scopeOf(at);
  const siblings = directory.channels().filter((one) => scopeOf(one) === scope);
  const since = (clock.now() - RECENT_MS) as EpochMs;
  const query = sql.build
    .selectFrom('audit')
    .select(['cause', 'by_id'])
    .where('target_id', 'in', [...directory.sameAs(target)])
    .where('at', '>=', since)
    .where('act', '=', 'timeout')
    .where(
      'channel_id',
      'in',
      siblings.map(({ id }) => id),
    )
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST_LOOKED_AT);
  const rows = await sql.read(query.compile());
  const row = rows.find(({ cause }) => cause !== null && !karma.isUndone(target, cause));
  return row?.cause == null ? null : { cause: row.cause, by: row.by_id as UserId | null };
}
