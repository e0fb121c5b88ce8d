import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuMsOf, watchMachine } from './lib/cores.ts';
import { freePort } from './lib/free-port.ts';
import { commonOptions, type Figures, interleave, type Measured, root, save } from './lib/harness.ts';
import { NODE_FLAGS } from './lib/node-flags.ts';
import { serverProcess } from './lib/process.ts';
import { rounded } from './lib/stats.ts';
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
    const first = await startOnce(withHistory);
    await startOnce(empty);
    const measured = await interleave(
      { history: () => startOnce(withHistory), empty: () => startOnce(empty) },
      rounds ?? (isQuick ? 2 : 7),
    );
    const { history, empty: without } = measured;
    if (history === null || without === null) throw new Error('a mode was not run');
    const isQuiet = history.noisy + without.noisy === 0;
    const figures = {
      rows,
      /** G22 */
      readyMs: rounded(history.median.readyMs ?? Number.NaN),
      slowestMs: rounded(Math.max(...history.rounds.map(({ readyMs }) => readyMs ?? 0))),
      firstMs: rounded(first.figures.readyMs ?? Number.NaN),
      emptyReadyMs: rounded(without.median.readyMs ?? Number.NaN),
      isQuiet,
    };
    return save('start', figures, { isQuick, isQuiet, details: measured });
  } finally {
    for (const folder of [withHistory, empty]) rmSync(folder, { recursive: true, force: true });
  }
}

async function startOnce(dataDir: string): Promise<Measured<Figures>> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), DATA_DIR: dataDir, SLIPMAT_LOG_LEVEL: 'error' };
  const isUp = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  const args = [join(root, 'core/main.ts'), 'start'];
  const hub = serverProcess({ command: process.execPath, args: [...NODE_FLAGS, ...args], env, isUp });
  const others = watchMachine([]);
  const began = performance.now();
  await hub.start();
  const readyMs = performance.now() - began;
  const ownShare = cpuMsOf(hub.pid()) / readyMs;
  const share = others.othersShare();
  await hub.kill('SIGTERM');
  return { figures: { readyMs }, othersShare: share === null ? null : Math.max(0, share - ownShare) };
}
