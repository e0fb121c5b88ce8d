import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, numberIn, startChild } from './lib/child.ts';
import { holdSelf, watchCore } from './lib/cores.ts';
import { commonOptions, type Figures, interleave, type Measured, numberAfter, save } from './lib/harness.ts';
import { type BenchPlatform, discordRooms, settingsOf, telegramRooms, twitchRooms } from './lib/rooms.ts';
import { rounded } from './lib/stats.ts';
import { startRedis } from './servers/redis.ts';

/*
 * G21: what the hub itself costs when one message goes to several rooms, against what the platforms' own libraries cost
 * for the same posts; and the memory of portals on which nothing happens.
 */

const PORTALS = 5;
const IDLE_PORTALS = 2_000;
/** A hub runs for weeks: what the engine makes of the code in its first seconds is not what is asked. */
const WARM_UP = 20_000;
/** A post to a platform takes many times as long. */
const PLATFORM_POSTS = 1_000;
/** Messages on their way at once. */
const AT_ONCE = 16;

interface Sizes {
  readonly messages: number;
  readonly warmUp: number;
}

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds, repeats } = commonOptions(words);
  const messages = numberAfter(words, '--messages') ?? (isQuick ? 3_000 : 10_000);
  const sizes = { messages, warmUp: isQuick ? WARM_UP / 4 : WARM_UP };
  const few = { messages: PLATFORM_POSTS, warmUp: isQuick ? PLATFORM_POSTS / 2 : PLATFORM_POSTS };
  // the platforms' doubles run in this process: not beside the hub
  holdSelf('client');
  const measured = await interleave(
    {
      one: () => ofHub(1, sizes),
      several: () => ofHub(PORTALS, sizes),
      libraries: () => withPlatforms('libraries', few),
      whole: () => withPlatforms('whole', few),
      idle: () => idlePortals(),
    },
    rounds ?? (isQuick ? 1 : 3),
    repeats,
  );
  const { one, several, libraries, whole, idle } = measured;
  if (one === null || several === null || libraries === null || whole === null || idle === null) {
    throw new Error('a mode was not run');
  }
  const cpu = (figures: Figures): number => figures.cpuUs ?? Number.NaN;
  const perPortalUs = (cpu(several.median) - cpu(one.median)) / (PORTALS - 1);
  const isQuiet = one.noisy + several.noisy + libraries.noisy + whole.noisy === 0;
  const figures = {
    /** Route, log and courier for one room. */
    coreUs: rounded(cpu(one.median)),
    perPortalUs: rounded(perPortalUs),
    /** The libraries of all platforms for one post each. */
    librariesUs: rounded(cpu(libraries.median)),
    ratio: rounded(cpu(whole.median) / cpu(libraries.median)),
    idlePortalsMb: rounded(idle.median.mb ?? Number.NaN),
    wholeUs: rounded(cpu(whole.median)),
    isQuiet,
  };
  return save('relay', figures, { isQuick, isQuiet, details: measured });
}

/** One message a time from one room to so many others that answer at once. */
async function ofHub(portals: number, sizes: Sizes): Promise<Measured<Figures>> {
  const redis = await startRedis('client');
  try {
    return await inHub(redis.url, settings(portals, []), sizes, portals);
  } finally {
    await redis.end();
  }
}

async function withPlatforms(mode: 'libraries' | 'whole', sizes: Sizes): Promise<Measured<Figures>> {
  const platforms = [await discordRooms(), await telegramRooms(), await twitchRooms()];
  const redis = await startRedis('client');
  try {
    if (mode === 'whole') return await inHub(redis.url, settings(0, platforms), sizes, platforms.length);
    return await inChild(async (child) => {
      await child.ask('libraries', { settings: settingsOf(platforms) });
      return (messages) => child.ask('send', { messages });
    }, sizes);
  } finally {
    await redis.end();
    for (const platform of platforms) await platform.stop();
  }
}

function inHub(redisUrl: string, settings: string, sizes: Sizes, targets: number): Promise<Measured<Figures>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-relay-'));
  return inChild(async (child) => {
    await child.ask('start', { redisUrl, dataDir, settings });
    return (messages) => child.ask('relay', { messages, atOnce: AT_ONCE, targets });
  }, sizes).finally(() => rmSync(dataDir, { recursive: true, force: true }));
}

/** Warm first, then measured; what it costs to stand idle is taken off. */
async function inChild(
  open: (child: Child) => Promise<(messages: number) => ReturnType<Child['ask']>>,
  { messages, warmUp }: Sizes,
): Promise<Measured<Figures>> {
  const child = await startChild({ file: join(import.meta.dirname, 'servers/relay-cost.ts'), core: 'server' });
  try {
    const send = await open(child);
    await send(warmUp);
    const idleUs = numberIn(await child.ask('idle'), 'usPerSecond');
    const core = watchCore([child.pid]);
    const answer = await send(messages);
    const ownUs = numberIn(answer, 'cpuUs') - (idleUs * numberIn(answer, 'wallMs')) / 1_000 / messages;
    return { figures: { cpuUs: ownUs, idleUs }, othersShare: core.othersShare() };
  } finally {
    await child.end();
  }
}

async function idlePortals(): Promise<Measured<Figures>> {
  const few = await memoryOf(1);
  const many = await memoryOf(IDLE_PORTALS + 1);
  const figures = { mb: (many.bytes - few.bytes) / 2 ** 20, idleUs: many.idleUs, idleUsOfOne: few.idleUs };
  return { figures, othersShare: null };
}

async function memoryOf(portals: number): Promise<{ readonly bytes: number; readonly idleUs: number }> {
  const redis = await startRedis('client');
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-relay-'));
  const file = join(import.meta.dirname, 'servers/relay-cost.ts');
  const child = await startChild({ file, core: 'server', nodeArgs: ['--expose-gc'] });
  try {
    await child.ask('start', { redisUrl: redis.url, dataDir, settings: settings(portals, []) });
    // all lanes have found their place by then
    const idleUs = numberIn(await child.ask('idle'), 'usPerSecond');
    return { bytes: numberIn(await child.ask('memory'), 'bytes'), idleUs };
  } finally {
    await child.end();
    await redis.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A room to speak in, rooms that cost nothing, and those of the platforms, all in the lobby. */
function settings(portals: number, platforms: readonly BenchPlatform[]): string {
  const link = (bridge: string, room: string) => ({ channel: 'lobby', bridge, room, direction: 'both', notice: false });
  const nowhere = Array.from({ length: portals }, (_, n) => link('nowhere', `room-${n}`));
  const rooms = platforms.flatMap((one) => one.rooms.map(({ bridge, room }) => link(bridge, room)));
  return JSON.stringify({
    bridges: [{ id: 'nowhere', use: 'nowhere', config: {} }, ...platforms.map(({ bridge }) => bridge)],
    portals: [{ ...link('nowhere', 'source'), direction: 'in' }, ...nowhere, ...rooms],
  });
}
