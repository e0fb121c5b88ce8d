import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkRooms, type RoomsChecked } from './lib/check-rooms.ts';
import { type Child, numberIn, startChild } from './lib/child.ts';
import { numberAfter, save, say } from './lib/harness.ts';
import { benchRedis } from './lib/peers.ts';
import {
  type BenchPlatform,
  type BenchRoom,
  discordRooms,
  fakeRooms,
  otherRooms,
  settingsOf,
  wordIn,
} from './lib/rooms.ts';

/*
 * Kills the hub again and again while messages flow among rooms of several platforms, and holds what stands in each room
 * against the log. `--platforms`: every platform there is.
 */

interface Settings {
  readonly messages: number;
  readonly kills: number;
  readonly perSecond: number;
  readonly all: boolean;
}
interface StoreFigures extends RoomsChecked {
  readonly messages: number;
  readonly bound: number;
}

export async function run(words: readonly string[]): Promise<object> {
  const isQuick = words.includes('--quick');
  const settings: Settings = {
    messages: numberAfter(words, '--messages') ?? (isQuick ? 400 : 2_000),
    kills: numberAfter(words, '--kills') ?? (isQuick ? 2 : 5),
    perSecond: numberAfter(words, '--per-second') ?? 150,
    all: words.includes('--platforms'),
  };
  const stores = {
    redis: await onRedis(settings, 'real'),
    embedded: await underKills('embedded', settings, null, 'real'),
  };
  say('control: a courier that takes messages for sent once it has read them');
  const control = await onRedis({ ...settings, messages: Math.ceil(settings.messages / 4) }, 'careless');
  const sum = (name: keyof StoreFigures): number =>
    Object.values(stores).reduce((total, figures) => total + figures[name], 0);
  const figures = {
    messages: sum('messages'),
    missing: sum('missing'),
    doubled: sum('doubled'),
    unknown: sum('unknown'),
    reordered: sum('reordered'),
    bound: sum('bound'),
    stores,
    control: { missing: control.missing, unknown: control.unknown },
  };
  return save('relay-crash', figures, { isQuick, isQuiet: true });
}

/** Said and perhaps not stored. */
const MOST_AHEAD = 60;

/** What is still to be sent at the end must be through by then. */
const DRAIN_MS = 120_000;

type Courier = 'real' | 'careless';

async function onRedis(settings: Settings, courier: Courier): Promise<StoreFigures> {
  const redis = await benchRedis(true);
  await redis.start();
  try {
    return await underKills(courier === 'real' ? 'redis' : 'control', settings, redis.url, courier);
  } finally {
    await redis.kill('SIGKILL');
  }
}

/** Three rooms of two platforms; with `--platforms` those of all. The control has rooms of one. */
async function openPlatforms(all: boolean, courier: Courier): Promise<readonly BenchPlatform[]> {
  if (courier === 'careless') return [await fakeRooms('room-one', ['a', 'b'])];
  const first = [await fakeRooms('fake', ['a', 'b']), await discordRooms()];
  return all ? [...first, ...(await otherRooms())] : first;
}

