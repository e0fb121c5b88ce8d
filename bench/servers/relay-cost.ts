import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bridges } from '../../bridges/index.ts';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import { textContent } from '../../core/domain/content.ts';
import type { AccountId, BridgeId, RoomId } from '../../core/domain/ids.ts';
import { type Hub, startHub } from '../../core/hub.ts';
import { noMedia } from '../../core/media/no-media.ts';
import { createLogger, silentLogger } from '../../core/ops/log.ts';
import { type Bridge, type BridgePlugin, PLUGIN_API_VERSION } from '../../core/plugin/bridge.ts';
import type { HubPort } from '../../core/plugin/hub-port.ts';
import { numberIn, serve } from '../lib/child.ts';
import { withoutBudget } from '../lib/without-budget.ts';

/*
 * What relaying costs in CPU of the hub's own thread: the hub with rooms that cost nothing, the libraries of the
 * platforms without a hub, and both together.
 */

const TEXT = 'the quick brown fox jumps over the lazy dog and says what people say in a chat';
const NULL_POST = {
  text: 2_000,
  caption: 1_000,
  unit: 'utf16',
  speaker: 'prefix',
  reply: true,
  idempotent: false,
  takesSentAt: false,
  maxMedia: 0,
  maxMediaBytes: 0,
  spoiler: false,
} as const;

let port: HubPort | null = null;
let posted = 0;
let inbounds = 0;
const libraries: { readonly bridge: Bridge; readonly room: RoomId }[] = [];

/** Rooms on a platform that answers at once: everything but the platform's library. */
const nowhere: BridgePlugin<object> = {
  apiVersion: PLUGIN_API_VERSION,
  platform: 'nowhere',
  exampleConfig: '',
  parseConfig: () => ({}),
  create(_, hub) {
    port = hub;
    return {
      placement: 'one-hub',
      delivery: 'courier',
      start: async () => {},
      stop: async () => {},
      capabilities: () => ({
        post: {
          limits: NULL_POST,
          run: async ({ room }) => {
            hasPosted();
            return [{ room, id: `p${posted}` }];
          },
        },
      }),
    };
  },
};

serve({
  /** `settings`: JSON of bridges and portals, those to nowhere among them. */
  async start({ redisUrl, dataDir, settings }) {
    const parts = JSON.parse(String(settings)) as object;
    const limits = { postsPerSecond: 1_000, postBurst: 10_000 };
    const moderation = { rules: 'none' };
    const config = hubConfig.parse({ port: 0, dataDir, redisUrl, moderation, limits, ...parts });
    const free = Object.entries(bridges.bridges).map(([name, load]) => [
      name,
      async () => ({ default: counted(withoutBudget((await load()).default)) }),
    ]);
    const hub = await startHub({
      config,
      builtIns: { surfaces: {}, bridges: { ...Object.fromEntries(free), nowhere: async () => ({ default: nowhere }) } },
      nativePlatform: 'slipmat',
      clock: systemClock,
      log: createLogger('silent'),
      webRoot: join(import.meta.dirname, '../../dist/web'),
      version: 'bench',
    });
    await untilOpen(hub);
    return {};
  },
  /** The bridges alone, each with a port that takes everything. */
  async libraries({ settings }) {
    const parts = JSON.parse(String(settings)) as {
      readonly bridges: readonly { readonly id: string; readonly use: string; readonly config: object }[];
      readonly portals: readonly { readonly bridge: string; readonly room: string }[];
    };
    for (const { id, use, config } of parts.bridges) {
      const rooms = parts.portals.filter(({ bridge }) => bridge === id).map(({ room }) => room as RoomId);
      const bridge = await aloneBridge(use, config, rooms);
      for (const room of rooms) libraries.push({ bridge, room });
    }
    return {};
  },
  /** CPU of this thread for one message, in microseconds; so many are on their way at once. */
  async relay(words) {
    const [messages = 0, atOnce = 1, targets = 0] = ['messages', 'atOnce', 'targets'].map((name) =>
      numberIn(words, name),
    );
    const from = port;
    if (from === null) throw new Error('not started');
    const before = posted;
    const done = (): number => (targets === 0 ? messages : Math.floor((posted - before) / targets));
    return measured(messages, async () => {
      const running: Promise<void>[] = [];
      for (let n = 0; n < messages; n += 1) {
        while (targets > 0 && n - done() >= atOnce) await nextPost();
        running.push(say(from));
      }
      await Promise.all(running);
      while (done() < messages) await nextPost();
    });
  },
  /** The same commands with no hub behind them: one after the other in each room. */
  async send(words) {
    const messages = numberIn(words, 'messages');
    return measured(messages, async () => {
      await Promise.all(
        libraries.map(async (one) => {
          for (let n = 0; n < messages; n += 1) await sendOne(one, n);
        }),
      );
    });
  },
  /** Memory that stays, in bytes. */
  memory() {
    for (let round = 0; round < 4; round += 1) globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return { bytes: heapUsed + external };
  },
  /** CPU of this thread while nothing happens, in microseconds a second. */
  async idle() {
    const cpu = process.threadCpuUsage();
    const began = performance.now();
    await delay(3_000);
    const used = process.threadCpuUsage(cpu);
    return { usPerSecond: ((used.user + used.system) * 1_000) / (performance.now() - began) };
  },
});

