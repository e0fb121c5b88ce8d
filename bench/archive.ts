import { join } from 'node:path';
import { numberIn, startChild } from './lib/child.ts';
import type { Core } from './lib/cores.ts';
import { watchCore } from './lib/cores.ts';
import { commonOptions, type Figures, interleave, type Measured, type Result, save } from './lib/harness.ts';
import { rounded } from './lib/stats.ts';
import { startRedis } from './servers/redis.ts';

/** Carrying entries into SQLite: by the hundred and one by one, and what the hub's own thread notices of it. */

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds } = commonOptions(words);
  const many = isQuick ? 4_000 : 40_000;
  const measured = await interleave(
    {
      oneByOne: () => rows(1, many / 4, 'normal'),
      hundred: () => rows(100, many, 'normal'),
      hundredFull: () => rows(100, many, 'full'),
      oneByOneFull: () => rows(1, many / 20, 'full'),
      stall: () => stall(isQuick ? 5_000 : 50_000),
    },
    rounds ?? (isQuick ? 1 : 5),
  );
  const { oneByOne, hundred, hundredFull, oneByOneFull, stall: beside } = measured;
  const all = [oneByOne, hundred, hundredFull, oneByOneFull, beside].filter((one) => one !== null);
  const isQuiet = all.every(({ noisy }) => noisy === 0);
  const figures = {
    /** G16: rows a second by the hundred over one by one, both with synchronous=NORMAL; above 1 the batch is faster. */
    vsOneByOne: ratio(hundred, oneByOne),
    perSecond: of(hundred, 'perSecond'),
    oneByOnePerSecond: of(oneByOne, 'perSecond'),
    /** As the hub runs it: synchronous=FULL. */
    full: {
      vsOneByOne: ratio(hundredFull, oneByOneFull),
      perSecond: of(hundredFull, 'perSecond'),
      oneByOnePerSecond: of(oneByOneFull, 'perSecond'),
    },
    /** G16: how late the hub's thread came to its work at p99 while the archiver ran at full speed. */
    stallP99Ms: of(beside, 'stallP99Ms'),
    idleP99Ms: of(beside, 'idleP99Ms'),
    archivedPerSecond: of(beside, 'archivedPerSecond'),
    isQuiet,
  };
  return save('archive', figures, { isQuick, isQuiet, details: measured });
}

function of(result: Result<Figures> | null, name: string): number {
  return rounded(result?.median[name] ?? Number.NaN);
}

function ratio(a: Result<Figures> | null, b: Result<Figures> | null): number {
  return rounded((a?.median.perSecond ?? Number.NaN) / (b?.median.perSecond ?? Number.NaN));
}

function rows(batch: number, count: number, synchronous: string): Promise<Measured<Figures>> {
  return inChild('rows', { batch, count, synchronous }, 'server');
}

/** On no core of its own: the worker is there so that another core can take it. */
async function stall(count: number): Promise<Measured<Figures>> {
  const redis = await startRedis('client');
  try {
    return await inChild('stall', { count, url: redis.url }, null);
  } finally {
    await redis.end();
  }
}

async function inChild(
  what: 'rows' | 'stall',
  words: Parameters<Awaited<ReturnType<typeof startChild>>['ask']>[1],
  core: Core | null,
): Promise<Measured<Figures>> {
  const child = await startChild({ file: join(import.meta.dirname, 'servers/archiving.ts'), core });
  try {
    const quiet = watchCore([child.pid]);
    const answer = await child.ask(what, words);
    const figures = Object.fromEntries(Object.keys(answer).map((name) => [name, numberIn(answer, name)]));
    return { figures, othersShare: core === null ? null : quiet.othersShare() };
  } finally {
    await child.end();
  }
}
