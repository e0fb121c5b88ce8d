import { watchCore } from './lib/cores.ts';
import { commonOptions, interleave, load, type Measured, numberAfter, type Result, save, say } from './lib/harness.ts';
import { type LoadClient, startLoadClient } from './lib/load-client.ts';
import {
  FANOUT_SERVERS,
  type FanoutServer,
  type Found,
  findRivals,
  type RunningRival,
  startRival,
} from './lib/rivals.ts';
import { rounded } from './lib/stats.ts';

/** What one delivery costs the hub's process, beside what a user would pick instead. */

/** CPU microseconds of the server a delivery, and deliveries a second. */
export type FanoutFigures = {
  readonly pacedUs: number;
  readonly burstUs: number;
  readonly pacedPerSecond: number;
  readonly burstPerSecond: number;
};
export type FanoutResults = Readonly<Record<FanoutServer, Result<FanoutFigures> | null>>;

interface Size {
  readonly listeners: number;
  readonly rounds: number;
  readonly pacedTicks: number;
  readonly burstTicks: number;
}

const BURST = 10;
const SIZES: readonly Size[] = [
  { listeners: 1_000, rounds: 5, pacedTicks: 250, burstTicks: 100 },
  { listeners: 10_000, rounds: 3, pacedTicks: 30, burstTicks: 10 },
];
const QUICK: readonly Size[] = [
  { listeners: 1_000, rounds: 3, pacedTicks: 80, burstTicks: 30 },
  { listeners: 10_000, rounds: 1, pacedTicks: 12, burstTicks: 5 },
];
const TOP = 1_000;
const LARGE = 10_000;

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds, repeats } = commonOptions(words);
  const only = numberAfter(words, '--listeners');
  const rivals = findRivals();
  for (const size of isQuick ? QUICK : SIZES) {
    if (only !== null && only !== size.listeners) continue;
    say(`${size.listeners} listeners`);
    await measureSize({ ...size, rounds: rounds ?? size.rounds, repeats }, rivals, isQuick);
  }
  const figures = { ...figuresAt(TOP, isQuick), at10000: figuresAt(LARGE, isQuick), ...growth(isQuick) };
  const missing = Object.entries(rivals).flatMap(([name, found]) =>
    'missing' in found ? [[name, found.missing]] : [],
  );
  const all = missing.length === 0 ? figures : { ...figures, reasons: Object.fromEntries(missing) };
  return save('fanout', all, { isQuick, isQuiet: isQuietAt(TOP, isQuick) && isQuietAt(LARGE, isQuick) });
}

async function measureSize(
  size: Size & { readonly repeats: number },
  rivals: Readonly<Record<FanoutServer, Found>>,
  isQuick: boolean,
): Promise<void> {
  const mode = (name: FanoutServer) => {
    const found = rivals[name];
    if ('missing' in found) say(`${name} is left out: ${found.missing}`);
    return 'missing' in found ? null : () => round(found, size);
  };
  const [hub, raw, ws, socketIo, uws] = FANOUT_SERVERS;
  const modes = { hub: mode(hub), raw: mode(raw), ws: mode(ws), socketIo: mode(socketIo), uws: mode(uws) };
  const results: FanoutResults = await interleave<FanoutServer, FanoutFigures>(modes, size.rounds, size.repeats);
  const isQuiet = Object.values(results).every((result) => (result?.noisy ?? 0) === 0);
  save(`fanout-${size.listeners}`, results, { isQuick, isQuiet });
}

async function round(rival: Exclude<Found, { missing: string }>, size: Size): Promise<Measured<FanoutFigures>> {
  const server = await startRival(rival);
  let client: LoadClient | null = null;
  try {
    const { port, protocol } = server;
    client = await startLoadClient({ port, protocol, count: size.listeners });
    // Compiled and grown before it counts.
    await ticks(server, client, size.listeners, { count: Math.ceil(size.pacedTicks / 5), each: 1 });
    await ticks(server, client, size.listeners, { count: Math.ceil(size.burstTicks / 5), each: BURST });
    const quiet = watchCore([server.child.pid]);
    const paced = await ticks(server, client, size.listeners, { count: size.pacedTicks, each: 1 });
    const burst = await ticks(server, client, size.listeners, { count: size.burstTicks, each: BURST });
    return {
      figures: {
        pacedUs: paced.us,
        burstUs: burst.us,
        pacedPerSecond: paced.perSecond,
        burstPerSecond: burst.perSecond,
      },
      othersShare: quiet.othersShare(),
    };
  } finally {
    await client?.end();
    await server.child.end();
  }
}

/** The next tick comes when everybody has had the last one. @throws when one listener got more or less than said */
async function ticks(
  server: RunningRival,
  client: LoadClient,
  listeners: number,
  { count, each }: { readonly count: number; readonly each: number },
): Promise<{ readonly us: number; readonly perSecond: number }> {
  await client.reset();
  const before = await server.use();
  const began = performance.now();
  for (let tick = 1; tick <= count; tick += 1) {
    await Promise.all([server.say(each), client.untilSeen(tick * each * listeners)]);
  }
  const ms = performance.now() - began;
  const after = await server.use();
  const seen = await client.counts();
  if (seen.least !== count * each || seen.most !== count * each) {
    throw new Error(`${count * each} messages were said, and between ${seen.least} and ${seen.most} came`);
  }
  return { us: (after.cpuUs - before.cpuUs) / seen.total, perSecond: (1_000 * seen.total) / ms };
}

type Ratios = Readonly<Record<'vsSocketIo' | 'vsWs' | 'vsRaw' | 'vsUws', number | null>>;

function figuresAt(listeners: number, isQuick: boolean): { readonly paced: Ratios; readonly burst: Ratios } | null {
  const results = resultsAt(listeners, isQuick);
  return results === null ? null : { paced: ratios(results, 'pacedUs'), burst: ratios(results, 'burstUs') };
}

export function resultsAt(listeners: number, isQuick: boolean): FanoutResults | null {
  return (load(`fanout-${listeners}`, isQuick)?.figures ?? null) as FanoutResults | null;
}

function isQuietAt(listeners: number, isQuick: boolean): boolean {
  return load(`fanout-${listeners}`, isQuick)?.isQuiet ?? false;
}

/** Above 1: the hub is cheaper. */
export function ratios(results: FanoutResults, figure: 'pacedUs' | 'burstUs'): Ratios {
  const hub = results.hub?.median[figure] ?? Number.NaN;
  const to = (name: FanoutServer): number | null => {
    const rival = results[name];
    return rival === null ? null : rounded(rival.median[figure] / hub);
  };
  return { vsSocketIo: to('socketIo'), vsWs: to('ws'), vsRaw: to('raw'), vsUws: to('uws') };
}

/** What a delivery costs the hub at the large size, against the small one. */
function growth(isQuick: boolean): { readonly costGrowth: number | null } {
  const small = resultsAt(TOP, isQuick)?.hub?.median.pacedUs;
  const large = resultsAt(LARGE, isQuick)?.hub?.median.pacedUs;
  return { costGrowth: small === undefined || large === undefined ? null : rounded(large / small) };
}
