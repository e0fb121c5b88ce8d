import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, numberIn, startChild } from './lib/child.ts';
import { numberAfter, save, say } from './lib/harness.ts';
import {
  type BenchPlatform,
  type BenchRoom,
  discordRooms,
  fakeRooms,
  otherRooms,
  settingsOf,
  wordIn,
} from './lib/rooms.ts';
import { median, rounded } from './lib/stats.ts';

/*
 * One platform asks for patience for a minute, another takes commands and never answers, a third cannot be reached:
 * what the rooms of the others get meanwhile, and how late. `--platforms`: every platform there is among the healthy ones.
 */

interface Phase {
  /** What people said, by the time they said it. */
  readonly said: ReadonlyMap<string, number>;
  readonly delays: readonly number[];
  readonly delivered: number;
  readonly expected: number;
  readonly reordered: number;
}

/** A stop of the hub with a platform that hangs may take so long. */
const STOP_MS = 5_500;

export async function run(words: readonly string[]): Promise<object> {
  const isQuick = words.includes('--quick');
  const perSecond = numberAfter(words, '--per-second') ?? 20;
  const seconds = numberAfter(words, '--seconds') ?? (isQuick ? 8 : 60);
  const healthy = await fakeRooms('healthy', ['source', 'one', 'two']);
  const others = [await discordRooms()];
  if (words.includes('--platforms')) others.push(...(await otherRooms()));
  const limited = await fakeRooms('limited', ['room']);
  const hanging = await fakeRooms('hanging', ['room']);
  const refusing = await fakeRooms('refusing', ['room']);
  await refusing.stop();
  const platforms: BenchPlatform[] = [healthy, ...others, limited, hanging, refusing];
  const [source, ...own] = healthy.rooms;
  if (source === undefined) throw new Error('no source');
  const rooms = [...own, ...others.flatMap((one) => one.rooms)];
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-isolation-'));
  const hub = await startChild({ file: join(import.meta.dirname, 'servers/relay-hub.ts'), core: null });
  try {
    // the bridge that cannot be reached must hold up nothing
    const began = performance.now();
    const { url } = await hub.ask('start', { redisUrl: null, dataDir, settings: settingsOf(platforms), budgets: 0 });
    const startMs = performance.now() - began;
    for (const platform of platforms) platform.connect?.(String(url));
    await untilServed(hub, 3 + rooms.length);
    const before = await talk(source, rooms, { perSecond, seconds: seconds / 2, prefix: 'wb' });
    say(`without faults: ${shown(before)}`);
    limited.server.failNext('rate-limit', 1_000_000, 'room');
    hanging.server.failNext('silence', 100_000, 'room');
    const tries = limited.server.tries() + hanging.server.tries();
    const during = await talk(source, rooms, { perSecond, seconds, prefix: 'wd' });
    const faultedAttempts = limited.server.tries() + hanging.server.tries() - tries;
    say(`with faults: ${shown(during)}`);
    limited.server.heal();
    hanging.server.heal();
    const caughtUp = await untilCaughtUp(limited.rooms[0], during.said);
    // on both sides of the faults, since the machine has other things to do by turns
    const after = await talk(source, rooms, { perSecond, seconds: seconds / 2, prefix: 'wa' });
    say(`without faults again: ${shown(after)}`);
    const calm = median([...before.delays, ...after.delays]);
    hanging.server.failNext('silence', 10, 'room');
    await source.userPosts('wz-0');
    const stopMs = numberIn(await hub.ask('stop'), 'ms');
    const figures = {
      messages: before.said.size + during.said.size + after.said.size,
      deliveredHealthy: before.delivered + during.delivered + after.delivered,
      expectedHealthy: before.expected + during.expected + after.expected,
      faultedAttempts,
      healthyMsBefore: rounded(calm),
      healthyMsDuring: rounded(median(during.delays)),
      healthyRatio: rounded(median(during.delays) / calm),
      reordered: before.reordered + during.reordered + after.reordered,
      limitedCaughtUp: caughtUp,
      startMs: Math.round(startMs),
      stopMs: Math.round(stopMs),
      stopsInTime: stopMs <= STOP_MS,
    };
    return save('isolation', figures, { isQuick, isQuiet: true });
  } finally {
    await hub.end();
    for (const platform of platforms) if (platform !== refusing) await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Says so many messages in the source and waits for what arrives in the healthy rooms. */
async function talk(
  source: BenchRoom,
  rooms: readonly BenchRoom[],
  { perSecond, seconds, prefix }: { readonly perSecond: number; readonly seconds: number; readonly prefix: string },
): Promise<Phase> {
  const said = new Map<string, number>();
  const began = performance.now();
  const count = Math.round(perSecond * seconds);
  for (let n = 0; n < count; n += 1) {
    const word = `${prefix}-${n}`;
    said.set(word, performance.now());
    await source.userPosts(word);
    const aheadMs = ((n + 1) * 1_000) / perSecond - (performance.now() - began);
    if (aheadMs > 1) await delay(aheadMs);
  }
  const arrived = (room: BenchRoom): readonly string[] =>
    room.shown().flatMap((text) => {
      const word = wordIn(text);
      return word !== null && said.has(word) ? [word] : [];
    });
  for (const end = performance.now() + 10_000; performance.now() < end; await delay(50)) {
    if (rooms.every((room) => arrived(room).length >= count)) break;
  }
  const seen = rooms.map(arrived);
  return {
    said,
    delays: rooms.flatMap((room) => delaysIn(room, said)),
    delivered: seen.reduce((sum, words) => sum + new Set(words).size, 0),
    expected: count * rooms.length,
    reordered: seen.reduce((sum, words) => sum + outOfOrder(words), 0),
  };
}

/** Where the double says when posts came in. */
function delaysIn(room: BenchRoom, said: ReadonlyMap<string, number>): readonly number[] {
  const times = room.times?.() ?? [];
  const texts = room.shown();
  return times.flatMap((at, index) => {
    const from = said.get(wordIn(texts[index] ?? '') ?? '');
    return from === undefined ? [] : [at - from];
  });
}

function outOfOrder(words: readonly string[]): number {
  const numbers = words.map((word) => Number(word.split('-')[1]));
  return numbers.filter((n, index) => index > 0 && n < (numbers[index - 1] ?? 0)).length;
}

/** The room that was asked for patience gets all of it afterwards, in order. */
async function untilCaughtUp(room: BenchRoom | undefined, said: ReadonlyMap<string, number>): Promise<boolean> {
  const words = [...said.keys()];
  for (const end = performance.now() + 30_000; performance.now() < end; await delay(100)) {
    const arrived = (room?.shown() ?? []).flatMap((text) => wordIn(text) ?? []).filter((word) => said.has(word));
    if (arrived.length >= words.length) return JSON.stringify(arrived) === JSON.stringify(words);
  }
  return false;
}

async function untilServed(hub: Child, portals: number): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; await delay(20)) {
    if (numberIn(await hub.ask('open'), 'open') >= portals) return;
  }
  throw new Error('not all portals are served');
}

function shown({ delivered, expected, delays }: Phase): string {
  return `${delivered} of ${expected}, median ${rounded(median(delays))} ms`;
}
