import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { NODE_FLAGS } from '../../bench/lib/node-flags.ts';
import { bridges } from '../../bridges/index.ts';
import { systemClock } from '../../core/async/clock.ts';
import { startOperatedHub } from '../../core/cli/operated-hub.ts';
import { runCli } from '../../core/cli/run.ts';
import { until } from '../fakes/until.ts';

/** The command line: in this process, or as people run it, in one of its own. */

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly finished: Promise<Finished>;
}

const ROOT = join(import.meta.dirname, '../..');
const { version: VERSION } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
const cleanups: (() => void | Promise<void>)[] = [];

/** Stops and removes everything, newest first: for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0).reverse()) await clean();
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipmat-cli-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function launch(args: readonly string[], env: Readonly<Record<string, string>>, stdin = ''): Running {
  const child = spawn(process.execPath, [...NODE_FLAGS, 'core/main.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => child.stdin.destroy()).end(stdin);
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await finished;
  });
  return { child, stdout: () => stdout, stderr: () => stderr, finished };
}

/** One command in a process of its own. */
export function runProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin = '',
): Promise<Finished> {
  return launch(args, env, stdin).finished;
}

/** One command in this process, which is loaded already: no `start`, which waits for signals. */
export async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin = '',
): Promise<Finished> {
  const [stdout, stderr] = [gathered(), gathered()];
  const code = await runCli({
    argv: args,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    version: VERSION,
    webRoot: join(ROOT, 'dist/web'),
    builtIns: bridges,
    clock: systemClock,
    stdin: Readable.from([stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    readFile: (path) => readFileSync(path, 'utf8'),
    startHub: (options) =>
      startOperatedHub({ builtIns: bridges, nativePlatform: 'slipmat', version: VERSION }, options),
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function gathered(): { readonly stream: Writable; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  return { stream, text: () => text };
}

/** Starts a hub on a free port and waits until it says where it is. */
export async function startHubProcess(
  env: Readonly<Record<string, string>>,
): Promise<Running & { readonly url: string }> {
  const running = launch(['start'], { PORT: '0', ...env });
  await until('the hub says where it is', () => {
    if (running.child.exitCode !== null) throw new Error(`the hub ended: ${running.stderr()}`);
    return running.stdout().includes('Stop with');
  });
  const url = /http:\/\/localhost:\d+/.exec(running.stdout())?.[0];
  if (url === undefined) throw new Error(`no address in: ${running.stdout()}`);
  return { ...running, url };
}

export { until };
