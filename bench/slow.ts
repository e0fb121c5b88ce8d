import { rssOf, watchCore } from './lib/cores.ts';
import { commonOptions, interleave, type Measured, save } from './lib/harness.ts';
import { type LoadClient, startLoadClient } from './lib/load-client.ts';
import { findRivals, type Rival, type RunningRival, startRival } from './lib/rivals.ts';
import { rounded } from './lib/stats.ts';

/** What listeners that read nothing cost the others, and the hub. */

type SlowFigures = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakRss: number;
  readonly delivered: number;
  readonly expected: number;
  readonly sentAway: number;
};

const LISTENERS = 1_000;
const ONE_PERCENT = LISTENERS / 100;
/** Enough of them that what they hold stands out of the noise. */
const MANY = LISTENERS / 10;
const PER_SECOND = 500;
/** The kernel takes 4 MB for a listener that reads nothing; only then the hub holds anything. */
const FILL = { ticks: 90, each: 2, bytes: 30_000 };
/** A slow listener is sent away after ten seconds; the window is longer. */
const WINDOW_MS = { quick: 13_000, full: 20_000 };
const DRAIN_MS = 60_000;
const RESUME_MS = 5_000;

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds, repeats } = commonOptions(words);
  const ms = isQuick ? WINDOW_MS.quick : WINDOW_MS.full;
  const { hub } = findRivals();
  if ('missing' in hub) throw new Error(hub.missing);
  const modes = {
    none: () => round(hub, 0, ms),
    onePercent: () => round(hub, ONE_PERCENT, ms),
    many: () => round(hub, MANY, ms),
  };
  const results = await interleave<keyof typeof modes, SlowFigures>(modes, rounds ?? (isQuick ? 1 : 3), repeats);
  const { none, onePercent, many } = results;
  if (none === null || onePercent === null || many === null) throw new Error('no figures');
  const figures = {
    listeners: LISTENERS,
    stalled: ONE_PERCENT,
    perSecond: PER_SECOND,
    p99Ms: rounded(onePercent.median.p99Ms),
    p99NoneMs: rounded(none.median.p99Ms),
    p99Ratio: rounded(onePercent.median.p99Ms / none.median.p99Ms),
    rssPerStalledBytes: Math.max(0, Math.round((many.median.peakRss - none.median.peakRss) / MANY)),
    delivered: onePercent.median.delivered,
    expected: onePercent.median.expected,
    sentAway: onePercent.median.sentAway,
  };
  const isQuiet = none.noisy + onePercent.noisy === 0;
  return save('slow', figures, { isQuick, isQuiet, details: results });
}

async function round(hub: Rival, stalled: number, ms: number): Promise<Measured<SlowFigures>> {
  const server = await startRival(hub);
  const client = await startLoadClient({ port: server.port, protocol: server.protocol, count: LISTENERS });
  const { pid } = server.child;
  let peakRss = 0;
  const watch = setInterval(() => {
    peakRss = Math.max(peakRss, rssOf(pid));
  }, 100);
  try {
    // Compiled and grown before it counts.
    await server.flow(PER_SECOND, 2_000);
    await client.stall(stalled);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await fill(server, client, LISTENERS - stalled);
    await client.reset();
    peakRss = 0;
    const quiet = watchCore([pid]);
    const said = await server.flow(PER_SECOND, ms);
    const expected = said * (LISTENERS - stalled);
    await client.untilSeen(expected, DRAIN_MS);
    const { p50Ms, p99Ms } = await client.latency();
    const { total } = await client.counts();
    const othersShare = quiet.othersShare();
    const sentAway = await sentAwayOf(client, stalled);
    return { figures: { p50Ms, p99Ms, peakRss, delivered: total, expected, sentAway }, othersShare };
  } finally {
    clearInterval(watch);
    await client.end();
    await server.child.end();
  }
}

/** Until the kernel takes no more for those that read nothing. */
async function fill(server: RunningRival, client: LoadClient, healthy: number): Promise<void> {
  await client.reset();
  for (let tick = 1; tick <= FILL.ticks; tick += 1) {
    await Promise.all([server.say(FILL.each, FILL.bytes), client.untilSeen(tick * FILL.each * healthy)]);
  }
}

/** How many of the stalled find themselves sent away when they read again. @throws when one of the others was */
async function sentAwayOf(client: LoadClient, stalled: number): Promise<number> {
  const before = await client.counts();
  if (before.closed > 0) throw new Error(`${before.closed} listeners that read well were sent away`);
  await client.resume();
  const end = performance.now() + RESUME_MS;
  for (;;) {
    const { closed } = await client.counts();
    if (closed >= stalled || performance.now() > end) return closed;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
