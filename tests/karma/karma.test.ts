import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, UserId } from '../../core/domain/ids.ts';
import {
  balanceOf,
  DAY_MS,
  HALF_LIFE_DAYS,
  MOST_FROM_ONE,
  MOST_GOOD_A_DAY,
  MOST_KARMA,
  timeoutPoints,
  WINDOW_DAYS,
} from '../../core/domain/karma.ts';
import { anyLines, line, NOW } from './lines.ts';

const later = (days: number): EpochMs => (NOW + days * DAY_MS) as EpochMs;

describe('karma, of any lines,', () => {
  it('is bounded, and a number to a tenth', () => {
    fc.assert(
      fc.property(anyLines, fc.integer({ min: 0, max: 400 }), (lines, days) => {
        const balance = balanceOf(lines, later(days));
        expect(Math.abs(balance)).toBeLessThanOrEqual(MOST_KARMA);
        expect(Math.round(balance * 10) / 10).toBe(balance);
        expect(Object.is(balance, -0)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same in whatever order the lines came, and however often each was told', () => {
    fc.assert(
      fc.property(
        anyLines.chain((lines) =>
          fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
        ),
        ([lines, shuffled]) => {
          expect(balanceOf(shuffled, NOW)).toBe(balanceOf(lines, NOW));
          expect(balanceOf([...shuffled, ...lines], NOW)).toBe(balanceOf(lines, NOW));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('decays to zero: it never grows with time alone, and nothing is left in the end', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        expect(balanceOf(lines, later(WINDOW_DAYS))).toBe(0);
        // of one sign alone every day is less than the one before
        for (const sign of [1, -1]) {
          const same = lines.filter(({ points, why }) => why === 'undone' || Math.sign(points) === sign);
          const days = [0, 1, 7, 20, 60].map((one) => Math.abs(balanceOf(same, later(one))));
          expect(days).toEqual(days.toSorted((a, b) => b - a));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is as if an act had never been, once it is undone', () => {
    fc.assert(
      fc.property(anyLines, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 100 }), (lines, ago, days) => {
        const at = (NOW - ago * DAY_MS) as EpochMs;
        const act = [
          line('timeout', timeoutPoints(10), { cause: 'the act', at }),
          line('redacted', -3, { cause: 'the act', at }),
        ];
        const undone = line('undone', 0, { cause: 'the act' });
        const before = balanceOf(lines, later(days));
        expect(balanceOf([...lines, ...act, undone], later(days))).toBe(before);
        expect(balanceOf([...lines, ...act], later(days))).toBeLessThanOrEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot be farmed: one person gives little in a day, and all together not much more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 60 }), (count, givers) => {
        const thanks = Array.from({ length: count }, (_, n) =>
          line('thanks', 2, { cause: `m${n}`, by: `u-${n % givers}` as UserId }),
        );
        const most = Math.min(MOST_GOOD_A_DAY, Math.min(givers, count) * MOST_FROM_ONE);
        expect(balanceOf(thanks, NOW)).toBe(most);
      }),
    );
  });
});

describe('karma', () => {
  it('halves with every half-life', () => {
    const lines = [line('ban', -30)];
    expect([0, 1, 2, 3].map((times) => balanceOf(lines, later(times * HALF_LIFE_DAYS)))).toEqual([
      -30, -15, -7.5, -3.7,
    ]);
  });

  it('counts each timeout, but not each of many messages that were taken away in a day', () => {
    const timeouts = Array.from({ length: 5 }, (_, n) => line('timeout', -5, { cause: `t${n}` }));
    expect(balanceOf(timeouts, NOW)).toBe(-25);
    const redacted = Array.from({ length: 50 }, (_, n) => line('redacted', -3, { cause: `r${n}` }));
    expect(balanceOf(redacted, NOW)).toBe(-9);
  });

  it('costs once what belongs to one act: a timeout with all that went with it', () => {
    const act = [
      line('timeout', -8, { cause: 'x' }),
      ...Array.from({ length: 40 }, () => line('redacted', -3, { cause: 'x' })),
    ];
    expect(balanceOf(act, NOW)).toBe(-11);
  });

  it('takes a longer timeout for worse', () => {
    const points = [2, 5, 10].map(timeoutPoints);
    expect(points).toEqual(points.toSorted((a, b) => b - a));
    for (const each of points) expect(each).toBeLessThan(0);
  });
});
