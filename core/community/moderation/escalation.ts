/** Minutes of a timeout of which none were said: more with each of the last 24 hours, and one step more for a bad standing. */
const LADDER = [2, 5, 10] as const;
export const LEAST_MINUTES = 2;
export const MOST_MINUTES = 10;
export const RECENT_MS = 24 * 60 * 60_000;
/** Who stands lower than this is a step further already. */
const BAD_STANDING = -20;

export const TOO_LONG = `A timeout lasts ${LEAST_MINUTES} to ${MOST_MINUTES} minutes. For longer, ban them.`;

/** @param recent timeouts of the last 24 hours that were not undone */
export function nextMinutes(recent: number, karma: number): number {
  const step = recent + (karma < BAD_STANDING ? 1 : 0);
  return LADDER[Math.min(step, LADDER.length - 1)] ?? MOST_MINUTES;
}

/** Null: they are fine. Otherwise what to say. */
export function minutesProblem(minutes: number | null): string | null {
  if (minutes === null) return null;
  return Number.isInteger(minutes) && minutes >= LEAST_MINUTES && minutes <= MOST_MINUTES ? null : TOO_LONG;
}
