import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, numberIn, startChild } from './lib/child.ts';
import { watchCore } from './lib/cores.ts';
import { commonOptions, type Figures, interleave, type Measured, save } from './lib/harness.ts';
import { median, rounded } from './lib/stats.ts';
import { startRedis } from './servers/redis.ts';
import { type Run, startRoute } from './servers/route.ts';

/** What a post costs before anybody hears it: one function call against three commands, and the hub's own CPU. */

/** A busy hub; what one turn of its loop costs is shared by the posts that it brings. */
const PER_SECOND = 3_000;
/** An evening's rate, where nearly each post has a turn to itself. */
const CALM_PER_SECOND = 500;
const PEOPLE = 100;
/** So many that none of them writes too fast for the rules. */
const CROWD = 4_000;
const WARM_POSTS = 10_000;
const POSTS_A_TURN = 2_000;
/** Posts that wait for their answer at a time. */
const AT_ONCE = 20;
/** For what the warming has left to the archiver. */
const SETTLE_MS = 5_000;
/** Until the engine has compiled what is run. */
const WARM_SECONDS = 6;

export async function run(words: readonly string[]): Promise<object> {
  if (words.includes('--rules')) return rulesAlone(words.filter((word) => word !== '--rules'));
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

/** What the rules cost: one hub, with all of them on and all of them off by turns, a short while each. */
async function rulesAlone(words: readonly string[]): Promise<object> {
  const { isQuick, rounds } = commonOptions(words);
  const { rules } = await interleave({ rules: () => rulesByTurns(isQuick ? 12 : 40) }, rounds ?? (isQuick ? 1 : 3));
  if (rules === null) throw new Error('nothing was run');
  const { cpuUsOff, cpuUsOn } = rules.median;
  const isQuiet = rules.noisy === 0;
  const figures = {
    cpuUsRulesOff: rounded(cpuUsOff ?? Number.NaN),
    cpuUsRulesOn: rounded(cpuUsOn ?? Number.NaN),
    /** At most 1.2 is wanted. */
    ratio: rounded((cpuUsOn ?? Number.NaN) / (cpuUsOff ?? Number.NaN)),
    isQuiet,
  };
  return save('ingest-rules', figures, { isQuick, isQuiet, details: rules });
}

/** Medians over the turns: what else the machine does meets both alike. */
async function rulesByTurns(turns: number): Promise<Measured<Figures>> {
  const redis = await startRedis('client');
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-'));
  const child = await startChild({ file: join(import.meta.dirname, 'servers/inlet.ts'), core: 'server' });
  try {
    await child.ask('start', { redisUrl: redis.url, dataDir, people: CROWD });
    await child.ask('rules');
    for (const where of ['off', 'on']) await turn(child, where, WARM_POSTS);
    const used: { readonly off: number[]; readonly on: number[] } = { off: [], on: [] };
    const core = watchCore([child.pid]);
    for (let n = 0; n < turns; n += 1) {
      used.off.push(await turn(child, 'off', POSTS_A_TURN));
      used.on.push(await turn(child, 'on', POSTS_A_TURN));
    }
    const figures = { cpuUsOff: median(used.off), cpuUsOn: median(used.on) };
    return { figures, othersShare: core.othersShare() };
  } finally {
    await child.end();
    await redis.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function turn(child: Child, where: string, count: number): Promise<number> {
  return numberIn(await child.ask('post', { count, atOnce: AT_ONCE, where }), 'cpuUs');
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
    await child.ask('start', { redisUrl: redis.url, dataDir, people: PEOPLE });
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
