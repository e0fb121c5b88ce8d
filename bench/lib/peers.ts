import { mkdirSync, mkdtempSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { type ServerProcess, serverProcess } from './process.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface BenchHub extends ServerProcess {
  readonly url: string;
}

/** The real hub, by its command line, over a folder of its own. */
export async function benchHub(settings: { readonly redisUrl: string | null }): Promise<BenchHub> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PORT: String(port),
    DATA_DIR: mkdtempSync(join(tmpdir(), 'slipmat-bench-')),
    SLIPMAT_LIMITS__POSTS_PER_SECOND: '1000',
    SLIPMAT_LIMITS__POST_BURST: '10000',
    // a few people say what a crowd would
    SLIPMAT_MODERATION__RULES: 'none',
    SLIPMAT_LOG_LEVEL: 'error',
  };
  if (settings.redisUrl !== null) env.REDIS_URL = settings.redisUrl;
  const args = [join(root, 'core', 'main.ts'), 'start'];
  const isUp = async () => (await fetch(`${url}/readyz`)).ok;
  return { url, ...serverProcess({ command: process.execPath, args: [...NODE_FLAGS, ...args], env, isUp }) };
}

export interface BenchRedis extends ServerProcess {
  readonly url: string;
}

/** @param appendonly with `appendfsync always`; without, everything since the start is lost at a kill */
export async function benchRedis(appendonly: boolean): Promise<BenchRedis> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'slipmat-bench-redis-'));
  mkdirSync(dir, { recursive: true });
  const safe = appendonly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...safe];
  return {
    url: `redis://127.0.0.1:${port}`,
    ...serverProcess({ command: 'redis-server', args, env: process.env, isUp: () => pings(port) }),
  };
}

/** Whether a Redis answers there. */
export function pings(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}
