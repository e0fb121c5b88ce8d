import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NODE_FLAGS } from '../../bench/lib/node-flags.ts';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { type OpenedRedis, openRedis } from '../../core/store/redis/open.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import * as rig from './rig.ts';

const PROCESS = fileURLToPath(new URL('./hub-process.ts', import.meta.url));
const A = rig.portal('a');
const memory = { highest: () => [], seqs: () => [] };

let redis: RedisServer;
let room: FakeRoomServer;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  redis = await startRedis();
  room = await startFakeRoom();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await room.stop();
  await redis.stop();
});

async function open(): Promise<OpenedRedis> {
  const store = await openRedis({
    url: redis.url,
    clock: systemClock,
    log: silentLogger,
    maxEntries: 1_000_000,
    memory,
  });
  closing.push(() => store.close());
  return store;
}

interface HubProcess {
  readonly child: ChildProcess;
  phase(): string;
  unknown(): number;
  kill(): Promise<void>;
}
async function startProcess(): Promise<HubProcess> {
  const args = ['--conditions=source', PROCESS, redis.url, String(room.port), room.token];
  const child = spawn(process.execPath, [...NODE_FLAGS, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = { phase: 'none', unknown: 0 };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const line = chunk.trim().split('\n').at(-1);
    if (line !== undefined && line !== '') last = JSON.parse(line);
  });
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  closing.push(kill);
  const hub = { child, phase: () => last.phase, unknown: () => last.unknown, kill };
  await rig.until('the hub runs', () => hub.phase() === 'live' || hub.phase() === 'standby', 20_000);
  return hub;
}

/** Texts of ours that stand in the room, without the prefix. */
const shown = (): readonly string[] => room.ever('a').map(({ text }) => text.replace('[Slipmat] Ann: ', ''));

it('survives kill -9 of the hub that holds the lease: nothing doubled, nothing missing but what is counted in doubt', async () => {
  const store = await open();
  let holder = await startProcess();
  await rig.until('portal open', async () => (await store.deliveries.load(A.id)).at !== null, 20_000);
  const lines = Array.from({ length: 900 }, (_, n) => `line ${n}`);
  let unknown = 0;
  for (const part of [0, 1, 2]) {
    const next = part < 2 ? await startProcess() : null;
    await rig.append(store, ...lines.slice(part * 300, part * 300 + 300).map((line) => rig.message(line)));
    if (next === null) break;
    expect(next.phase()).toBe('standby');
    await rig.until('in the middle', () => shown().length > part * 300 + 20);
    unknown += holder.unknown();
    await holder.kill();
    expect(shown().length).toBeLessThan(part * 300 + 300);
    holder = next;
    await rig.until('taken over', () => holder.phase() === 'live', 15_000);
  }
  await rig.until('the last one is there', () => shown().includes('line 899'), 30_000);
  await rig.until('counted', () => shown().length + unknown + holder.unknown() >= lines.length);
  unknown += holder.unknown();
  const texts = shown();
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts).toEqual(lines.filter((line) => texts.includes(line)));
  expect(lines.length - texts.length).toBeLessThanOrEqual(unknown);
  expect(unknown).toBeLessThanOrEqual(2);
}, 90_000);

it('hands a bridge over when its hub stops: nothing doubled, nothing missing, in order', async () => {
  const stores = [await open(), await open()] as const;
  const portals = rig.changingPortals([A]);
  const first = await rig.startTestHub({ store: stores[0], room, portals });
  await rig.until('portal open', async () => (await stores[0].deliveries.load(A.id)).at !== null);
  const second = await rig.startTestHub({ store: stores[1], room, portals });
  closing.push(() => second.stop());
  expect(first.supervisor.status()[0]?.phase.kind).toBe('live');
  expect(second.supervisor.status()[0]?.phase.kind).toBe('standby');
  const lines = Array.from({ length: 300 }, (_, n) => `line ${n}`);
  for (const line of lines.slice(0, 150)) await rig.append(stores[1], rig.message(line));
  const stopped = first.stop();
  for (const line of lines.slice(150)) await rig.append(stores[1], rig.message(line));
  await stopped;
  await rig.until('all there', () => shown().length >= 300, 20_000);
  expect(shown()).toEqual(lines);
  expect(second.counts.get('unknown') ?? 0).toBe(0);
}, 40_000);
