import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameSkipper } from '../../bench/lib/frames.ts';
import { nowUs, StampReader, sinceUs, stampOf } from '../../bench/lib/stamp.ts';
import { Histogram, median } from '../../bench/lib/stats.ts';
import { PING, textFrame } from '../../bridges/slipmat/encode.ts';

function skip(chunks: readonly Buffer[]): {
  readonly sizes: number[];
  readonly whole: string[];
  readonly pings: number;
} {
  const skipper = new FrameSkipper();
  const sizes: number[] = [];
  const whole: string[] = [];
  let pings = 0;
  for (const chunk of chunks) {
    skipper.take(chunk, {
      frame(bytes, start, size) {
        sizes.push(size);
        if (start >= 0) whole.push(bytes.toString('utf8', start, start + size));
      },
      ping: () => {
        pings += 1;
      },
    });
  }
  return { sizes, whole, pings };
}

test('every frame is counted once with its size, wherever the bytes are cut', () => {
  const texts = fc.array(fc.integer({ min: 0, max: 70_000 }), { minLength: 1, maxLength: 6 });
  const cuts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(texts, cuts, (lengths, steps) => {
      const bytes = Buffer.concat(lengths.flatMap((length) => [textFrame('x'.repeat(length)), PING]));
      const chunks: Buffer[] = [];
      for (let at = 0, n = 0; at < bytes.length; n += 1) {
        const end = at + (steps[n % steps.length] ?? 1);
        chunks.push(bytes.subarray(at, end));
        at = end;
      }
      const heard = skip(chunks);
      expect(heard.sizes).toEqual(lengths);
      expect(heard.pings).toBe(lengths.length);
    }),
    { numRuns: 60 },
  );
});

test('a frame that came in one chunk is handed on with its text', () => {
  expect(skip([Buffer.concat([textFrame('one'), textFrame('two')])]).whole).toEqual(['one', 'two']);
});

test('a stamp is read where it stands, also when the frame before had it elsewhere', () => {
  const stamps = new StampReader();
  for (const before of ['{"seq":9,"text":"', '{"seq":10,"text":"', '{"seq":100,"text":"']) {
    const bytes = Buffer.from(`${before}${stampOf(123_456_789)} and more"}`);
    expect(stamps.read(bytes, 0, bytes.length)).toBe(123_456_789);
  }
  expect(stamps.read(Buffer.from('no stamp at all in here'), 0, 23)).toBe(-1);
});

test('time goes on over the wrap of the stamp, and never backwards', () => {
  expect(sinceUs(10, 25)).toBe(15);
  expect(sinceUs(10 ** 12 - 5, 10)).toBe(15);
  expect(sinceUs(12, 10)).toBe(0);
  const before = nowUs();
  expect(sinceUs(before, nowUs())).toBeLessThan(1_000_000);
});

test('quantiles are within 3 % of the truth', () => {
  const histogram = new Histogram();
  for (let value = 1; value <= 100_000; value += 1) histogram.add(value);
  for (const share of [0.01, 0.5, 0.9, 0.99, 0.999]) {
    const truth = share * 100_000;
    expect(Math.abs(histogram.quantile(share) - truth) / truth).toBeLessThan(0.032);
  }
  histogram.clear();
  expect(histogram.quantile(0.5)).toBeNaN();
});

test('the median of an even number lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});
