import { expect, test } from 'vitest';
import { type FanoutFigures, type FanoutResults, ratios } from '../../bench/fanout.ts';
import { type Goal, goals, judge } from '../../bench/lib/goals.ts';
import { interleave, type Result, type Saved } from '../../bench/lib/harness.ts';
import { barChart } from '../../bench/lib/svg.ts';

test('modes take turns, and each has the median of its rounds', async () => {
  const order: string[] = [];
  const mode = (name: string, values: readonly number[]) => (round: number) => {
    order.push(`${name}${round}`);
    return Promise.resolve({ figures: { us: values[round] ?? 0 }, othersShare: 0 });
  };
  const results = await interleave({ a: mode('a', [9, 1, 5]), b: mode('b', [2, 2, 8]), c: null }, 3);
  expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  expect(results.a?.median.us).toBe(5);
  expect(results.b?.median.us).toBe(2);
  expect(results.c).toBeNull();
});

test('a noisy round is repeated until it is quiet, and the quietest try counts', async () => {
  const tries = [0.9, 0.6, 0.1, 0];
  let at = 0;
  const results = await interleave(
    {
      a: () => {
        const othersShare = tries[at] ?? 1;
        at += 1;
        return Promise.resolve({ figures: { at }, othersShare });
      },
    },
    1,
  );
  expect(results.a?.median.at).toBe(3);
  expect(results.a?.noisy).toBe(0);
});

test('a round that stays noisy is told as such, with its quietest try', async () => {
  const tries = [0.9, 0.4, 0.7, 0.8];
  let at = 0;
  const results = await interleave(
    {
      a: () => {
        const othersShare = tries[at] ?? 1;
        at += 1;
        return Promise.resolve({ figures: { at }, othersShare });
      },
    },
    1,
  );
  expect(at).toBe(4);
  expect(results.a?.median.at).toBe(2);
  expect(results.a?.noisy).toBe(1);
});

test('ratios are above 1 where the hub is cheaper, and null for a rival that is not there', () => {
  const result = (pacedUs: number): Result<FanoutFigures> => ({
    rounds: [],
    median: { pacedUs, burstUs: 1, pacedPerSecond: 1, burstPerSecond: 1 },
    noisy: 0,
    othersShare: null,
  });
  const results: FanoutResults = { hub: result(8), raw: result(7), ws: result(10), socketIo: result(12), uws: null };
  expect(ratios(results, 'pacedUs')).toEqual({ vsSocketIo: 1.5, vsWs: 1.25, vsRaw: 0.875, vsUws: null });
});

const gate: Goal = { id: 'X', bench: 'x', path: 'a.0.b', atLeast: 2, aim: 3, kind: 'cpu', what: 'something' };
const saved = (figures: object, isQuiet = true): Saved => ({
  name: 'x',
  takenAt: '2026-01-01T00:00:00.000Z',
  isQuick: false,
  isQuiet,
  machine: { cpu: 'one', cores: 2, node: 'v24' },
  figures,
  details: {},
});

test('a gate passes, fails, and is told apart from its aim', () => {
  expect(judge(gate, saved({ a: [{ b: 2.5 }] }))).toMatchObject({ outcome: 'PASS', meetsAim: false });
  expect(judge(gate, saved({ a: [{ b: 3 }] }))).toMatchObject({ outcome: 'PASS', meetsAim: true });
  expect(judge(gate, saved({ a: [{ b: 1.9 }] }))).toMatchObject({ outcome: 'FAIL' });
  const most: Goal = { id: 'Y', bench: 'x', path: 'a', atMost: 2, kind: 'memory', what: 'something' };
  expect(judge(most, saved({ a: 2.1 }))).toMatchObject({ outcome: 'FAIL' });
});

test('a count must reach the other count', () => {
  const all: Goal = { id: 'Z', bench: 'x', path: 'got', atLeastPath: 'said', kind: 'delivered', what: 'all' };
  expect(judge(all, saved({ got: 10, said: 10 })).outcome).toBe('PASS');
  expect(judge(all, saved({ got: 9, said: 10 }, false)).outcome).toBe('FAIL');
  expect(judge(all, saved({ got: 9 })).outcome).toBe('FAIL');
});

test('a latency of a noisy run is left out, a CPU ratio is not; what was not measured is left out', () => {
  const late: Goal = { ...gate, kind: 'latency' };
  expect(judge(late, saved({ a: [{ b: 1 }] }, false)).outcome).toBe('left out');
  expect(judge(late, saved({ a: [{ b: 9 }] }, false)).outcome).toBe('left out');
  expect(judge(late, saved({ a: [{ b: 1 }] })).outcome).toBe('FAIL');
  expect(judge(gate, saved({ a: [{ b: 1 }] }, false)).outcome).toBe('FAIL');
  expect(judge(gate, saved({ a: [{ b: null }] })).outcome).toBe('left out');
  expect(judge(gate, null).outcome).toBe('left out');
});

test('every goal has a gate, and an aim is on the good side of it', () => {
  for (const one of goals) {
    expect([one.atLeast, one.atMost, one.atLeastPath].filter((gateOne) => gateOne !== undefined)).toHaveLength(1);
    if (one.aim === undefined) continue;
    if (one.atLeast !== undefined) expect(one.aim, one.id).toBeGreaterThan(one.atLeast);
    if (one.atMost !== undefined) expect(one.aim, one.id).toBeLessThan(one.atMost);
  }
});

test('a chart shows each bar with its number, the longest over the whole width', () => {
  const svg = barChart({
    title: 'Cost <of> it',
    unit: 'us',
    groups: [
      {
        name: 'first',
        bars: [
          { name: 'hub', value: 5, isOurs: true },
          { name: 'rival', value: 10, isOurs: false },
        ],
      },
    ],
  });
  expect(svg).toContain('Cost &lt;of&gt; it');
  const widths = [...svg.matchAll(/<rect[^>]*? width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toEqual([240, 480]);
  expect(svg).toContain('prefers-color-scheme: dark');
});