/** A new portal gets what is said from then on. */
async function untilOpen({ portals, live }: Hub): Promise<void> {
  const end = performance.now() + 60_000;
  for (const { id, direction } of portals.list()) {
    while (direction !== 'in' && (await live.store.deliveries.load(id)).at === null) {
      if (performance.now() > end) throw new Error('not all portals are served');
      await delay(20);
    }
  }
}

async function say(from: HubPort): Promise<void> {
  inbounds += 1;
  const receipt = await from.receive({
    kind: 'message',
    ref: { room: 'source' as RoomId, id: `s${inbounds}` },
    by: { id: `a${inbounds % 50}` as AccountId, name: `Fan ${inbounds % 50}`, avatarUrl: null, isBot: false },
    content: textContent(`${TEXT} ${inbounds}`),
    replyTo: null,
    at: systemClock.now(),
  });
  if (receipt.kind !== 'accepted') throw new Error(JSON.stringify(receipt));
}

async function measured(messages: number, run: () => Promise<void>) {
  const cpu = process.threadCpuUsage();
  const began = performance.now();
  await run();
  const used = process.threadCpuUsage(cpu);
  return { cpuUs: (used.user + used.system) / messages, wallMs: performance.now() - began };
}

let wake = Promise.withResolvers<void>();
/** Resolves when something more was posted somewhere. */
function nextPost(): Promise<void> {
  return wake.promise;
}
function hasPosted(): void {
  posted += 1;
  wake.resolve();
  wake = Promise.withResolvers();
}

/** Counts what has arrived. */
function counted(plugin: object): BridgePlugin<unknown> {
  const { create, ...rest } = plugin as BridgePlugin<unknown>;
  return {
    ...rest,
    create(config, hub) {
      const bridge = create(config, hub);
      return {
        placement: bridge.placement,
        delivery: bridge.delivery,
        start: (signal) => bridge.start(signal),
        stop: () => bridge.stop(),
        capabilities(room) {
          const can = bridge.capabilities(room);
          const { post } = can;
          if (post === undefined) return can;
          const run: typeof post.run = async (command, signal) => {
            const refs = await post.run(command, signal);
            hasPosted();
            return refs;
          };
          return { ...can, post: { limits: post.limits, run } };
        },
      };
    },
  };
}

async function aloneBridge(use: string, config: object, rooms: readonly RoomId[]): Promise<Bridge> {
  const load = Object.entries(bridges.bridges).find(([name]) => name === use)?.[1];
  if (load === undefined) throw new Error(`no bridge ${use}`);
  const plugin = counted((await load()).default);
  const state = new Map<string, string>();
  const linked = rooms.map((room) => ({ room, channel: 'lobby' as never, direction: 'both' as const }));
  const hub: HubPort = {
    rooms: { list: () => linked, onChange: () => () => undefined },
    receive: async () => ({ kind: 'accepted', id: null, seq: null }),
    status: () => undefined,
    cursor: { load: async () => null, save: async () => undefined },
    state: {
      load: async (name) => state.get(name) ?? null,
      save: async (name, value) => void state.set(name, value),
    },
    media: noMedia,
    http: { url: null, mount: () => () => undefined },
    channels: null,
    commands: [],
    clock: systemClock,
    log: silentLogger.child({ bridge: use as BridgeId }),
  };
  const bridge = plugin.create(plugin.parseConfig(config), hub);
  await bridge.start(new AbortController().signal);
  return bridge;
}

async function sendOne({ bridge, room }: { readonly bridge: Bridge; readonly room: RoomId }, n: number): Promise<void> {
  const { post } = bridge.capabilities(room);
  if (post === undefined) throw new Error('cannot post');
  const name = `Fan ${n % 50}`;
  const isNative = post.limits.speaker === 'native';
  const text = isNative ? `${TEXT} ${n}` : `[Nowhere] ${name}: ${TEXT} ${n}`;
  await post.run(
    {
      room,
      speaker: isNative ? { kind: 'user', name, avatarUrl: null, key: name } : { kind: 'hub' },
      text: [{ t: 'text', text }],
      media: [],
      replyTo: null,
      sentAt: systemClock.now(),
      key: `k${n}`,
    },
    new AbortController().signal,
  );
}
