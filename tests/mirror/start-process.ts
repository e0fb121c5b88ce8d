import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { NODE_FLAGS } from '../../bench/lib/node-flags.ts';
import type { SetUp } from './set-up.ts';

const PROCESS = fileURLToPath(new URL('./hub-process.ts', import.meta.url));
const WITHIN = { interval: 20 };

export interface HubProcess {
  readonly url: string;
  /** A command of an admin of the native chat. @returns the answer */
  say(line: string): Promise<string>;
  /** `kill -9` */
  kill(): Promise<void>;
}

/** @param setUp `aheadMs`: how far its clock is ahead */
export async function startProcess(
  dataDir: string,
  config: object,
  setUp: SetUp & { readonly aheadMs?: number } = {},
): Promise<HubProcess> {
  const args = [...NODE_FLAGS, '--conditions=source', PROCESS, dataDir, JSON.stringify(config), JSON.stringify(setUp)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void lines.push(line));
  await expect.poll(() => lines[0], WITHIN).toMatch(/^up /);
  return {
    url: lines[0]?.slice('up '.length) ?? '',
    async say(line) {
      const before = lines.length;
      child.stdin.write(`${line}\n`);
      await expect.poll(() => lines.length, WITHIN).toBeGreaterThan(before);
      return lines[before] ?? '';
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
