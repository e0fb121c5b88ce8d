import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Core, pinned } from '../lib/cores.ts';
import { freePort } from '../lib/free-port.ts';
import { pings } from '../lib/peers.ts';
import { serverProcess } from '../lib/process.ts';

export interface MeasuredRedis {
  readonly url: string;
  /** Ends it and removes what it wrote. */
  end(): Promise<void>;
}

/** Redis as the hub's documents recommend it: append-only, written to disk each second. */
export async function startRedis(core: Core): Promise<MeasuredRedis> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'slipmat-bench-redis-'));
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
  const { command, args } = pinned(core, 'redis-server', [...settings, ...durable]);
  const redis = serverProcess({ command, args, env: process.env, isUp: () => pings(port) });
  await redis.start();
  return {
    url: `redis://127.0.0.1:${port}`,
    async end() {
      await redis.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
