import { join } from 'node:path';
import { bridges } from '../../bridges/index.ts';
import { decodeRequest } from '../../bridges/slipmat/decode.ts';
import { requestOf } from '../../bridges/slipmat/requests.ts';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import { NO_RULES, type RuleSettings } from '../../core/domain/channel-settings.ts';
import type { ChannelId } from '../../core/domain/ids.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import { type Hub, startHub } from '../../core/hub.ts';
import { createLogger } from '../../core/ops/log.ts';
import { PLUGIN_API_VERSION } from '../../core/plugin/bridge.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import { numberIn, serve } from '../lib/child.ts';

/* The real hub, asked from within: what a post costs from its frame to the log and back, without any socket. */

const TEXT = 'the quick brown fox jumps over the lazy dog and says what people say in a chat';

let port: SurfacePort | null = null;
let runs = 0;
let people = 100;
let started: Hub | null = null;
let on: ChannelId | null = null;
let off: ChannelId | null = null;
let actors: readonly Actor[] = [];

/** Each of them on; the texts, whose numbers differ, break none. */
const ALL_RULES: RuleSettings = {
  flood: { isOn: true, count: 16, seconds: 1 },
  links: 'not-newcomers',
  mentions: { isOn: true, most: 8 },
  shouting: true,
  repeatedText: true,
  heldWords: ['grift', 'free followers', 'scam', 'giveaway now', 'phishing'],
  holdBelowKarma: -20,
};
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
  async start({ redisUrl, dataDir, people: wanted }) {
    people = typeof wanted === 'number' ? wanted : people;
    const config = hubConfig.parse({
      port: 0,
      dataDir,
      redisUrl,
      accounts: { guests: 'post' },
      moderation: { rules: 'none' },
      limits: { postsPerSecond: 1_000, postBurst: 10_000, apiPerMinute: 1_000_000 },
    });
    started = await startHub({
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
  /** Two channels of the same kind: in the one all rules are on, in the other all are off. */
  async rules() {
    if (started === null) throw new Error('the hub has not started');
    on = await channelWith(started, 'rules on', ALL_RULES);
    off = await channelWith(started, 'rules off', NO_RULES);
    return {};
  },
  /** CPU of this thread for one post, in microseconds, the reading of the log included. */
  async post(words) {
    if (port === null) throw new Error('the hub has not started');
    const posts = numberIn(words, 'count');
    const from = port;
    if (actors.length === 0) actors = await Promise.all(Array.from({ length: people }, () => guest(from)));
    const lobby = await from.ask(actors[0] ?? (await guest(from)), 'channels', {});
    if (!lobby.ok) throw new Error(lobby.say);
    const channel = words.where === 'on' ? on : words.where === 'off' ? off : lobby.value.channels[0]?.id;
    if (channel === undefined || channel === null) throw new Error('there is no channel');
    runs += 1;
    let left = posts;
    let heard = 0;
    const stop = from.feed.follow(channel, (batch) => {
      heard += batch.length;
    });
    async function worker(who: number): Promise<void> {
      while (left > 0) {
        left -= 1;
        const actor = actors[left % people];
        if (actor === undefined) throw new Error('there is nobody');
        const key = `post-${runs}-${who}-${left}`;
        const decoded = decodeRequest(
          JSON.stringify({ type: 'post', id: key, channel, key, text: `${TEXT} ${runs} ${left}`, replyTo: null }),
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

async function channelWith({ accounts, sql, knowledge }: Hub, name: string, rules: RuleSettings): Promise<ChannelId> {
  const password = 'nobody signs in with it';
  const made = await accounts.signUp({ name, password, address: '127.0.0.1', invite: null });
  if (!made.ok) throw new Error(made.say);
  await accounts.makeDj(name, null);
  const { directory } = knowledge;
  const owner = made.value.actor.user;
  const channel = directory.channels().find((one) => one.kind === 'dj' && one.owner === owner)?.id;
  if (channel === undefined) throw new Error('there is no channel');
  const row = { channel_id: channel, settings: JSON.stringify({ rules }), changed_by: null, changed_at: 0 };
  const query = sql.build.insertInto('channel_settings').values(row).compile();
  await directory.change({ statements: [{ query }], scopes: null, what: [{ kind: 'settings', channel }] });
  return channel;
}

async function guest(from: SurfacePort) {
  const verified = await from.verify(null);
  if (!verified.ok) throw new Error(verified.say);
  return verified.actor;
}
