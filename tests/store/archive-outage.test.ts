import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Seq } from '../../core/domain/ids.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { REDIS } from './archive-backends.ts';
import { openRig, privatePlace, type Rig } from './archive-rig.ts';
import { stored, until } from './suite/opened.ts';
import { post } from './suite/steps.ts';

let server: RedisServer;
let rig: Rig;
beforeEach(async () => {
  server = await startRedis({ appendfsync: 'always' });
  REDIS.use(server.url);
  rig = await openRig(REDIS);
});
afterEach(async () => {
  await rig.close();
  await server.stop();
});

it('goes on by itself after Redis was away, and says so meanwhile', async () => {
  const at = privatePlace('outage');
  const seqs: (Seq | null)[] = [];
  const say = async () => seqs.push((await stored(rig.store, post(at, 'x'))).seq);
  for (let n = 0; n < 20; n += 1) await say();
  const archiver = rig.archiver();
  await until('they are archived', () => archiver.state()?.archived === 20);
  for (let n = 0; n < 5; n += 1) await say();
  await server.kill();
  await until('the state tells', () => (archiver.state()?.error ?? null) !== null);
  expect(archiver.state()?.isCaughtUp).toBe(false);
  await server.start();
  await say();
  await until('it goes on', () => archiver.state()?.isCaughtUp === true && archiver.state()?.error === null);
  expect(await archiver.drain(AbortSignal.timeout(10_000))).toBe(true);
  expect((await rig.archive.since(at.channel, 0 as Seq, null, 100)).map(({ seq }) => seq)).toEqual(seqs);
});

it('stops in time while Redis is away', async () => {
  await stored(rig.store, post(privatePlace('outage'), 'x'));
  const archiver = rig.archiver();
  await until('it is archived', () => archiver.state()?.archived === 1);
  await server.kill();
  const before = performance.now();
  await archiver.stop();
  expect(performance.now() - before).toBeLessThan(20_000);
});