async function underKills(
  name: string,
  settings: Settings,
  redisUrl: string | null,
  courier: Courier,
): Promise<StoreFigures> {
  const platforms = await openPlatforms(settings.all, courier);
  const rooms = platforms.flatMap((one) => one.rooms);
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-relay-'));
  let hub = await startHub(platforms, { redisUrl, dataDir, courier });
  const said = new Map<BenchRoom, Set<string>>(rooms.map((room) => [room, new Set()]));
  const speaking = rooms.filter(({ bridge }) => bridge !== 'twitch');
  const killsAt = new Set(
    Array.from({ length: settings.kills }, (_, n) =>
      Math.floor((settings.messages * (n + 0.5 + Math.random() * 0.5)) / (settings.kills + 0.5)),
    ),
  );
  try {
    const began = performance.now();
    let pausedMs = 0;
    for (let n = 0; n < settings.messages; n += 1) {
      const room = speaking[n % speaking.length];
      if (room === undefined) throw new Error('no rooms');
      const word = `w-${n}`;
      said.get(room)?.add(word);
      await room.userPosts(word);
      if (killsAt.has(n)) {
        const stoppedAt = performance.now();
        await hub.end();
        hub = await startHub(platforms, { redisUrl, dataDir, courier });
        for (const one of rooms) one.tellAgain?.();
        pausedMs += performance.now() - stoppedAt;
        say(`${name}: killed at ${n}`);
      }
      if (n % 20 === 0) pausedMs += await untilStored(hub, n - MOST_AHEAD);
      const dueMs = (n * 1_000) / settings.perSecond + pausedMs;
      const aheadMs = dueMs - (performance.now() - began);
      if (aheadMs > 1) await delay(aheadMs);
    }
    return await result(name, settings, hub, rooms, said);
  } finally {
    await hub.end();
    for (const platform of platforms) await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startHub(
  platforms: readonly BenchPlatform[],
  at: { readonly redisUrl: string | null; readonly dataDir: string; readonly courier: Courier },
): Promise<Child> {
  const file = at.courier === 'careless' ? 'servers/careless-hub.ts' : 'servers/relay-hub.ts';
  const child = await startChild({ file: join(import.meta.dirname, file), core: null });
  const settings = settingsOf(platforms);
  const { url } = await child.ask('start', { redisUrl: at.redisUrl, dataDir: at.dataDir, settings, budgets: 0 });
  for (const platform of platforms) platform.connect?.(String(url));
  const portals = platforms.flatMap(({ rooms }) => rooms).length;
  const end = performance.now() + 30_000;
  for (;;) {
    const answer = await child.ask('open');
    if (numberIn(answer, 'open') === portals && numberIn(answer, 'serving') === portals) return child;
    if (performance.now() > end) throw new Error(`not all portals are served: ${JSON.stringify(answer)}`);
    await delay(20);
  }
}

/** A hub on a busy machine is not run over: what it has not stored by a crash must be told again. @returns how long it took */
async function untilStored(hub: Child, seq: number): Promise<number> {
  const began = performance.now();
  while (numberIn(await hub.ask('head'), 'seq') < seq) {
    if (performance.now() - began > 30_000) throw new Error(`the hub does not get to ${seq}`);
    await delay(5);
  }
  return performance.now() - began;
}

/** Once every lane has nothing to do and nothing more has come for a while. */
async function result(
  name: string,
  settings: Settings,
  hub: Child,
  rooms: readonly BenchRoom[],
  own: ReadonlyMap<BenchRoom, ReadonlySet<string>>,
): Promise<StoreFigures> {
  const count = (): number => rooms.reduce((sum, room) => sum + room.shown().length, 0);
  const end = performance.now() + DRAIN_MS;
  for (let before = -1, quiet = 0; quiet < 8 && performance.now() < end; await delay(250)) {
    const now = count();
    const isIdle = numberIn(await hub.ask('open'), 'idle') === rooms.length;
    quiet = isIdle && now === before ? quiet + 1 : 0;
    before = now;
  }
  const log = (JSON.parse(String((await hub.ask('history')).texts)) as string[]).filter(
    (text) => wordIn(text) !== null,
  );
  const letters = JSON.parse(String((await hub.ask('letters')).rooms)) as {
    readonly name: string;
    readonly unknown: number;
    readonly dead: number;
  }[];
  const said = Array.from({ length: settings.messages }, (_, n) => `w-${n}`);
  const { checked, notStored, faults } = checkRooms(
    said,
    log,
    rooms.map((room) => ({
      name: `${room.bridge}/${room.room}`,
      own: own.get(room) ?? new Set(),
      shown: room.shown(),
      unknown: letters.find((one) => one.name === `${room.bridge}/${room.room}`)?.unknown ?? 0,
    })),
  );
  const bound = settings.kills * rooms.filter(({ hasKey }) => !hasKey).length;
  say(`${name}: ${JSON.stringify({ ...checked, bound })}`);
  if (checked.missing + checked.doubled + checked.reordered > 0) {
    say(JSON.stringify({ notStored, faults }, (_, value) => (Array.isArray(value) ? value.slice(0, 10) : value)));
  }
  return { messages: settings.messages, ...checked, bound };
}
