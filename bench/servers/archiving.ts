import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { createApplier } from '../../core/store/archive/apply.ts';
import { startArchiver } from '../../core/store/archive/archiver.ts';
import { START } from '../../core/store/ports.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { openWriter } from '../../core/store/sql/connect.ts';
import { migrate } from '../../core/store/sql/migrate.ts';
import { MIGRATIONS } from '../../core/store/sql/migrations.ts';
import { openSql } from '../../core/store/sql/open.ts';
import { numberIn, serve } from '../lib/child.ts';
import { archivedEntry, postStep } from './messages.ts';

/* The archiver's own work, and the hub's thread beside it. */

const CHANNELS = 200;
const IDLE_MS = 2_000;

serve({
  /** Rows a second of the real applier, search and all, on a new file. `synchronous` as SQLite names it. */
  rows(words) {
    const batch = numberIn(words, 'batch');
    const count = numberIn(words, 'count');
    const folder = newFolder();
    const db = openWriter(join(folder, 'hub.sqlite'), 2_000);
    migrate(db, MIGRATIONS, systemClock.now());
    db.pragma(`synchronous = ${words.synchronous === 'full' ? 'full' : 'normal'}`);
    const entries = Array.from({ length: count }, (_, n) => archivedEntry(n, CHANNELS));
    const applier = createApplier(db);
    const cpu = process.cpuUsage();
    const began = performance.now();
    for (let at = 0; at < count; at += batch) {
      const from = entries[at - 1]?.position ?? START;
      const done = applier.apply(0, from, entries.slice(at, at + batch));
      if (done.kind !== 'applied') throw new Error('the batch was not applied');
    }
    const seconds = (performance.now() - began) / 1_000;
    const used = process.cpuUsage(cpu);
    db.close();
    rmSync(folder, { recursive: true, force: true });
    return { perSecond: count / seconds, cpuUs: (used.user + used.system) / count };
  },

  /** How late the hub's own thread comes to its work while a log full of entries is archived as fast as it goes. */
  async stall(words) {
    const count = numberIn(words, 'count');
    const url = String(words.url);
    const folder = newFolder();
    const sql = await openSql({ file: join(folder, 'hub.sqlite'), clock: systemClock, log: silentLogger });
    const memory = { highest: () => [], seqs: () => [] };
    const store = await openRedis({ url, clock: systemClock, log: silentLogger, maxEntries: 10_000_000, memory });
    let left = count;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await store.log.append(postStep(systemClock.now()));
      }
    };
    await Promise.all(Array.from({ length: 200 }, worker));

    const idleMs = await lateness(() => new Promise((resolve) => setTimeout(resolve, IDLE_MS)));
    const archiver = startArchiver({
      attach: sql.writer.startArchiver,
      source: { kind: 'redis', url },
      options: { hotMs: 900_000, batch: 200 },
      clock: systemClock,
      log: silentLogger,
    });
    const began = performance.now();
    let isArchived = false;
    const stallMs = await lateness(async () => {
      isArchived = await archiver.drain(AbortSignal.timeout(120_000));
    });
    const seconds = (performance.now() - began) / 1_000;
    if (!isArchived) throw new Error('not archived in two minutes');
    await archiver.stop();
    await store.close();
    await sql.close();
    rmSync(folder, { recursive: true, force: true });
    return { idleP99Ms: idleMs, stallP99Ms: stallMs, archivedPerSecond: count / seconds };
  },
});

/** The delay of the loop that one in a hundred measurements exceeds, beyond the clock's own coarseness of 1 ms. */
async function lateness(work: () => Promise<void>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await work();
  delays.disable();
  return Math.max(0, delays.percentile(99) / 1e6 - 1);
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'slipmat-bench-archive-'));
}
