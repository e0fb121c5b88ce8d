import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { createBucket, type Rank, type Slot } from '../../core/relay/budget.ts';

const GATHER = { least: 5_000, most: 30_000 };
const TELEGRAM = { bucket: 'chat', count: 20, perMs: 60_000 };

/** Time that passes when told to. */
function handClock(start = 0): Clock & { pass(ms: number): void } {
  let at = start;
  return {
    now: () => (1_700_000_000_000 + at) as EpochMs,
    elapsed: () => at,
    after: () => () => undefined,
    every: () => () => undefined,
    pass(ms) {
      at += ms;
    },
  };
}

function takeAll(bucket: ReturnType<typeof createBucket>, rank: Rank): readonly Slot[] {
  const taken: Slot[] = [];
  for (let slots = bucket.take(rank, 1); slots !== null; slots = bucket.take(rank, 1)) taken.push(...slots);
  return taken;
}

describe('a budget', () => {
  it('keeps a part for those who go first, and another for lines that sum up', () => {
    const bucket = createBucket(handClock(), TELEGRAM, GATHER);
    expect(takeAll(bucket, 'ordinary')).toHaveLength(13);
    expect(takeAll(bucket, 'first')).toHaveLength(4);
    expect(takeAll(bucket, 'digest')).toHaveLength(3);
    expect(takeAll(bucket, 'digest')).toHaveLength(0);
  });

  it.each([1, 2, 3, 4, 5, 100])('of %i posts lets ordinary ones through, and never more than there are', (count) => {
    const bucket = createBucket(handClock(), { bucket: 'x', count, perMs: 30_000 }, GATHER);
    const ordinary = takeAll(bucket, 'ordinary').length;
    expect(ordinary).toBeGreaterThan(0);
    expect(ordinary + takeAll(bucket, 'first').length + takeAll(bucket, 'digest').length).toBe(count);
  });

  it('gives room back only a whole window after the answer, or at once when nothing was sent', () => {
    const clock = handClock();
    const bucket = createBucket(clock, { bucket: 'x', count: 1, perMs: 1_000 }, GATHER);
    const [slot] = bucket.take('ordinary', 1) ?? [];
    clock.pass(5_000);
    expect(bucket.take('digest', 1)).toBeNull();
    slot?.done();
    clock.pass(1_000);
    expect(bucket.take('digest', 1)).toBeNull();
    clock.pass(bucket.freeInMs('digest', 1));
    const [second] = bucket.take('digest', 1) ?? [];
    expect(second).toBeDefined();
    second?.release();
    expect(bucket.take('digest', 1)).not.toBeNull();
  });

  it('takes a message of several posts whole, and of a tiny budget what there is', () => {
    expect(createBucket(handClock(), TELEGRAM, GATHER).take('ordinary', 3)).toHaveLength(3);
    expect(createBucket(handClock(), { bucket: 'x', count: 2, perMs: 100 }, GATHER).take('ordinary', 3)).toHaveLength(
      1,
    );
  });

  it('is empty for as long as the platform asks, and half as wide for a while after', () => {
    const clock = handClock();
    const bucket = createBucket(clock, TELEGRAM, GATHER);
    bucket.slowDown(7_000);
    expect(bucket.take('digest', 1)).toBeNull();
    expect(bucket.freeInMs('digest', 1)).toBe(7_000);
    clock.pass(7_000);
    for (const slot of takeAll(bucket, 'digest')) slot.done();
    expect(bucket.save()).toHaveLength(10);
    clock.pass(4 * TELEGRAM.perMs);
    expect(takeAll(bucket, 'digest')).toHaveLength(20);
  });

  it('goes on after a restart with what was used before, counting what had no answer as sent just now', () => {
    const [clock, budget] = [handClock(), { bucket: 'x', count: 3, perMs: 10_000 }];
    const before = createBucket(clock, budget, GATHER);
    const [first, , third] = before.take('digest', 3) ?? [];
    first?.done();
    clock.pass(9_000);
    third?.done();
    const saved = before.save();
    const later = handClock(500);
    later.pass(clock.elapsed());
    const after = createBucket(later, budget, GATHER, saved);
    expect(after.take('digest', 1)).toBeNull();
    later.pass(1_000);
    expect(takeAll(after, 'digest')).toHaveLength(1);
    later.pass(9_100);
    expect(takeAll(after, 'digest')).toHaveLength(2);
  });

  it('never lets the platform see more than it takes in any window, whenever within an attempt it counts', () => {
    const attempts = fc.array(
      fc.record({
        waitMs: fc.integer({ min: 0, max: 400 }),
        tookMs: fc.integer({ min: 0, max: 300 }),
        countedAt: fc.double({ min: 0, max: 1, noNaN: true }),
        rank: fc.constantFrom<Rank>('ordinary', 'first', 'digest'),
        slowDown: fc.boolean(),
      }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), attempts, (count, tries) => {
        const clock = handClock();
        const perMs = 1_000;
        const bucket = createBucket(clock, { bucket: 'x', count, perMs }, GATHER);
        const counted: number[] = [];
        const ends: { readonly at: number; readonly slot: Slot }[] = [];
        for (const { waitMs, tookMs, countedAt, rank, slowDown } of tries) {
          clock.pass(waitMs);
          for (const end of ends.splice(0)) {
            if (end.at <= clock.elapsed()) end.slot.done();
            else ends.push(end);
          }
          for (const slot of bucket.take(rank, 1) ?? []) {
            counted.push(clock.elapsed() + tookMs * countedAt);
            ends.push({ at: clock.elapsed() + tookMs, slot });
          }
          if (slowDown) bucket.slowDown(waitMs);
        }
        const times = counted.toSorted((a, b) => a - b);
        for (const [index, at] of times.entries()) {
          const next = times[index + count];
          if (next !== undefined) expect(next - at).toBeGreaterThan(perMs);
        }
      }),
      { numRuns: 300 },
    );
  });
});
