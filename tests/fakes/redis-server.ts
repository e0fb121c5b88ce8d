import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { PATIENCE_MS } from './until.ts';

export interface RedisServerOptions {
  readonly appendonly?: boolean;
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** Such as `8mb`; none by default. */
  readonly maxmemory?: string;
  readonly maxmemoryPolicy?: string;
  /** Where it would speak with the other nodes of a cluster; none by default. */
  readonly clusterPort?: number;
}

/** A real Redis of its own, in a temporary folder, on a loopback port below 32768. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** `kill -9`; the data stays as it is on disk. */
  kill(): Promise<void>;
  /** Starts again on the same port over the same data. */
  start(): Promise<void>;
  /** Copies the data as it is on disk now. @returns a name for it */
  saveCopy(): Promise<string>;
  /** Kills the server if it runs, puts the copy in place of its data and starts again. */
  restartFrom(copy: string): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipmat-redis-'));
  const data = join(folder, 'data');
  const port = await freePort();
  let running: ChildProcess | null = null;
  let copies = 0;

  async function start(): Promise<void> {
    const child = spawn('redis-server', argsOf(port, data, options), { stdio: 'ignore' });
    running = child;
    ending.add(child);
    child.once('exit', () => ending.delete(child));
    await answers(port, child);
  }
  async function kill(): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  await mkdir(data);
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    kill,
    start,
    async saveCopy() {
      copies += 1;
      const name = join(folder, `copy-${copies}`);
      await cp(data, name, { recursive: true });
      return name;
    },
    async restartFrom(copy) {
      await kill();
      await rm(data, { recursive: true, force: true });
      await cp(copy, data, { recursive: true });
      await start();
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function argsOf(port: number, data: string, options: RedisServerOptions): readonly string[] {
  const {
    appendonly = true,
    appendfsync = 'everysec',
    maxmemory,
    maxmemoryPolicy = 'noeviction',
    clusterPort,
  } = options;
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: data,
    save: '',
    daemonize: 'no',
    appendonly: appendonly ? 'yes' : 'no',
    appendfsync,
    'maxmemory-policy': maxmemoryPolicy,
    ...(maxmemory === undefined ? {} : { maxmemory }),
    ...(clusterPort === undefined ? {} : { 'cluster-enabled': 'yes', 'cluster-port': String(clusterPort) }),
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Waits until the server says PONG. */
async function answers(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    if (await saysPong(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('redis-server does not answer');
}

function saysPong(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}

/** Servers of tests that were cut short end with the test process. */
const ending = new Set<ChildProcess>();
function endAll(): void {
  for (const child of ending) child.kill('SIGKILL');
}
process.once('exit', endAll);
process.once('SIGTERM', () => {
  endAll();
  process.exit(143);
});
