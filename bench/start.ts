import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './lib/free-port.ts';
import { commonOptions, root, save } from './lib/harness.ts';
import { NODE_FLAGS } from './lib/node-flags.ts';
import { serverProcess } from './lib/process.ts';
import { median, rounded } from './lib/stats.ts';
import { madeHistory } from './servers/made-history.ts';

/** From the start of the process to the first `/readyz` that says yes, over a long history, without bridges. */

const ROWS = 1_000_000;
const QUICK_ROWS = 100_000;

export async function run(words: readonly string[]): Promise<object> {
  const { isQuick, rounds } = commonOptions(words);
  const rows = isQuick ? QUICK_ROWS : ROWS;
  const withHistory = mkdtempSync(join(tmpdir(), 'slipmat-bench-start-'));
  const empty = mkdtempSync(join(tmpdir(), 'slipmat-bench-start-'));
  copyFileSync(madeHistory(rows, console.error), join(withHistory, 'hub.sqlite'));
  try {
    const firstMs = await startOnce(withHistory);
    await startOnce(empty);
    const taken: number[] = [];
    const takenEmpty: number[] = [];
    for (let round = 0; round < (rounds ?? (isQuick ? 2 : 7)); round += 1) {
      taken.push(await startOnce(withHistory));
      takenEmpty.push(await startOnce(empty));
    }
    const figures = {
      rows,
      /** G22 */
      readyMs: rounded(median(taken)),
      slowestMs: rounded(Math.max(...taken)),
      firstMs: rounded(firstMs),
      emptyReadyMs: rounded(median(takenEmpty)),
    };
    return save('start', figures, { isQuick, isQuiet: true, details: { taken, takenEmpty } });
  } finally {
    for (const folder of [withHistory, empty]) rmSync(folder, { recursive: true, force: true });
  }
}

async function startOnce(dataDir: string): Promise<number> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), DATA_DIR: dataDir, SLIPMAT_LOG_LEVEL: 'error' };
  const isUp = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  const args = [join(root, 'core/main.ts'), 'start'];
  const hub = serverProcess({ command: process.execPath, args: [...NODE_FLAGS, ...args], env, isUp });
  const began = performance.now();
  await hub.start();
  const took = performance.now() - began;
  await hub.kill('SIGTERM');
  return took;
}
