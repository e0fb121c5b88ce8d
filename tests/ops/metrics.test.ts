import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createMetrics } from '../../core/ops/metrics.ts';
import { withMetricsTable } from '../../core/ops/metrics-page.ts';

/** The value of one line of the text format; undefined where there is none. */
async function figure(metrics: { text(): Promise<string> }, line: string): Promise<number | undefined> {
  const found = (await metrics.text()).split('\n').find((text) => text.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

it('the table of docs/metrics.md is what the code says; node core/ops/metrics-page.ts writes it', async () => {
  const page = readFileSync('docs/metrics.md', 'utf8');
  expect(page).toContain('`slipmat_posts_total`');
  expect(page).toBe(await withMetricsTable(page));
});

it('counts posts by outcome, times appends in seconds, and sizes feed batches', async () => {
  const metrics = createMetrics('1');
  metrics.posted('accepted');
  metrics.posted('accepted');
  metrics.posted('rate-limited');
  metrics.appended(3);
  metrics.fed(7);
  expect(await figure(metrics, 'slipmat_posts_total{outcome="accepted"}')).toBe(2);
  expect(await figure(metrics, 'slipmat_posts_total{outcome="rate-limited"}')).toBe(1);
  expect(await figure(metrics, 'slipmat_append_seconds_sum')).toBe(0.003);
  expect(await figure(metrics, 'slipmat_append_seconds_bucket{le="0.002"}')).toBe(0);
  expect(await figure(metrics, 'slipmat_append_seconds_bucket{le="0.005"}')).toBe(1);
  expect(await figure(metrics, 'slipmat_feed_batch_entries_sum')).toBe(7);
});

it('reads the gauges when it is asked, and goes on without the store', async () => {
  const metrics = createMetrics('1');
  let isUp = true;
  let state = 'live';
  metrics.watch({
    logSize: async () => {
      if (!isUp) throw new Error('away');
      return { entries: 12, cap: 100 };
    },
    archive: () => ({ behind: 4, lagMs: 1_500, archived: 90, trimmed: 80 }),
    bridges: () => [{ id: 'main', state }],
    lanes: () =>
      new Map([
        ['p1', { phase: 'idle' }],
        ['p2', { phase: 'paused' }],
      ]),
    deadLetters: async () => {
      if (!isUp) throw new Error('away');
      return 3;
    },
  });
  expect(await figure(metrics, 'slipmat_log_entries')).toBe(12);
  expect(await figure(metrics, 'slipmat_archive_lag_seconds')).toBe(1.5);
  expect(await figure(metrics, 'slipmat_portals{phase="paused"}')).toBe(1);
  expect(await figure(metrics, 'slipmat_dead_letters')).toBe(3);
  expect(await figure(metrics, 'slipmat_bridge_state{bridge="main",state="live"}')).toBe(1);
  isUp = false;
  state = 'failed';
  expect(await figure(metrics, 'slipmat_log_entries')).toBeNaN();
  expect(await figure(metrics, 'slipmat_archive_behind_entries')).toBe(4);
  expect(await figure(metrics, 'slipmat_dead_letters')).toBeNaN();
  expect(await figure(metrics, 'slipmat_bridge_state{bridge="main",state="live"}')).toBe(0);
  expect(await figure(metrics, 'slipmat_bridge_state{bridge="main",state="failed"}')).toBe(1);
});

it('two hubs of one process count apart', async () => {
  const one = createMetrics('1');
  const two = createMetrics('1');
  one.posted('accepted');
  expect(await figure(two, 'slipmat_posts_total{outcome="accepted"}')).toBeUndefined();
});
