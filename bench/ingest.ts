import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberIn, startChild } from './lib/child.ts';
import { watchCore } from './lib/cores.ts';
import { commonOptions, type Figures, interleave, type Measured, save } from './lib/harness.ts';
import { rounded } from './lib/stats.ts';
import { startRedis } from './servers/redis.ts';
import { type Run, startRoute } from './servers/route.ts';

/** What a post costs before anybody hears it: one function call against three commands, and the hub's own CPU. */

/** A busy hub; what one turn of its loop costs is shared by the posts that it brings. */
const PER_SECOND = 3_000;
/** An evening's rate, where nearly each post has a turn to itself. */
const CALM_PER_SECOND = 500;
/** Posts that wait for their answer at a time. */
const AT_ONCE = 20;
/** For what the warming has left to the archiver. */
const SETTLE_MS = 5_000;
/** Until the engine has compiled what is run. */
const WARM_SECONDS = 6;

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds } = commonOptions(words);
  const count = isQuick ? 4_000 : 20_000;
  const measured = await interleave(
    {
      append: () => posting('append', count),
      threeCommands: () => posting('threeCommands', count / 5),
      route: () => routed(isQuick ? 10_000 : 40_000),
      hub: () => hubAlone(isQuick ? 3 : 8),
    },
    rounds ?? (isQuick ? 1 : 5),
  );
  const { append, threeCommands, route, hub } = measured;
  if (append === null || threeCommands === null || route === null || hub === null)
    throw new Error('a mode was not run');
  const of = (figures: Figures, name: string): number => rounded(figures[name] ?? Number.NaN);
  const isQuiet = append.noisy + threeCommands.noisy + route.noisy + hub.noisy === 0;
  const figures = {
    appendPerSecond: of(append.median, 'perSecond'),
    appendClientCpuUs: of(append.median, 'cpuUs'),
    threeCommandsPerSecond: of(threeCommands.median, 'perSecond'),
    threeCommandsClientCpuUs: of(threeCommands.median, 'cpuUs'),
    /** G13: above 1 the one call is faster. */
    vsThreeCommands: rounded((append.median.perSecond ?? 0) / (threeCommands.median.perSecond ?? Number.NaN)),
    /** G17: from the text of a frame to the log and back, in the hub's own thread. */
    cpuUsPerMessage: of(route.median, 'cpuUs'),
    routedPerSecond: of(route.median, 'perSecond'),
    /** The same with its socket: the reading of the frame and the acknowledgement, by the rate of the posts. */
    overSockets: [
      { perSecond: CALM_PER_SECOND, cpuUs: of(hub.median, 'calmLoopCpuUs') },
      { perSecond: PER_SECOND, cpuUs: of(hub.median, 'loopCpuUs'), withArchiverUs: of(hub.median, 'processCpuUs') },
    ],
    ackP50Ms: of(hub.median, 'ackP50Ms'),
    ackP99Ms: of(hub.median, 'ackP99Ms'),
    isQuiet,
  };
  return save('ingest', figures, { isQuick, isQuiet, details: measured });
}

async function posting(how: 'append' | 'threeCommands', count: number): Promise<Measured<Figures>> {
  const redis = await startRedis('client');
  const child = await startChild({ file: join(import.meta.dirname, 'servers/appender.ts'), core: 'server' });
  try {
    const core = watchCore([child.pid]);
    const answer = await child.ask(how, { url: redis.url, count });
    const figures = { perSecond: numberIn(answer, 'perSecond'), cpuUs: numberIn(answer, 'cpuUs') };
    return { figures, othersShare: core.othersShare() };
  } finally {
    await child.end();
    await redis.end();
  }
}

/** The route alone, asked from within. */
async function routed(count: number): Promise<Measured<Figures>> {
  const redis = await startRedis('client');
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-'));
  const child = await startChild({ file: join(import.meta.dirname, 'servers/inlet.ts'), core: 'server' });
  try {
    await child.ask('start', { redisUrl: redis.url, dataDir });
    await child.ask('post', { count, atOnce: AT_ONCE });
    const core = watchCore([child.pid]);
    const answer = await child.ask('post', { count, atOnce: AT_ONCE });
    const figures = { perSecond: numberIn(answer, 'perSecond'), cpuUs: numberIn(answer, 'cpuUs') };
    return { figures, othersShare: core.othersShare() };
  } finally {
    await child.end();
    await redis.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The whole hub with people who post and nobody who listens; what it costs to stand idle is taken off. */
async function hubAlone(seconds: number): Promise<Measured<Figures>> {
  const route = await startRoute({ protocol: 'hub', listeners: 0, posters: 100 });
  try {
    await route.run({ perSecond: PER_SECOND, seconds: WARM_SECONDS });
    await route.settle(SETTLE_MS);
    const idle = await route.run({ perSecond: 1, seconds: 3 });
    const calm = await route.run({ perSecond: CALM_PER_SECOND, seconds });
    const busy = await route.run({ perSecond: PER_SECOND, seconds });
    const perMessage = (run: Run, cores: 'loopCores' | 'cores'): number =>
      ((run[cores] - idle[cores]) * run.wallMs * 1_000) / run.sent;
    return {
      figures: {
        loopCpuUs: perMessage(busy, 'loopCores'),
        processCpuUs: perMessage(busy, 'cores'),
        calmLoopCpuUs: perMessage(calm, 'loopCores'),
        ackP50Ms: busy.ackP50Ms,
        ackP99Ms: busy.ackP99Ms,
      },
      othersShare: busy.othersShare,
    };
  } finally {
    await route.end();
  }
}
