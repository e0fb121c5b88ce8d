import type { Channel } from '../../domain/channel.ts';
import { carryOut } from '../moderation/carry-out.ts';
import type { Found } from '../moderation/find-people.ts';
import { MOST_LAST_MINUTES } from '../moderation/last-minutes.ts';
import type { SanctionAct } from '../moderation/sanctions.ts';
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
  const target = await targetOf({ ...call, channel }, deps, kind === 'lift');
  if (typeof target === 'string') return target;
  const { who, rest } = target;
  return (await carryOut({ by, at: channel, who, kind, cause, ...readTerms(rest, kind === 'timeout') }, deps.sanctions))
    .say;
}
