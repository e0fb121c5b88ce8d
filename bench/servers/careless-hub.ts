import { systemClock } from '../../core/async/clock.ts';
import { plainText } from '../../core/domain/content.ts';
import type { Seq } from '../../core/domain/ids.ts';
import type { WireMessage } from '../../core/domain/wire.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { createDeadLetters } from '../../core/relay/dead-letters.ts';
import type { Deliveries, LiveStore } from '../../core/store/ports.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import * as rig from '../../tests/relay/rig.ts';
import { serve } from '../lib/child.ts';

/*
 * The control: a hub whose courier counts messages as sent once it has read them, as one does that keeps a queue in
 * memory. What a benchmark of crashes finds here shows that it can find something.
 */

const AHEAD = 20;

let running: { readonly store: LiveStore; readonly hub: rig.TestHub; readonly portals: readonly Portal[] } | null =
  null;
type Portal = ReturnType<typeof rig.portal>;
const now = () => {
  if (running === null) throw new Error('not started');
  return running;
};

serve({
  async start({ redisUrl, settings }) {
    const { bridges, portals: links } = JSON.parse(String(settings)) as {
      readonly bridges: readonly { readonly config: { readonly port: number; readonly token: string } }[];
      readonly portals: readonly { readonly room: string }[];
    };
    const [room] = bridges;
    if (room === undefined) throw new Error('no bridge');
    const memory = { highest: () => [], seqs: () => [] };
    const url = String(redisUrl);
    const opened = await openRedis({ url, clock: systemClock, log: silentLogger, maxEntries: 1_000_000, memory });
    const store = { ...opened, deliveries: careless(opened.deliveries) };
    const portals = links.map((link) => rig.portal(link.room));
    const hub = await rig.startTestHub({ store, room: room.config, portals: rig.changingPortals(portals) });
    running = { store: opened, hub, portals };
    return {};
  },
  async open() {
    const { store, hub, portals } = now();
    const marks = await Promise.all(portals.map(({ id }) => store.deliveries.load(id)));
    const phases = [...hub.courier.lanes().values()].map(({ phase }) => phase);
    const idle = phases.filter((phase) => phase === 'idle').length;
    return { open: marks.filter(({ at }) => at !== null).length, serving: phases.length, idle };
  },
  async head() {
    const { head } = await now().store.log.bounds(rig.SCOPE, rig.CHANNEL);
    return { seq: head ?? 0 };
  },
  async history() {
    const { store } = now();
    const texts: string[] = [];
    for (let after = 0 as Seq; ; ) {
      const entries = await store.log.since(rig.SCOPE, rig.CHANNEL, after, 500);
      if (entries.length === 0) return { texts: JSON.stringify(texts) };
      for (const { seq, kind, body } of entries) {
        if (seq !== null) after = seq;
        if (kind === 'message') texts.push(plainText((JSON.parse(body) as WireMessage).message.content.rich));
      }
    }
  },
  async letters() {
    const { store, hub, portals } = now();
    const legs = () => portals.map((one) => ({ ...one, of: one.id }));
    const { courier } = hub;
    const letters = createDeadLetters({ deliveries: store.deliveries, portals: { legs }, courier, clock: systemClock });
    const found = await letters.list(portals);
    const rooms = portals.map(({ id, bridge, room }) => ({
      name: `${bridge}/${room}`,
      unknown: found.filter(({ portal, kind }) => portal === id && kind === 'unknown').length,
      dead: 0,
    }));
    return { rooms: JSON.stringify(rooms) };
  },
});

function careless(deliveries: Deliveries): Deliveries {
  return {
    ...deliveries,
    async advance(portal, fence, settled, begin) {
      if (begin === null) return deliveries.advance(portal, fence, settled, null);
      const { at } = settled ?? (await deliveries.load(portal));
      if (at === null) throw new Error('not open');
      const seq = (begin.seq + AHEAD) as Seq;
      const { fates = [], letters = [], owed = null } = settled ?? {};
      const done = await deliveries.advance(portal, fence, { at, seq, owed, fates, letters }, null);
      return done === 'fenced' ? 'fenced' : 'go';
    },
  };
}
