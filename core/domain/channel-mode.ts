import type { EpochMs } from './ids.ts';

/** How a channel is kept calm for now. */
export interface ChannelMode {
  /** At least so many seconds between two messages of one person; 0: off. */
  readonly slowSeconds: number;
  /** Shield mode ends by itself at this time; null: off. */
  readonly shieldUntil: EpochMs | null;
}

export const NO_MODE: ChannelMode = { slowSeconds: 0, shieldUntil: null };
/** Shield mode is for an attack, which passes; one who wants more of it turns it on again. */
export const SHIELD_MS = 60 * 60_000;
export const SHIELD_SLOW_SECONDS = 10;
export const MOST_SLOW_SECONDS = 600;

/** What holds at this moment: a shield that is over slows nobody down. */
export function modeAt(
  { slowSeconds, shieldUntil }: ChannelMode,
  now: EpochMs,
): { readonly slowSeconds: number; readonly isShielded: boolean } {
  const isShielded = shieldUntil !== null && shieldUntil > now;
  return { slowSeconds: isShielded ? Math.max(slowSeconds, SHIELD_SLOW_SECONDS) : slowSeconds, isShielded };
}
