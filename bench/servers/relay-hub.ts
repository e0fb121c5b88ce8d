import { join } from 'node:path';
import { bridges } from '../../bridges/index.ts';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import { plainText } from '../../core/domain/content.ts';
import type { Seq } from '../../core/domain/ids.ts';
import { type Hub, startHub } from '../../core/hub.ts';
import { createLogger } from '../../core/ops/log.ts';
import fakeRoom from '../../tests/fakes/fake-room-bridge.ts';
import { serve } from '../lib/child.ts';
import { exportSources } from '../lib/source-exports.ts';
import { withoutBudget } from '../lib/without-budget.ts';

/* The real hub with the bridges that are asked for, to be killed and started again over the same data. */

exportSources();
const irc = () => import('../../examples/irc/src/index.ts');

let started: Hub | null = null;
const hub = (): Hub => {
  if (started === null) throw new Error('not started');
  return started;
};

serve({
  /** `settings`: JSON of bridges and portals. `budgets`: whether what platforms take is kept to. */
  async start({ redisUrl, dataDir, settings, budgets }) {
    const config = hubConfig.parse({
      port: 0,
      dataDir,
      redisUrl,
      accounts: { guests: 'post' },
      moderation: { rules: 'none' },
      limits: { postsPerSecond: 1_000, postBurst: 10_000, apiPerMinute: 1_000_000 },
      ...(JSON.parse(String(settings)) as object),
    });
    const strip = budgets === 1 ? (plugin: object) => plugin : withoutBudget;
    const loaders = Object.entries({ ...bridges.bridges, irc, fakeroom: async () => ({ default: fakeRoom }) });
    started = await startHub({
      config,
      builtIns: {
        surfaces: bridges.surfaces,
        bridges: Object.fromEntries(
          loaders.map(([name, load]) => [name, async () => ({ default: strip((await load()).default) })]),
        ),
      },
      nativePlatform: 'slipmat',
      clock: systemClock,
      log: createLogger('silent'),
      webRoot: join(import.meta.dirname, '../../dist/web'),
      version: 'bench',
    });
    return { url: started.url };
  },
  /** How many portals have a place in the log by now, are served, and have nothing to do. */
  async open() {
    const { portals, live } = hub();
    const marks = await Promise.all(portals.list().map(({ id }) => live.store.deliveries.load(id)));
    const phases = [...hub().lanes().values()].map(({ phase }) => phase);
    return {
      open: marks.filter(({ at }) => at !== null).length,
      serving: phases.filter((phase) => phase !== 'opening' && phase !== 'stopped').length,
      idle: phases.filter((phase) => phase === 'idle').length,
    };
  },
  /** Newest seq of the lobby: about how much was stored. */
  head() {
    const { knowledge } = hub();
    const lobby = knowledge.directory.channels().find(({ kind }) => kind === 'mega');
    return { seq: lobby === undefined ? 0 : (knowledge.headSeq(lobby.id) ?? 0) };
  },
  /** Texts of the lobby, as JSON, in the order of the log. */
  async history() {
    const { knowledge } = hub();
    const lobby = knowledge.directory.channels().find(({ kind }) => kind === 'mega');
    if (lobby === undefined) throw new Error('no lobby');
    const texts: string[] = [];
    let before: Seq | null = null;
    for (;;) {
      const page: Awaited<ReturnType<typeof knowledge.history.page>> = await knowledge.history.page(lobby, before, 100);
      texts.unshift(...page.messages.toReversed().map(({ message }) => plainText(message.content.rich)));
      before = page.messages.at(-1)?.seq ?? before;
      if (page.isEnd) return { texts: JSON.stringify(texts) };
    }
  },
  /** How many deliveries are in doubt in each room, as JSON; what was given up otherwise under `dead`. */
  async letters() {
    const { portals, deadLetters } = hub();
    const letters = await deadLetters.list(portals.list());
    const rooms = portals.list().map(({ id, bridge, room }) => {
      const own = letters.filter(({ portal }) => portal === id);
      const count = (kind: string): number => own.filter((one) => one.kind === kind).length;
      return { name: `${bridge}/${room}`, unknown: count('unknown'), dead: count('dead') };
    });
    return { rooms: JSON.stringify(rooms) };
  },
  async stop() {
    const began = performance.now();
    await hub().stop();
    return { ms: performance.now() - began };
  },
});
