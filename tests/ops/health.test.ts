import { describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { archiveCheck, bridgesCheck, remarksCheck, storeCheck } from '../../core/ops/checks.ts';
import { createHealth } from '../../core/ops/health.ts';

/** A clock whose timers run when the test says so. */
function stoppedClock() {
  const timers = new Set<() => void>();
  return {
    clock: {
      ...systemClock,
      after(_ms: number, run: () => void) {
        timers.add(run);
        return () => void timers.delete(run);
      },
    },
    timers,
    runAll: () => {
      for (const run of timers) run();
    },
  };
}

describe('health', () => {
  it('is ready with no checks, with good ones and with warnings; not with one that is down', async () => {
    const health = createHealth(systemClock);
    expect(await health.report()).toEqual({ isReady: true, checks: [] });
    health.add({ name: 'a', run: () => ({ status: 'ok' }) });
    health.add({ name: 'b', run: async () => ({ status: 'warn', say: 'Look.' }) });
    expect((await health.report()).isReady).toBe(true);
    health.add({ name: 'c', run: () => ({ status: 'down', say: 'Away.' }) });
    expect(await health.report()).toEqual({
      isReady: false,
      checks: [
        { name: 'a', status: 'ok', say: '' },
        { name: 'b', status: 'warn', say: 'Look.' },
        { name: 'c', status: 'down', say: 'Away.' },
      ],
    });
  });

  it('counts a check that fails as down, without repeating an error text that may name hosts', async () => {
    const health = createHealth(systemClock);
    health.add({ name: 'store', run: () => Promise.reject(new RangeError('redis://10.0.0.1')) });
    const { isReady, checks } = await health.report();
    expect([isReady, checks]).toEqual([false, [{ name: 'store', status: 'down', say: 'It failed: RangeError.' }]]);
  });

  it('does not wait for ever for a check, and leaves no timer behind', async () => {
    const { clock, timers, runAll } = stoppedClock();
    const health = createHealth(clock);
    health.add({ name: 'slow', run: () => new Promise(() => {}) });
    const report = health.report();
    runAll();
    expect((await report).checks[0]).toMatchObject({ status: 'down', say: 'It did not answer in time.' });
    expect(timers.size).toBe(0);
  });
});

describe('checks', () => {
  it.each([
    [10, 'ok'],
    [50, 'warn'],
    [100, 'down'],
  ])('a log of %i entries of 100 is %s', async (entries, status) => {
    expect(await storeCheck(async () => ({ entries, cap: 100 })).run()).toMatchObject({ status });
  });

  it.each([
    [{ behind: 5, lagMs: 200, error: null }, { status: 'ok' }],
    [
      { behind: 900, lagMs: 61_000, error: null },
      { status: 'warn', say: 'The archive is 61 s behind (900 entries).' },
    ],
    [
      { behind: 9, lagMs: 0, error: 'SQLITE_FULL /data' },
      { status: 'warn', say: expect.not.stringContaining('/data') },
    ],
  ])('an archive in state %o is told', async (state, result) => {
    expect(await archiveCheck(() => state, 60_000).run()).toEqual(result);
  });

  it('a required bridge that is not live takes readiness away, another only warns, standing by is fine', async () => {
    const bridge = (state: 'live' | 'failed' | 'standby', isRequired: boolean) => ({
      id: `b-${state}`,
      state,
      isRequired,
    });
    const check = (...list: ReturnType<typeof bridge>[]) => bridgesCheck(() => list).run();
    expect(await check(bridge('live', true), bridge('standby', true))).toEqual({ status: 'ok' });
    expect(await check(bridge('live', true), bridge('failed', false))).toEqual({
      status: 'warn',
      say: 'b-failed is failed.',
    });
    expect(await check(bridge('failed', true))).toMatchObject({ status: 'down' });
  });

  it('remarks of the store are warnings', async () => {
    expect(await remarksCheck('safety', () => []).run()).toEqual({ status: 'ok' });
    expect(await remarksCheck('safety', () => ['A.', 'B.']).run()).toEqual({ status: 'warn', say: 'A. B.' });
  });
});
