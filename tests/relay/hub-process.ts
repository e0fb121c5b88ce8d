/*
 * A hub that relays, as a process of its own, to be killed: `hub-process.ts STORE ROOM_PORT ROOM_TOKEN`, where STORE is
 * the URL of a Redis, or the folder of an embedded store. It says what it does on stdout, and appends each line that it
 * reads on stdin as a message, telling how many are stored.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import type { LiveStore } from '../../core/store/ports.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { append, changingPortals, message, openStoreIn, portal, startTestHub } from './rig.ts';

const [where = '', port = '', token = ''] = process.argv.slice(2);
const store = await open();
const hub = await startTestHub({ store, room: { port: Number(port), token }, portals: changingPortals([portal('a')]) });

async function open(): Promise<LiveStore> {
  if (!where.startsWith('redis://')) return (await openStoreIn(where)).store;
  const memory = { highest: () => [], seqs: () => [] };
  return openRedis({ url: where, clock: systemClock, log: silentLogger, maxEntries: 1_000_000, memory });
}

let stored = 0;
createInterface({ input: process.stdin }).on('line', (line) => {
  append(store, message(line, { key: `line:${line}` })).then(
    () => {
      stored += 1;
    },
    // asked again by the next hub
    () => undefined,
  );
});

let said = '';
setInterval(() => {
  const phase = hub.supervisor.status()[0]?.phase.kind ?? 'none';
  const now = JSON.stringify({ phase, unknown: hub.counts.get('unknown') ?? 0, stored });
  if (now !== said) process.stdout.write(`${now}\n`);
  said = now;
}, 5);
