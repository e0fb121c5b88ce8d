import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, numberIn, startChild } from '../lib/child.ts';
import { cpuMsOf, watchCore } from '../lib/cores.ts';
import { startRedis } from './redis.ts';
import { mainThreadCpuMs } from './usage.ts';
import type { Protocol } from './wire.ts';

/** One server with Redis behind it, people who post, and many who listen; each in a process of its own. */
export interface Route {
  readonly server: Child;
  /** Posts at a steady rate and waits until everybody has heard everything, or until it is given up. */
  run(load: Load): Promise<Run>;
  /** Waits for what the last run left behind. */
  settle(patienceMs: number): Promise<void>;
  end(): Promise<void>;
}

export interface Load {
  readonly perSecond: number;
  readonly seconds: number;
  /** How long stragglers are waited for. */
  readonly patienceMs?: number;
}

export interface Run {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the time a post was to be sent to its acknowledgement. */
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** CPU of the server, worker threads included, over wall time. */
  readonly cores: number;
  /** CPU of its first thread alone over wall time. */
  readonly loopCores: number;
  readonly sent: number;
  readonly wallMs: number;
  readonly delivered: number;
  readonly expected: number;
  /** How far behind its own times the posting process was, at worst. */
  readonly lateMs: number;
  /** Share of the server's core that strangers took. */
  readonly othersShare: number;
}

export interface Crowd {
  readonly protocol: Protocol;
  readonly listeners: number;
  readonly posters: number;
  /** False: the embedded store. */
  readonly withRedis?: boolean;
  /** Of the server. */
  readonly nodeArgs?: readonly string[];
}

const at = (file: string): string => join(import.meta.dirname, file);
const GIVEN_UP = Number.POSITIVE_INFINITY;

/** The server has a core for itself; Redis and everybody else share the other one. */
export async function startRoute({
  protocol,
  listeners,
  posters,
  withRedis = true,
  nodeArgs = [],
}: Crowd): Promise<Route> {
  const redis = withRedis ? await startRedis('client') : null;
  const file = at(protocol === 'hub' ? 'hub.ts' : 'socket-io.ts');
  const server = await startChild({ file, core: 'server', nodeArgs });
  const ears = await startChild({ file: at('listeners.ts'), core: 'client' });
  const mouths = await startChild({ file: at('posters.ts'), core: 'client' });
  const dataDir = mkdtempSync(join(tmpdir(), 'slipmat-bench-'));
  const port = numberIn(await server.ask('start', { redisUrl: redis?.url ?? null, dataDir }), 'port');
  await ears.ask('connect', { port, protocol, count: listeners });
  await mouths.ask('connect', { port, protocol, count: posters });

  let lastSent = 0;
  async function settled(sent: number, patienceMs: number): Promise<void> {
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
      const heard = numberIn(await ears.ask('report'), 'heard');
      if (heard >= sent * listeners && numberIn(await mouths.ask('report'), 'acked') >= sent) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  return {
    server,
    settle: (patienceMs) => settled(lastSent, patienceMs),
    async run({ perSecond, seconds, patienceMs = 10_000 }) {
      await ears.ask('reset');
      await mouths.ask('reset');
      const cpu = cpuMsOf(server.pid);
      const loop = mainThreadCpuMs(server.pid);
      const began = performance.now();
      const core = watchCore([server.pid]);
      const { sent, lateMs } = await mouths.ask('post', { perSecond, seconds });
      const expected = Number(sent) * listeners;
      lastSent = Number(sent);
      await settled(lastSent, patienceMs);
      const wallMs = performance.now() - began;
      const usedMs = cpuMsOf(server.pid) - cpu;
      const loopMs = mainThreadCpuMs(server.pid) - loop;
      const heard = await ears.ask('report');
      const acks = await mouths.ask('report');
      if (Number(acks.refused) > 0) console.error(`refused: ${acks.refused}, first ${acks.firstRefusal}`);
      const count = numberIn(heard, 'heard');
      if (Number(heard.gaps) + Number(heard.lost) > 0) console.error(`gaps ${heard.gaps}, closed ${heard.lost}`);
      return {
        p50Ms: Number(heard.p50Ms ?? GIVEN_UP),
        p99Ms: Number(heard.p99Ms ?? GIVEN_UP),
        ackP50Ms: Number(acks.p50Ms ?? GIVEN_UP),
        ackP99Ms: Number(acks.p99Ms ?? GIVEN_UP),
        cores: usedMs / wallMs,
        loopCores: loopMs / wallMs,
        sent: Number(sent),
        wallMs,
        delivered: count,
        expected,
        lateMs: Number(lateMs),
        othersShare: core.othersShare() ?? 0,
      };
    },
    async end() {
      for (const child of [mouths, ears, server]) await child.end();
      await redis?.end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
