import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ appendonly: true });
  execFileSync('redis-cli', ['-p', String(redis.port), 'config', 'set', 'requirepass', 'right-one']);
});
afterAll(() => redis.stop());

const open = (url: string) =>
  openRedis({
    url,
    clock: systemClock,
    log: silentLogger,
    maxEntries: 1_000,
    memory: { highest: () => [], seqs: () => [] },
  });

it.each([
  ['a wrong password', (port: number) => `redis://:wrong-one@127.0.0.1:${port}`],
  ['no password', (port: number) => `redis://127.0.0.1:${port}`],
])('with %s it is refused at once, with the mend and without the password', async (_, url) => {
  const error = await open(url(redis.port)).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/refuses us: check user and password in redisUrl/);
  expect(String(error)).not.toContain('wrong-one');
});

it('with the right password it opens', async () => {
  const store = await open(`redis://:right-one@127.0.0.1:${redis.port}`);
  expect((await store.log.size()).entries).toBe(0);
  await store.close();
});
