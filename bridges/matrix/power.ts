import { type Bag, bag, number, text, texts } from './event.ts';

/** Who may do what in a room. Pure. */
export interface Power {
  /** From room version 12 on those who made a room stand above all levels. */
  readonly creators: readonly string[];
  /** Content of `m.room.power_levels`; empty where there is none. */
  readonly levels: Bag;
}

export type Act = 'ban' | 'kick' | 'redact' | 'invite';
const DEFAULTS: Readonly<Record<Act, number>> = { ban: 50, kick: 50, redact: 50, invite: 0 };

export function creatorsOf(create: Bag, sender: string | null): readonly string[] {
  if (Number(text(create, 'room_version') ?? '1') < 12) return [];
  return [...(sender === null ? [] : [sender]), ...texts(create, 'additional_creators')];
}

export function levelOf(user: string, { creators, levels }: Power): number {
  if (creators.includes(user)) return Number.POSITIVE_INFINITY;
  return number(bag(levels, 'users'), user) ?? number(levels, 'users_default') ?? 0;
}

export function neededFor(act: Act, { levels }: Power): number {
  return number(levels, act) ?? DEFAULTS[act];
}

/** To change the state of this type. */
export function neededForState(type: string, { levels }: Power): number {
  return number(bag(levels, 'events'), type) ?? number(levels, 'state_default') ?? 50;
}

/** Whoever stands below this says nothing. */
export function neededToTalk({ levels }: Power): number {
  return number(bag(levels, 'events'), 'm.room.message') ?? number(levels, 'events_default') ?? 0;
}

/** The levels with this one for that user; null: as the room has it for everybody. */
export function withLevel(levels: Bag, user: string, level: number | null): Bag {
  const { [user]: _, ...others } = bag(levels, 'users');
  return { ...levels, users: level === null ? others : { ...others, [user]: level } };
}
