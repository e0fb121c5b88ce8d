import fc from 'fast-check';
import type { EpochMs, UserId } from '../../core/domain/ids.ts';
import { DAY_MS, type DatedLine } from '../../core/domain/karma.ts';

export const ANN = 'u-aaaaaaaaaaaaaaaaaaaaaaaaaa' as UserId;
export const NOW = (Date.UTC(2026, 5, 15) + 13 * 3_600_000) as EpochMs;

const giver = fc.constantFrom('u-b', 'u-c', 'u-d').map((id) => id as UserId);
const cause = fc.integer({ min: 0, max: 12 }).map((n) => `c${n}`);
const at = fc.integer({ min: 0, max: 80 * DAY_MS }).map((ago) => (NOW - ago) as EpochMs);

/** What a hub writes: kinds as they come, causes that meet again, some undone. */
export const anyLine: fc.Arbitrary<DatedLine> = fc
  .record({
    at,
    cause,
    by: giver,
    kind: fc.constantFrom(
      { why: 'timeout', points: -5 },
      { why: 'timeout', points: -13 },
      { why: 'ban', points: -30 },
      { why: 'redacted', points: -3 },
      { why: 'report-upheld', points: -5 },
      { why: 'reaction', points: 1 },
      { why: 'thanks', points: 2 },
      { why: 'good-order', points: 1 },
      { why: 'undone', points: 0 },
    ),
  })
  .map(({ at: when, cause: of, by, kind }) => ({
    ...kind,
    user: ANN,
    by: kind.why === 'good-order' ? null : by,
    cause: of,
    // an act is undone after it, never before
    at: kind.why === 'undone' ? NOW : when,
  }));
export const anyLines = fc.array(anyLine, { maxLength: 60 });

export function line(why: string, points: number, more: Partial<DatedLine> = {}): DatedLine {
  return { user: ANN, why, points, by: 'u-b' as UserId, cause: `${why}-1`, at: NOW, ...more };
}
