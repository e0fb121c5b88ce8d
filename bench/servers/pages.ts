import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/async/clock.ts';
import type { Seq } from '../../core/domain/ids.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openArchive } from '../../core/store/archive/archive.ts';
import { createHistory, type Place } from '../../core/store/archive/history.ts';
import { openEmbedded } from '../../core/store/embedded/open.ts';
import { openSql } from '../../core/store/sql/open.ts';
import { numberIn, serve } from '../lib/child.ts';
import { Histogram, median } from '../lib/stats.ts';
import { CHANNELS, madeHistory } from './made-history.ts';
import { channelOf, textOf } from './messages.ts';

/* Reads pages of a long history as the hub reads them: the log first, then the archive. */

const LIMIT = 50;
const PAGES = 400;
const SEARCHES = 100;

serve({
  make(words) {
    return { file: madeHistory(numberIn(words, 'rows'), (line) => console.error(line)) };
  },

  async pages(words) {
    const rows = numberIn(words, 'rows');
    const opened = await open(String(words.file));
    const deepest = Math.floor(rows / CHANNELS);
    const depths = { newest: 0, percent: 0.01, half: 0.5, oldest: 0.99 };
    const times: Record<string, number> = {};
    const all = new Histogram();
    for (const [name, share] of Object.entries(depths)) {
      const took: number[] = [];
      for (let n = 0; n < PAGES; n += 1) {
        const before = share === 0 ? null : (Math.max(LIMIT + 1, Math.floor(deepest * (1 - share)) - (n % 7)) as Seq);
        const began = performance.now();
        const page = await opened.history.page(placeOf((n * 13) % CHANNELS), before, LIMIT);
        const ms = performance.now() - began;
        if (page.messages.length === 0) throw new Error(`an empty page at ${name}`);
        took.push(ms);
        all.add(ms * 1_000);
      }
      times[`${name}P50Ms`] = median(took);
    }
    const rssMb = process.memoryUsage.rss() / 1_048_576;
    await opened.close();
    return { ...times, pageP50Ms: all.quantile(0.5) / 1_000, pageP99Ms: all.quantile(0.99) / 1_000, rssMb };
  },

  /** Two common words in all channels, a word of one message in a thousand, and both in one channel. */
  async searches(words) {
    const opened = await open(String(words.file));
    const common = new Histogram();
    const rare = new Histogram();
    const everywhere = Array.from({ length: CHANNELS }, (_, at) => placeOf(at));
    for (let n = 0; n < SEARCHES; n += 1) {
      const [first = '', second = ''] = textOf(n * 997).split(' ');
      const ask = async (text: string, places: readonly Place[], into: Histogram): Promise<void> => {
        const began = performance.now();
        await opened.history.search(places, { text, before: null, limit: 20 });
        into.add((performance.now() - began) * 1_000);
      };
      await ask(`${first} ${second}`, everywhere, common);
      await ask(`rare${n}`, everywhere, rare);
    }
    await opened.close();
    const ms = (times: Histogram, share: number): number => times.quantile(share) / 1_000;
    return { p50Ms: ms(common, 0.5), p99Ms: ms(common, 0.99), rareP50Ms: ms(rare, 0.5), rareP99Ms: ms(rare, 0.99) };
  },
});

function placeOf(at: number): Place {
  return { id: channelOf(at), kind: 'private', owner: null };
}

async function open(file: string) {
  const clock = systemClock;
  const log = silentLogger;
  const sql = await openSql({ file, clock, log });
  const lockFile = join(mkdtempSync(join(tmpdir(), 'slipmat-bench-pages-')), 'hub.lock');
  const store = await openEmbedded({ sql, lockFile, clock, maxEntries: 1_000_000, log });
  const archive = openArchive({ file, searchDeadlineMs: 20_000 });
  return {
    history: createHistory({ log: store.log, archive }),
    async close() {
      await archive.close();
      await store.close();
      await sql.close();
    },
  };
}
