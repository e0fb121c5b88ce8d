/* A hub that relays, as a process of its own, to be killed: `hub-process.ts REDIS_URL ROOM_PORT ROOM_TOKEN`. */
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { changingPortals, portal, startTestHub } from './rig.ts';

const [url = '', port = '', token = ''] = process.argv.slice(2);
const memory = { highest: () => [], seqs: () => [] };
const store = await openRedis({ url, clock: systemClock, log: silentLogger, maxEntries: 1_000_000, memory });
const hub = await startTestHub({ store, room: { port: Number(port), token }, portals: changingPortals([portal('a')]) });

let said = '';
setInterval(() => {
  const phase = hub.supervisor.status()[0]?.phase.kind ?? 'none';
  const now = JSON.stringify({ phase, unknown: hub.counts.get('unknown') ?? 0 });
  if (now !== said) process.stdout.write(`${now}\n`);
  said = now;
}, 5);
