import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { bridges } from '../../bridges/index.ts';
import { type HubConfig, hubConfig } from '../../config/schema.ts';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import type { Hub } from '../../core/hub.ts';
import { startHub } from '../../core/hub.ts';
import type { Outside } from '../../core/media/outside.ts';
import { createLogger, type Logger, silentLogger } from '../../core/ops/log.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';

type Settings = z.input<typeof hubConfig>;

export interface TestHubOptions {
  /** Fields of the configuration; ports, folders and limits have values that suit tests. */
  readonly config?: Record<string, unknown>;
  readonly redisUrl?: string | null;
  /** To start again over the same data; else a new folder, removed by `close`. */
  readonly dataDir?: string;
  readonly clock?: Clock;
  readonly builtIns?: BuiltIns;
  readonly webRoot?: string;
  /** By default nothing on this machine is fetched: see `THIS_MACHINE` of the media tests. */
  readonly outside?: Outside;
  /** With SLIPMAT_TEST_LOG=debug in the environment everything is shown. */
  readonly log?: Logger;
}

export interface TestHub {
  readonly hub: Hub;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `ws://127.0.0.1:PORT/ws` */
  readonly wsUrl: string;
  readonly port: number;
  readonly dataDir: string;
  readonly config: HubConfig;
  /** Makes a local account, or signs it in when it is there. @returns its session token */
  user(name: string, role?: 'admin' | 'dj'): Promise<string>;
  /** Stops the hub; the data stays. */
  stop(): Promise<void>;
  /** Stops the hub and removes its folder. */
  close(): Promise<void>;
}

/** Cheap on purpose: tests make many accounts. */
const CHEAP = { logN: 10, r: 8, p: 1 } as const;

/** Tests of what is relayed need not count the line that tells a room of its link. */
function quiet(portal: NonNullable<Settings['portals']>[number]) {
  return { notice: false, ...portal };
}

/** The real hub in this process, on a free port of its own. */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'slipmat-test-'));
  const settings: Settings = {
    port: 0,
    dataDir,
    redisUrl: options.redisUrl ?? null,
    logLevel: 'silent',
    moderation: { rules: 'none' },
    limits: { postsPerSecond: 1_000, postBurst: 10_000, maxConnectionsPerAddress: 20_000, apiPerMinute: 100_000 },
    ...options.config,
  };
  const config = hubConfig.parse({ ...settings, portals: settings.portals?.map(quiet) ?? [] });
  const level = process.env.SLIPMAT_TEST_LOG;
  const shown = level === 'debug' || level === 'info' || level === 'warn' ? createLogger(level) : silentLogger;
  const hub = await startHub({
    config,
    builtIns: options.builtIns ?? bridges,
    nativePlatform: 'slipmat',
    clock: options.clock ?? systemClock,
    log: options.log ?? shown,
    webRoot: options.webRoot ?? join(import.meta.dirname, '../../dist/web'),
    version: 'test',
    passwordCost: CHEAP,
    ...(options.outside === undefined ? {} : { outside: options.outside }),
  });
  const port = Number(new URL(hub.url).port);

  async function user(name: string, role?: 'admin' | 'dj'): Promise<string> {
    const form = { name, password: `${name} has a long password`, address: '127.0.0.1' };
    const known = await hub.accounts.findByName(name);
    const signedIn =
      known === null ? await hub.accounts.signUp({ ...form, invite: null }) : await hub.accounts.signIn(form);
    if (!signedIn.ok) throw new Error(`${name}: ${signedIn.say}`);
    if (role === 'admin') await hub.accounts.setAdmin(name, true);
    if (role === 'dj') await hub.accounts.makeDj(name, null);
    return signedIn.value.token;
  }

  return {
    hub,
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}/ws`,
    port,
    dataDir,
    config,
    user,
    stop: () => hub.stop(),
    async close() {
      await hub.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
