import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Child, type ChildOptions, numberIn, startChild } from './child.ts';
import { freePort } from './free-port.ts';
import { root, say } from './harness.ts';
import type { Protocol } from './load-client.ts';

/** Servers that fan out: the hub and what a user would pick instead. */
export const FANOUT_SERVERS = ['hub', 'raw', 'ws', 'socketIo', 'uws'] as const;
export type FanoutServer = (typeof FANOUT_SERVERS)[number];

export interface Rival {
  readonly file: string;
  readonly protocol: Protocol;
  /** Another Node than this one. */
  readonly node?: string;
}
/** Or why it is not there. */
export type Found = Rival | { readonly missing: string };

const folder = join(root, 'bench');
const rival = (file: string): string => join(folder, 'rivals', file);

/** Installs the rivals at first use, beside the product and never with it. */
export function findRivals(): Readonly<Record<FanoutServer, Found>> {
  const problem = install();
  return {
    hub: { file: rival('hub.ts'), protocol: 'native' },
    raw: { file: rival('raw.ts'), protocol: 'raw' },
    ws: { file: rival('ws.ts'), protocol: 'ws' },
    socketIo: problem === null ? { file: rival('socket-io.ts'), protocol: 'socket.io' } : { missing: problem },
    uws: problem === null ? findUws() : { missing: problem },
  };
}

function install(): string | null {
  if (existsSync(join(folder, 'node_modules', 'socket.io')) && existsSync(join(folder, 'node_modules', 'uwebsockets')))
    return null;
  say('installing the rivals in bench/');
  const words = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  const done = spawnSync('npm', words, { encoding: 'utf8', timeout: 300_000 });
  return done.status === 0 ? null : `npm install in bench/ failed: ${done.stderr.slice(-300)}`;
}

/** Its binary may want an older Node than the hub's. */
function findUws(): Found {
  const problems: string[] = [];
  for (const node of [process.execPath, ...otherNodes()]) {
    const tried = spawnSync(node, ['-e', "import('uwebsockets').then(() => process.exit(0))"], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (tried.status === 0) return { file: rival('uws.mjs'), protocol: 'ws', node };
    problems.push(`${node}: ${/Error: (.*)/.exec(tried.stderr)?.[1] ?? 'does not load'}`);
  }
  return { missing: `uWebSockets does not load: ${problems.join('; ')}` };
}

function otherNodes(): readonly string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((one) => !one.includes('node_modules'));
  return folders.map((one) => join(one, 'node')).filter((node) => existsSync(node));
}

export interface Usage {
  readonly cpuUs: number;
  readonly rss: number;
  /** Bytes of the heap and what hangs on it; after a collection when started with --expose-gc. */
  readonly held: number;
}

export interface RunningRival {
  readonly child: Child;
  readonly port: number;
  readonly protocol: Protocol;
  /** In one tick. @param bytes of each message; the hub alone takes another size than the usual */
  say(count: number, bytes?: number): Promise<void>;
  use(): Promise<Usage>;
  /** So many a second, in even ticks of its own. @returns how many it said */
  flow(perSecond: number, ms: number): Promise<number>;
}

/** In a fresh process, on the core of the server. */
export async function startRival(
  { file, protocol, node }: Rival,
  how: Pick<ChildOptions, 'nodeArgs' | 'env'> = {},
): Promise<RunningRival> {
  const child = await startChild({ file, core: 'server', ...how, ...(node === undefined ? {} : { node }) });
  const port = await freePort();
  await child.ask('start', { port });
  return {
    child,
    port,
    protocol,
    async say(count, bytes) {
      await child.ask('say', { count, ...(bytes === undefined ? {} : { bytes }) });
    },
    async use() {
      const words = await child.ask('use');
      return { cpuUs: numberIn(words, 'cpuUs'), rss: numberIn(words, 'rss'), held: numberIn(words, 'held') };
    },
    async flow(perSecond, ms) {
      return numberIn(await child.ask('flow', { perSecond, ms }), 'said');
    },
  };
}
