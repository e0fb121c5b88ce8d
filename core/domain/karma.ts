import type { KarmaLine } from './audit.ts';
import type { EpochMs, UserId } from './ids.ts';

/*
 * Karma is a ledger of lines; the balance is worked out from them alone, so that every hub that knows the same lines
 * comes to the same number, in whatever order it heard of them. It halves with every `HALF_LIFE_DAYS` and is nothing
 * after `WINDOW_DAYS`. A day is one of UTC.
 */

export const HALF_LIFE_DAYS = 7;
/** Ten times over: what is left of the most anyone can have is less than a tenth of a point. */
export const WINDOW_DAYS = 70;
/** Nobody has more, or less than minus this. */
export const MOST_KARMA = 100;
/** Good points that one person can give another in a day. */
export const MOST_FROM_ONE = 2;
/** Good points that somebody can get in a day, from all others together. */
export const MOST_GOOD_A_DAY = 10;
/** What many small faults of one kind can cost in a day. Timeouts and bans are not among them: each counts. */
export const MOST_BAD_A_DAY: Readonly<Record<string, number>> = { redacted: 9, 'report-upheld': 20 };

export const DAY_MS = 86_400_000;

/** A line with the time of the act it came from. */
export interface DatedLine extends KarmaLine {
  readonly at: EpochMs;
}

/** What a kind of act is worth. */
export const POINTS = {
  ban: -30,
  redacted: -3,
  reportUpheld: -5,
  reaction: 1,
  thanks: 2,
  goodOrder: 1,
} as const;

/** The longer, the dearer: 5 for two minutes, 13 for ten. */
export function timeoutPoints(minutes: number): number {
  return -(3 + minutes);
}

export function dayOf(at: EpochMs): number {
  return Math.floor(at / DAY_MS);
}

/** What undoes every bad line of its cause. */
export function isUndoing(line: Pick<KarmaLine, 'why'>): boolean {
  return line.why === 'undone';
}

/** Lines that say the same thing are one line, however often they were told. */
export function identityOf({ why, by, cause }: KarmaLine): string {
  return `${why}\u001f${by ?? ''}\u001f${cause}`;
}

/** The good points of one day, within what one person and all together may give. */
export function goodOf(lines: readonly KarmaLine[]): number {
  const fromOthers = new Map<UserId, number>();
  let fromHub = 0;
  for (const { points, by, why } of unique(lines)) {
    if (points <= 0 || isUndoing({ why })) continue;
    if (by === null) fromHub += whole(points);
    else fromOthers.set(by, (fromOthers.get(by) ?? 0) + whole(points));
  }
  let given = 0;
  for (const points of fromOthers.values()) given += Math.min(MOST_FROM_ONE, points);
  return Math.min(MOST_GOOD_A_DAY, given) + Math.min(MOST_GOOD_A_DAY, fromHub);
}

/** The bad points of one day, without those of acts that were undone; 0 or less. */
export function badOf(lines: readonly KarmaLine[], undone: ReadonlySet<string>): number {
  const byKind = new Map<string, number>();
  for (const { points, why, cause } of unique(lines)) {
    if (points < 0 && !undone.has(cause)) byKind.set(why, (byKind.get(why) ?? 0) + whole(points));
  }
  let sum = 0;
  for (const [why, points] of byKind) sum += Math.max(points, -(MOST_BAD_A_DAY[why] ?? Number.POSITIVE_INFINITY));
  return sum;
}

/** How much of a day's points is left so many days later. */
export function weightAfter(days: number): number {
  if (days >= WINDOW_DAYS) return 0;
  return 0.5 ** (Math.max(0, days) / HALF_LIFE_DAYS);
}

/** The balance of the points of each day: within bounds, to a tenth, rounded towards zero. */
export function settle(days: readonly { readonly day: number; readonly points: number }[], now: EpochMs): number {
  const today = dayOf(now);
  const sum = days
    .toSorted((a, b) => a.day - b.day)
    .reduce((total, { day, points }) => total + points * weightAfter(today - day), 0);
  return Math.trunc(Math.max(-MOST_KARMA, Math.min(MOST_KARMA, sum)) * 10) / 10 + 0;
}

/** One person's balance, from all their lines. */
export function balanceOf(lines: readonly DatedLine[], now: EpochMs): number {
  const undone = new Set(lines.filter(isUndoing).map(({ cause }) => cause));
  const days = Map.groupBy(lines, ({ at }) => dayOf(at));
  return settle(
    [...days].map(([day, ofDay]) => ({ day, points: goodOf(ofDay) + badOf(ofDay, undone) })),
    now,
  );
}

/** Of lines told more than once the one that costs most: the same whichever came first. */
function unique(lines: readonly KarmaLine[]): Iterable<KarmaLine> {
  const byIdentity = new Map<string, KarmaLine>();
  for (const line of lines) {
    const known = byIdentity.get(identityOf(line));
    if (known === undefined || line.points < known.points) byIdentity.set(identityOf(line), line);
  }
  return byIdentity.values();
}

/** No fractions: sums of them depend on their order. */
function whole(points: number): number {
  return Math.trunc(points);
}
