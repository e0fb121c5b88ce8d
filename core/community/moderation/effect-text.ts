import { assertNever } from '../../domain/content.ts';
import type { MirrorEffect } from '../../relay/mirror.ts';
import type { HubReason } from '../../relay/mirror-plan.ts';

export interface EffectInRoom extends Pick<MirrorEffect, 'what' | 'kind' | 'why'> {
  /** As people write it. */
  readonly platform: string;
  readonly roomName: string | null;
}

/**
 * What became of an act, in one line: what was done first, then where the hub holds the line, then what is open. Rooms of
 * a platform where the same happened are named by the platform alone. Null: there is nothing to tell.
 */
export function effectText(rooms: readonly EffectInRoom[]): string | null {
  const outcomes = new Map<string, Set<string>>();
  for (const room of rooms.toSorted((a, b) => rankOf(a) - rankOf(b) || a.platform.localeCompare(b.platform))) {
    const outcome = outcomeText(room);
    const isAlike = rooms.every((one) => one.platform !== room.platform || outcomeText(one) === outcome);
    const name = isAlike
      ? room.platform
      : `${room.roomName === null ? 'a room' : `"${room.roomName}"`} on ${room.platform}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? new Set()).add(name));
  }
  if (outcomes.size === 0) return null;
  return [...outcomes].map(([outcome, names]) => `${[...names].join(', ')}: ${outcome}`).join('; ');
}

function rankOf({ kind }: EffectInRoom): number {
  return ['native', 'hub', 'pending'].indexOf(kind);
}

function outcomeText({ what, kind, why }: EffectInRoom): string {
  switch (kind) {
    case 'native':
      return what === 'lift' ? 'lifted' : 'applied';
    case 'hub':
      if (what === 'lift') return 'not lifted, the platform refused it';
      return why === null ? 'by the hub' : `by the hub, ${whyText(why)}`;
    case 'pending':
      return why === 'no-right' ? 'pending, the bot lacks the right there' : 'pending';
    default:
      return assertNever(kind);
  }
}

export function whyText(why: HubReason): string {
  switch (why) {
    case 'paused':
      return 'the link is paused';
    case 'reach-none':
      return 'native acts are not allowed there';
    case 'reach-timeouts':
      return 'bans are not allowed there';
    case 'no-right':
      return 'the bot lacks the right there';
    case 'no-such-act':
      return 'there is no such act there';
    case 'too-short':
      return 'too little time is left for it there';
    case 'too-long':
      return 'it is longer than can be there';
    case 'refused':
      return 'the platform refused it';
    default:
      return assertNever(why);
  }
}
