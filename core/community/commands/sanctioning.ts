import type { Channel } from '../../domain/channel.ts';
import type { Found } from '../moderation/find-people.ts';
import { MOST_LAST_MINUTES } from '../moderation/last-minutes.ts';
import type { SanctionAct, SanctionOutcome } from '../moderation/sanctions.ts';
import { readTarget, severalOf, type Target } from '../moderation/targets.ts';
import type { CommandCall, CommandDeps } from './command.ts';

/** What stands after the name in `/timeout Ann 5 spam --redact 10`. */
export interface Terms {
  /** Null: none were said. */
  readonly minutes: number | null;
  readonly reason: string | null;
  /** Messages of so many minutes go too; null: they stay. */
  readonly redactMinutes: number | null;
  readonly isEverywhere: boolean;
}

const MAX_REASON = 300;
const REDACT_MINUTES = 10;
const UNIT_MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1_440, w: 10_080 };

/** Phones make one dash of two. */
const REDACT = /(?:^|\s)(?:--|[\u2013\u2014])redact(?:[ =](\d{1,5}))?(?=\s|$)/iu;
const EVERYWHERE = /(?:^|\s)(?:--|[\u2013\u2014])everywhere(?=\s|$)/iu;
const LENGTH = /^(\d{1,5}) ?(s|m|h|d|w)?(?:ec|in|our|ay|eek|onds|utes)?s?(?=\s|$)/iu;

export function readTerms(text: string, hasLength: boolean): Terms {
  const [redact, minutes] = REDACT.exec(text) ?? [];
  const plain = text.replace(REDACT, ' ').replace(EVERYWHERE, ' ').trim();
  const [said = '', count, unit] = hasLength ? (LENGTH.exec(plain) ?? []) : [];
  const reason = plain.slice(said.length).replace(/\s+/gu, ' ').trim().slice(0, MAX_REASON);
  return {
    minutes: count === undefined ? null : Number(count) * (UNIT_MINUTES[unit?.toLowerCase() ?? 'm'] ?? 1),
    reason: reason === '' ? null : reason,
    redactMinutes: redact === undefined ? null : Math.min(MOST_LAST_MINUTES, Number(minutes ?? REDACT_MINUTES)),
    isEverywhere: EVERYWHERE.test(text),
  };
}

/** Whom it is about; text: why nobody was found. */
export async function targetOf(
  call: CommandCall & { readonly channel: Channel },
  deps: CommandDeps,
  isLift: boolean,
): Promise<{ readonly who: Found; readonly rest: string } | string> {
  const { sanctions } = deps;
  const target: Target = await readTarget(call, sanctions.finder);
  if (target.ok) return target;
  // of several of one name, the one who is under something is meant
  const restrained = isLift ? target.candidates.filter(({ user }) => sanctions.isRestrained(call.channel, user)) : [];
  const [only, ...others] = restrained;
  if (only === undefined) return target.say;
  return others.length === 0 ? { who: only, rest: '' } : severalOf(restrained, only.name ?? '');
}

/** Carries an act out and says what came of it. */
export async function sanctionBy(call: CommandCall, deps: CommandDeps, kind: SanctionAct['kind']): Promise<string> {
  const { channel, actor: by, cause } = call;
  if (channel === null) return 'There is no such channel.';
  const isLift = kind === 'lift';
  const target = await targetOf({ ...call, channel }, deps, isLift);
  if (typeof target === 'string') return target;
  const { who, rest } = target;
  const terms = readTerms(rest, kind === 'timeout');
  const { reason } = terms;
  const wish = { by, target: who.user, reason, cause };
  if (terms.isEverywhere && kind === 'timeout') return 'A timeout holds in one place; everywhere there are bans alone.';
  const outcome = terms.isEverywhere
    ? await deps.sanctions.everywhere({ ...wish, act: isLift ? 'lift' : 'ban' })
    : await deps.sanctions.sanction({ ...wish, at: channel, act: actOf(kind, terms) });
  if (!outcome.ok) return outcome.say;
  const gone = isLift ? null : await redacted(call, deps, who, terms, outcome.cause);
  const effect = await deps.sanctions.effectOf(outcome);
  return [said(outcome, who, channel, terms), gone, effect].filter((part) => part !== null).join(' ');
}

function actOf(kind: SanctionAct['kind'], { minutes }: Terms): SanctionAct {
  return kind === 'timeout' ? { kind, minutes } : { kind };
}

async function redacted(
  { actor: by, channel: at }: CommandCall,
  { sanctions }: CommandDeps,
  { user }: Found,
  { redactMinutes: minutes, reason }: Terms,
  cause: string,
): Promise<string | null> {
  if (minutes === null || at === null) return null;
  const gone = await sanctions.redactLast({ by, at, targets: [user], minutes, reason, cause });
  return `${gone} ${gone === 1 ? 'message' : 'messages'} of the last ${minutes} minutes ${gone === 1 ? 'is' : 'are'} gone.`;
}

type Done = Extract<SanctionOutcome, { ok: true }>;

function said({ act, minutes, endsWith }: Done, { name, user }: Found, channel: Channel, terms: Terms): string {
  const who = name ?? user;
  const place = placeOf(channel, terms);
  switch (act) {
    case 'timeout':
      return `${who} is timed out for ${minutes} minutes.`;
    case 'ban':
      return `${who} is banned ${place}${endsWith === null ? '' : ' until the live event is archived'}.`;
    case 'lift':
      return `${who} may write ${place} again.`;
  }
}

function placeOf({ kind }: Channel, { isEverywhere }: Terms): string {
  if (isEverywhere) return 'everywhere';
  return kind === 'dj' || kind === 'event' || kind === 'crew' ? 'in the chats of this DJ' : 'here';
}
