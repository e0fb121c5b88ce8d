import type { Channel } from '../../domain/channel.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Found } from './find-people.ts';
import type { Refused, SanctionAct, SanctionOutcome } from './sanctions.ts';
import type { SanctionsDesk } from './sanctions-desk.ts';

/** What a moderator asks for, from wherever they are. */
export interface Order {
  readonly by: Actor;
  readonly at: Channel;
  readonly who: Pick<Found, 'user' | 'name'>;
  readonly kind: SanctionAct['kind'];
  /** Null: as the ladder says. */
  readonly minutes: number | null;
  readonly reason: string | null;
  /** Messages of so many minutes go too; null: they stay. */
  readonly redactMinutes: number | null;
  readonly isEverywhere: boolean;
  /** The same each time this very act is told. */
  readonly cause: string;
}

type Done = Extract<SanctionOutcome, { ok: true }>;

export interface CarriedOut {
  readonly ok: true;
  readonly outcome: Done;
  /** What became of it, in words. */
  readonly say: string;
  /** What became of it on the platforms so far; null: there is nothing to tell. */
  readonly effect: string | null;
}

const TIMEOUT_HERE: Refused = {
  ok: false,
  code: 'bad-request',
  say: 'A timeout holds in one place; everywhere there are bans alone.',
};

/** Carries an act out with all that goes with it, and says what came of it. */
export async function carryOut(order: Order, desk: SanctionsDesk): Promise<CarriedOut | Refused> {
  const { by, at, who, kind, minutes, reason, cause } = order;
  if (order.isEverywhere && kind === 'timeout') return TIMEOUT_HERE;
  const wish = { by, target: who.user, reason, cause };
  const act: SanctionAct = kind === 'timeout' ? { kind, minutes } : { kind };
  const outcome = order.isEverywhere
    ? await desk.everywhere({ ...wish, act: kind === 'lift' ? 'lift' : 'ban' })
    : await desk.sanction({ ...wish, at, act });
  if (!outcome.ok) return outcome;
  const gone = kind === 'lift' ? null : await redacted(order, desk, outcome.cause);
  const effect = await desk.effectOf(outcome);
  const say = [said(outcome, order), gone, effect].filter((part) => part !== null).join(' ');
  return { ok: true, outcome, say, effect };
}

async function redacted(order: Order, desk: SanctionsDesk, cause: string): Promise<string | null> {
  const { by, at, who, redactMinutes: minutes, reason } = order;
  if (minutes === null) return null;
  const gone = await desk.redactLast({ by, at, targets: [who.user], minutes, reason, cause });
  return `${gone} ${gone === 1 ? 'message' : 'messages'} of the last ${minutes} minutes ${gone === 1 ? 'is' : 'are'} gone.`;
}

function said({ act, minutes, endsWith }: Done, order: Order): string {
  const who = order.who.name ?? order.who.user;
  const place = placeOf(order);
  switch (act) {
    case 'timeout':
      return `${who} is timed out for ${minutes} minutes.`;
    case 'ban':
      return `${who} is banned ${place}${endsWith === null ? '' : ' until the live event is archived'}.`;
    case 'lift':
      return `${who} may write ${place} again.`;
  }
}

function placeOf({ at: { kind }, isEverywhere }: Order): string {
  if (isEverywhere) return 'everywhere';
  return kind === 'dj' || kind === 'event' || kind === 'crew' ? 'in the chats of this DJ' : 'here';
}
