import type { EpochMs } from '../domain/ids.ts';

/** Whoever spoke first so long ago is no newcomer any more. */
export const NEWCOMER_MS = 30 * 60_000;
/** Nor is anybody whom others have thanked so much. */
const SETTLED_KARMA = 5;

/** @param firstAt when this person was first heard, anywhere; null: never yet */
export function isNewcomer(firstAt: EpochMs | null, karma: number, now: EpochMs): boolean {
  if (karma < 0) return true;
  if (karma >= SETTLED_KARMA) return false;
  return firstAt === null || now - firstAt < NEWCOMER_MS;
}
