/* A child process that appends until it is killed: `node embedded-appender.ts FOLDER PREFIX`. */
import { join } from 'node:path';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openEmbedded } from '../../core/store/embedded/open.ts';
import { openSql } from '../../core/store/sql/open.ts';
import { place, post } from './suite/steps.ts';

const [folder = '', prefix = ''] = process.argv.slice(2);
const parts = { clock: systemClock, log: silentLogger };
const sql = await openSql({ file: join(folder, 'hub.db'), ...parts });
const store = await openEmbedded({ sql, lockFile: join(folder, 'hub.lock'), maxEntries: 1_000_000, ...parts });
const at = place('conv:crash');

/** One sender after the other's answer; each acknowledged key goes out at once. */
async function send(sender: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const key = `${prefix}:${sender}:${n}`;
    const answer = await store.log.append(post(at, key, { key }));
    if (answer.kind === 'stored') process.stdout.write(`${key} ${answer.seq}\n`);
  }
}
await Promise.all(Array.from({ length: 8 }, (_, sender) => send(sender)));
