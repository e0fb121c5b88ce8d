import { join } from 'node:path';
import { bridges } from '../../bridges/index.ts';
import { decodeRequest } from '../../bridges/slipmat/decode.ts';
import { requestOf } from '../../bridges/slipmat/requests.ts';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import { startHub } from '../../core/hub.ts';
import { createLogger } from '../../core/ops/log.ts';
import { PLUGIN_API_VERSION } from '../../core/plugin/bridge.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import { numberIn, serve } from '../lib/child.ts';

/* The real hub, asked from within: what a post costs from its frame to the log and back, without any socket. */

const PEOPLE = 100;
const TEXT = 'the quick brown fox jumps over the lazy dog and says what people say in a chat';

let port: SurfacePort | null = null;
let runs = 0;
/** A surface that does nothing but lend its port. */
const lender = {
  apiVersion: PLUGIN_API_VERSION,
  platform: 'bench',
  exampleConfig: '',
  parseConfig: () => ({}),
  create(_: unknown, lent: SurfacePort) {
    port = lent;
    return {
      placement: 'each-hub' as const,
      delivery: 'feed' as const,
      start: async () => {},
      stop: async () => {},
      capabilities: () => ({}),
    };
  },
};

serve({
  async start({ redisUrl, dataDir }) {
    const config = hubConfig.parse({
      port: 0,
      dataDir,
      redisUrl,
      accounts: { guests: 'post' },
      limits: { postsPerSecond: 1_000, postBurst: 10_000, apiPerMinute: 1_000_000 },
    });
    await startHub({
      config,
      builtIns: { ...bridges, surfaces: { bench: async () => ({ default: lender }) } },
      nativePlatform: 'slipmat',
      clock: systemClock,
      log: createLogger('error'),
      webRoot: join(import.meta.dirname, '../../dist/web'),
      version: 'bench',
    });
    return {};
  },
  /** CPU of this thread for one post, in microseconds, the reading of the log included. */
  async post(words) {
    if (port === null) throw new Error('the hub has not started');
    const posts = numberIn(words, 'count');
    const from = port;
    const actors = await Promise.all(Array.from({ length: PEOPLE }, () => guest(from)));
    const lobby = await from.ask(actors[0] ?? (await guest(from)), 'channels', {});
    if (!lobby.ok) throw new Error(lobby.say);
    const channel = lobby.value.channels[0]?.id;
    if (channel === undefined) throw new Error('there is no channel');
    runs += 1;
    let left = posts;
    let heard = 0;
    const stop = from.feed.follow(channel, (batch) => {
      heard += batch.length;
    });
    async function worker(who: number): Promise<void> {
      const actor = actors[who % PEOPLE];
      while (left > 0 && actor !== undefined) {
        left -= 1;
        const key = `post-${runs}-${who}-${left}`;
        const decoded = decodeRequest(
          JSON.stringify({ type: 'post', id: key, channel, key, text: TEXT, replyTo: null }),
        );
        if (!decoded.ok || !('key' in decoded.value)) throw new Error('the frame is not read');
        const receipt = await from.request(actor, requestOf(decoded.value), { key, again: false });
        if (receipt.kind !== 'accepted') throw new Error(JSON.stringify(receipt));
      }
    }
    const cpu = process.threadCpuUsage();
    const began = performance.now();
    await Promise.all(Array.from({ length: numberIn(words, 'atOnce') }, (_, who) => worker(who)));
    while (heard < posts) await new Promise((resolve) => setImmediate(resolve));
    const used = process.threadCpuUsage(cpu);
    stop();
    return { cpuUs: (used.user + used.system) / posts, perSecond: (posts * 1_000) / (performance.now() - began) };
  },
});

async function guest(from: SurfacePort) {
  const verified = await from.verify(null);
  if (!verified.ok) throw new Error(verified.say);
  return verified.actor;
}
