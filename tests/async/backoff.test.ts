import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from '../../core/async/backoff.ts';

it('doubles the wait up to the cap and never leaves its upper half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, f) => {
      const policy = { baseMs: 100, capMs: 5_000 };
      const ms = backoffMs(attempt, policy, f);
      const full = Math.min(100 * 2 ** Math.min(attempt - 1, 40), 5_000);
      expect(ms).toBeGreaterThanOrEqual(Math.floor(full / 2));
      expect(ms).toBeLessThanOrEqual(full);
    }),
  );
});

it('spreads those who failed together', () => {
  const waits = new Set(Array.from({ length: 50 }, () => backoffMs(5)));
  expect(waits.size).toBeGreaterThan(10);
});
