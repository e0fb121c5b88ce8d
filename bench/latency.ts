import { parseArgs } from 'node:util';
import { type Figures, interleave, type Measured, type Result, save } from './lib/harness.ts';
import { findRivals } from './lib/rivals.ts';
import { rounded } from './lib/stats.ts';
import { type Route, type Run, startRoute } from './servers/route.ts';
import type { Protocol } from './servers/wire.ts';

/**
 * The whole way of a post with Redis behind: from the time it was to be sent to every listener's process, with an open
 * loop. The same crowd on a server that somebody would write with socket.io, in turns.
 */

const RATES = [50, 100, 1_000];
const RAMP: Readonly<Record<Protocol, readonly number[]>> = {
  hub: [500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000],
  'socket.io': [25, 50, 75, 100, 150, 200, 300],
};
/** More than a naive server stands would leave it with a queue before the measuring begins. */
const MOST_WARM: Readonly<Record<Protocol, number>> = { hub: 1_000, 'socket.io': 30 };
const RAMP_SECONDS = 5;
const RAMP_P99_MS = 1_000;
const RAMP_TRIES = 3;
/** For what a rate that was not held has left behind. */
const RAMP_DRAIN_MS = 20_000;
const POSTERS = 100;

interface Settings {
  readonly isQuick: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly listeners: number;
}

export async function run(words: readonly string[]): Promise<object> {
  const settings = parse(words);
  findRivals();
  const rates = [];
  const details: Record<string, object> = {};
  let noisy = 0;
  for (const perSecond of RATES) {
    const measured = await interleave(
      { hub: mode('hub', perSecond, settings), 'socket.io': mode('socket.io', perSecond, settings) },
      settings.rounds,
      1,
    );
    const { hub, 'socket.io': rival } = measured;
    if (hub === null || rival === null) throw new Error('a mode was not run');
    rates.push(compared(perSecond, hub, rival));
    noisy += hub.noisy + rival.noisy;
    details[`${perSecond}`] = measured;
  }
  const most = await highest('hub', settings);
  const rivalMost = await highest('socket.io', settings);
  const figures = {
    rates,
    maxPerSecond: most,
    socketIoMaxPerSecond: rivalMost,
    maxVsSocketIo: rivalMost === 0 ? null : rounded(most / rivalMost),
    listeners: settings.listeners,
    isQuiet: noisy === 0,
  };
  return save('latency', figures, { isQuick: settings.isQuick, isQuiet: noisy === 0, details });
}

function parse(words: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      listeners: { type: 'string' },
    },
  });
  const isQuick = values.quick;
  return {
    isQuick,
    rounds: Number(values.rounds ?? (isQuick ? 1 : 3)),
    seconds: Number(values.seconds ?? (isQuick ? 3 : 5)),
    listeners: Number(values.listeners ?? 1_000),
  };
}

/** One round: new processes, a warm-up, one load. */
function mode(protocol: Protocol, perSecond: number, { listeners, seconds }: Settings) {
  return async (): Promise<Measured<Figures>> => {
    const route = await startRoute({ protocol, listeners, posters: POSTERS });
    try {
      await route.run({ perSecond: Math.min(perSecond, MOST_WARM[protocol]), seconds: 2 });
      const { othersShare, ...figures } = await route.run({ perSecond, seconds });
      return { figures, othersShare };
    } finally {
      await route.end();
    }
  };
}

/** `vsSocketIo`: time of the hub over time of socket.io; below 1 the hub is faster. */
function compared(perSecond: number, hub: Result<Figures>, rival: Result<Figures>): object {
  const mine = shown(hub);
  const other = shown(rival);
  return {
    perSecond,
    ...mine,
    vsSocketIo: { p50: rounded(mine.p50Ms / other.p50Ms), p99: rounded(mine.p99Ms / other.p99Ms) },
    socketIo: other,
  };
}

function shown({ median, rounds }: Result<Figures>) {
  const of = (name: string): number => rounded(median[name] ?? Number.NaN);
  const sum = (name: string): number => rounds.reduce((total, one) => total + (one[name] ?? 0), 0);
  return {
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    ackP50Ms: of('ackP50Ms'),
    cores: of('cores'),
    delivered: sum('delivered'),
    expected: sum('expected'),
  };
}

/** The highest rate at which everything arrives, all but one in a hundred within a second. */
async function highest(protocol: Protocol, { listeners, isQuick }: Settings): Promise<number> {
  const route = await startRoute({ protocol, listeners, posters: POSTERS });
  let most = 0;
  try {
    await route.run({ perSecond: MOST_WARM[protocol], seconds: 2 });
    for (const perSecond of RAMP[protocol]) {
      if (!(await holdsOnce(protocol, route, perSecond))) break;
      most = perSecond;
      if (isQuick && most >= 2_000) break;
    }
    return most;
  } finally {
    await route.end();
  }
}

/** Tried again when not held: strangers on the core make a rate look too high, never too low. */
async function holdsOnce(protocol: Protocol, route: Route, perSecond: number): Promise<boolean> {
  for (let tries = 0; tries < RAMP_TRIES; tries += 1) {
    const { held, was } = await holds(route, perSecond);
    const others = Math.round(100 * was.othersShare);
    const word = held ? 'held' : 'not held';
    console.error(`${protocol}: ${perSecond} a second ${word}, p99 ${was.p99Ms} ms, others ${others} %`);
    if (held) return true;
  }
  return false;
}

async function holds(route: Route, perSecond: number): Promise<{ readonly held: boolean; readonly was: Run }> {
  const was = await route.run({ perSecond, seconds: RAMP_SECONDS, patienceMs: RAMP_P99_MS });
  const held = was.delivered === was.expected && was.p99Ms < RAMP_P99_MS;
  if (!held) await route.settle(RAMP_DRAIN_MS);
  return { held, was };
}
