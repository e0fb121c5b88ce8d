import { parseArgs } from 'node:util';
import { numberIn } from './lib/child.ts';
import { rssOf } from './lib/cores.ts';
import { save, say } from './lib/harness.ts';
import { median, rounded } from './lib/stats.ts';
import { type Run, startRoute } from './servers/route.ts';

/*
 * A thousand posts a second to a thousand listeners, minute after minute: does memory grow, does it get slower?
 * What the process takes from the machine goes up and down with the collector's own habits; what it holds once all
 * waste is collected, at the end of each minute, tells whether something is kept.
 */

const PER_SECOND = 1_000;
const SAMPLE_MS = 2_000;
const MB = 1_048_576;
/** Of the run: while what is remembered fills up. */
const WARM_SHARE = 0.2;

interface Sample {
  readonly minute: number;
  readonly mb: number;
}

export async function run(words: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      minutes: { type: 'string', default: '10' },
      listeners: { type: 'string', default: '1000' },
      embedded: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  const listeners = Number(values.listeners);
  const route = await startRoute({
    protocol: 'hub',
    listeners,
    posters: 100,
    withRedis: !values.embedded,
    nodeArgs: ['--expose-gc'],
  });
  const samples: Sample[] = [];
  const held: Sample[] = [];
  const perMinute: Run[] = [];
  try {
    await route.run({ perSecond: PER_SECOND, seconds: 5 });
    const began = performance.now();
    const sample = (): void => {
      const minute = (performance.now() - began) / 60_000;
      samples.push({ minute, mb: rssOf(route.server.pid) / MB });
    };
    const timer = setInterval(sample, SAMPLE_MS);
    for (let minute = 0; minute < minutes; minute += 1) {
      const done = await route.run({ perSecond: PER_SECOND, seconds: 60 });
      perMinute.push(done);
      const heldMb = numberIn(await route.server.ask('held'), 'heldBytes') / MB;
      held.push({ minute: (performance.now() - began) / 60_000, mb: heldMb });
      const rssMb = Math.round(samples.at(-1)?.mb ?? 0);
      say(`minute ${minute + 1}: p99 ${done.p99Ms} ms, ${rssMb} MB, held ${rounded(heldMb)} MB, cores ${done.cores}`);
    }
    clearInterval(timer);
  } finally {
    await route.end();
  }
  const line = slopeOf(held.filter(({ minute }) => minute >= minutes * WARM_SHARE));
  const isQuick = minutes < 10;
  const third = Math.max(1, Math.floor(minutes / 3));
  const figures = {
    minutes,
    delivered: perMinute.reduce((sum, { delivered }) => sum + delivered, 0),
    expected: perMinute.reduce((sum, { expected }) => sum + expected, 0),
    perMinute: perMinute.map(({ p50Ms, p99Ms, cores }) => ({ p50Ms, p99Ms, cores: rounded(cores) })),
    p99Ms: rounded(p99Of(perMinute)),
    /** Median of the last third of the minutes over that of the first. */
    p99Drift: rounded(p99Of(perMinute.slice(-third)) / p99Of(perMinute.slice(0, third))),
    rssMb: rounded(samples.at(-1)?.mb ?? Number.NaN),
    rssMostMb: rounded(Math.max(...samples.map(({ mb }) => mb))),
    /** Once waste is collected, of the first thread; the slope is of this. */
    heldMb: rounded(held.at(-1)?.mb ?? Number.NaN),
    slopeMbPerMinute: rounded(line.slope),
    /** Standard error of the slope. */
    slopeErrorMbPerMinute: rounded(line.error),
    othersShare: rounded(median(perMinute.map(({ othersShare }) => othersShare))),
  };
  return save('soak', figures, { isQuick, isQuiet: figures.othersShare < 0.25, details: { samples, held } });
}

function p99Of(minutes: readonly Run[]): number {
  return median(minutes.map(({ p99Ms }) => p99Ms));
}

/** The straight line that fits best, in MB a minute, and how sure that is. */
function slopeOf(samples: readonly Sample[]): { readonly slope: number; readonly error: number } {
  const count = samples.length;
  const mean = (of: (sample: Sample) => number): number => samples.reduce((sum, one) => sum + of(one), 0) / count;
  const atMean = mean(({ minute }) => minute);
  const mbMean = mean(({ mb }) => mb);
  const spread = samples.reduce((sum, { minute }) => sum + (minute - atMean) ** 2, 0);
  const slope = samples.reduce((sum, one) => sum + (one.minute - atMean) * (one.mb - mbMean), 0) / spread;
  const off = samples.reduce((sum, one) => sum + (one.mb - mbMean - slope * (one.minute - atMean)) ** 2, 0);
  return { slope, error: Math.sqrt(off / Math.max(1, count - 2) / spread) };
}
