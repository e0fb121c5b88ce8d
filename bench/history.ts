import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, numberIn, startChild } from './lib/child.ts';
import { watchCore } from './lib/cores.ts';
import { commonOptions, type Figures, interleave, type Measured, save, say } from './lib/harness.ts';
import { rounded } from './lib/stats.ts';

/** Pages of ever longer histories, read as the hub reads them, and what they take of its memory. */

const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];
const QUICK_SIZES = [10_000, 100_000];
const SEARCHED = 1_000_000;
const BYTES_A_ROW = 700;

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds } = commonOptions(words);
  const sizes = isQuick ? QUICK_SIZES : SIZES;
  checkDisk(Math.max(...sizes));
  const files = new Map<number, string>();
  for (const rows of sizes) files.set(rows, await inPages(null, (child) => made(child, rows)));
  const modes = Object.fromEntries(sizes.map((rows) => [String(rows), () => pages(fileOf(files, rows), rows)]));
  const measured = await interleave(modes, rounds ?? (isQuick ? 1 : 5));
  const searched = isQuick ? Math.max(...sizes) : SEARCHED;
  const search = await inPages('server', (child) => child.ask('searches', { file: fileOf(files, searched) }));

  const shown = sizes.map((rows) => {
    const result = measured[String(rows)];
    const of = (name: string): number => rounded(result?.median[name] ?? Number.NaN);
    const depths = {
      newest: of('newestP50Ms'),
      percent: of('percentP50Ms'),
      half: of('halfP50Ms'),
      oldest: of('oldestP50Ms'),
    };
    return { rows, pageP50Ms: of('pageP50Ms'), pageP99Ms: of('pageP99Ms'), depthsP50Ms: depths, rssMb: of('rssMb') };
  });
  const [least] = shown;
  const most = shown.at(-1);
  if (least === undefined || most === undefined) throw new Error('no size was measured');
  const isQuiet = Object.values(measured).every((result) => (result?.noisy ?? 0) === 0);
  const figures = {
    rows: most.rows,
    pageP50Ms: most.pageP50Ms,
    rssMb: most.rssMb,
    /** Median page of the longest history over that of 10,000 messages. */
    growth: rounded(most.pageP50Ms / least.pageP50Ms),
    /** The same for a million. G15. */
    growthTo1M: growthTo(shown, 1_000_000),
    rssGrowth: rounded(most.rssMb / least.rssMb),
    sizes: shown,
    search: { rows: searched, ...search },
    isQuiet,
  };
  return save('history', figures, { isQuick, isQuiet, details: measured });
}

function growthTo(shown: readonly { rows: number; pageP50Ms: number }[], rows: number): number | null {
  const there = shown.find((one) => one.rows === rows);
  const [least] = shown;
  return there === undefined || least === undefined ? null : rounded(there.pageP50Ms / least.pageP50Ms);
}

function fileOf(files: ReadonlyMap<number, string>, rows: number): string {
  const file = files.get(rows);
  if (file === undefined) throw new Error(`no history of ${rows}`);
  return file;
}

async function made(child: Child, rows: number): Promise<string> {
  const began = performance.now();
  const { file } = await child.ask('make', { rows });
  const seconds = (performance.now() - began) / 1_000;
  if (seconds > 1) say(`${rows} messages made in ${Math.round(seconds)} s`);
  return String(file);
}

function pages(file: string, rows: number): Promise<Measured<Figures>> {
  return inPages('server', async (child) => {
    const quiet = watchCore([child.pid]);
    const answer = await child.ask('pages', { file, rows });
    const figures = Object.fromEntries(Object.keys(answer).map((name) => [name, numberIn(answer, name)]));
    return { figures, othersShare: quiet.othersShare() };
  });
}

/** A new process each time, so that its memory says something. */
async function inPages<T>(core: 'server' | null, use: (child: Child) => Promise<T>): Promise<T> {
  const child = await startChild({ file: join(import.meta.dirname, 'servers/pages.ts'), core });
  try {
    return await use(child);
  } finally {
    await child.end();
  }
}

function checkDisk(rows: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < rows * BYTES_A_ROW * 2) throw new Error(`not enough disk for ${rows} messages`);
}
