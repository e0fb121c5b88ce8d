import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import type { KarmaLine } from '../../domain/audit.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { EpochMs, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Rank } from '../../domain/permission.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { StaffView } from '../../domain/staff.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Audit } from '../audit.ts';
import type { KarmaBook } from '../karma/book.ts';
import type { ActOfEffect } from './effect.ts';
import type { PeopleFinder } from './find-people.ts';
import type { LastMinutesRequest } from './last-minutes.ts';
import {
  isRunning,
  type Refused,
  refusal,
  type SanctionOutcome,
  type SanctionRequest,
  standsOver,
} from './sanctions.ts';
import type { EverywhereRequest } from './sanctions-everywhere.ts';

/** What moderators do to people, from wherever they are. */
export interface SanctionsDesk {
  /** A lift of what is over already gives the karma of the last timeout back. */
  sanction(request: SanctionRequest): Promise<SanctionOutcome>;
  everywhere(request: EverywhereRequest): Promise<SanctionOutcome>;
  /** @returns how many messages went */
  redactLast(request: LastMinutesRequest): Promise<number>;
  /** Writes something down about somebody, for the moderators of the channel. Null: done. */
  note(request: NoteRequest): Promise<Refused | null>;
  readonly finder: PeopleFinder;
  readonly audit: Audit;
  readonly karma: Pick<KarmaBook, 'karmaOf'>;
  /** The newest lines of somebody's book. */
  karmaLines(user: UserId, limit: number): Promise<readonly (KarmaLine & { readonly at: EpochMs })[]>;
  /** Whether something is in force against this person in the channel's scope. */
  isRestrained(channel: Channel, user: UserId): boolean;
  /** What is in force against this person here, given in any scope; null: nothing. */
  restraint(channel: Channel, user: UserId): Restraint | null;
  /** Standing of somebody in a channel. */
  rankOf(channel: Channel, user: UserId): Rank;
  /** What became of an act on the platforms, waited for a moment; null: nothing is to be told. */
  effectOf(act: ActOfEffect): Promise<string | null>;
}

export type Restraint = NonNullable<StaffView['restraint']>;

export interface NoteRequest {
  readonly by: Actor;
  readonly at: Channel;
  readonly target: UserId;
  readonly text: string;
  readonly cause: string;
}

export interface DeskParts {
  readonly sanction: (request: SanctionRequest) => Promise<SanctionOutcome>;
  readonly undo: (request: Omit<SanctionRequest, 'act'>) => Promise<SanctionOutcome>;
  readonly everywhere: (request: EverywhereRequest) => Promise<SanctionOutcome>;
  readonly redactLast: (request: LastMinutesRequest) => Promise<number>;
  readonly finder: PeopleFinder;
  readonly audit: Audit;
  readonly karma: KarmaBook;
  readonly effectOf: (act: ActOfEffect) => Promise<string | null>;
  readonly facts: LiveFacts;
  readonly untilFresh: Fresh;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createSanctionsDesk(parts: DeskParts): SanctionsDesk {
  const { facts, untilFresh, sql, clock } = parts;
  return {
    everywhere: parts.everywhere,
    redactLast: ({ targets, ...rest }) =>
      parts.redactLast({ ...rest, targets: [...new Set(targets.flatMap(facts.sameAs))] }),
    finder: parts.finder,
    audit: parts.audit,
    karma: parts.karma,
    effectOf: parts.effectOf,
    restraint(channel, user) {
      const found = facts.sanction(scopeOf(channel), user);
      if (found === null || !isRunning(found, clock.now())) return null;
      const { act, until, reason } = found;
      return { act, until, reason };
    },
    rankOf: (channel, user) => facts.standing(user, false, channel).rank,
    isRestrained: (channel, user) => facts.joined(scopeOf(channel), user) !== null,
    async sanction(request) {
      const outcome = await parts.sanction(request);
      const isOver = !outcome.ok && outcome.code === 'not-found' && request.act.kind === 'lift';
      return isOver ? parts.undo(request) : outcome;
    },
    async note({ by, at, target, text, cause }) {
      const audit = { act: 'note', by: by.user, target, message: null, channel: at.id, until: null, reason: text };
      const key = stepKey('note', cause);
      const receipt = await untilFresh(scopeOf(at), (rev): Step | Receipt => {
        const stands = standsOver({ by, at, target, act: { kind: 'timeout', minutes: null } }, facts);
        if ('ok' in stands) return { kind: 'refused', code: stands.code, say: stands.say, retryAfterMs: null };
        return { ...actStep(stands.scope, key, clock.now(), { audit }), ifRev: rev };
      });
      if (receipt.kind === 'refused') return refusal(receipt.code, receipt.say);
      return receipt.kind === 'stopping' ? refusal('unavailable', 'The hub is going down; try again.') : null;
    },
    async karmaLines(user, limit) {
      const query = sql.build.selectFrom('karma').selectAll().where('user_id', '=', user);
      const rows = await sql.read(query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).compile());
      return rows.map(({ points, why, by_id, cause, at }) => ({
        user,
        points,
        why,
        by: by_id as UserId | null,
        cause,
        at: at as EpochMs,
      }));
    },
  };
}
