import { afterEach, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { PATIENT } from '../fakes/socket-peer.ts';
import { until } from '../fakes/until.ts';
import { type Listener, listen, live, wholeHistory } from './crowd.ts';

const LISTENERS = 50;

let redis: RedisServer | null = null;
let hub: TestHub | null = null;
let listeners: Listener[] = [];
afterEach(async () => {
  for (const { client } of listeners) client.close();
  listeners = [];
  await hub?.close();
  hub = null;
  await redis?.stop();
  redis = null;
});

async function post(writer: Listener, count: number, about: string): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 20) {
    const posts = Array.from(
      { length: 20 },
      (_, at) => writer.client.post({ channel: 'lobby', text: `${about} ${n + at}` }).done,
    );
    for (const written of await Promise.all(posts)) ids.push(written.ok ? String(written.value.message) : written.say);
  }
  return ids;
}

it(`leaves ${LISTENERS} clients with the log of the hub when Redis comes back with an older state`, async () => {
  redis = await startRedis({ appendfsync: 'always' });
  hub = await startTestHub({ redisUrl: redis.url, config: PATIENT });
  const { wsUrl } = hub;
  listeners = Array.from({ length: LISTENERS }, () => listen(wsUrl, 'lobby'));
  const writer = listen(wsUrl, 'lobby', await hub.user('Ann'));
  listeners.push(writer);
  await until('all have joined', () => listeners.every((listener) => listener.resets() === 1));

  const old = await post(writer, 300, 'before the copy');
  const copy = await redis.saveCopy();
  await post(writer, 300, 'after the copy');
  const last = await post(writer, 20, 'last before');
  await until('all have heard it', () => listeners.every(({ heard }) => heard.at(-1) === last.at(-1)));

  await redis.restartFrom(copy);
  const late = await post(writer, 200, 'after the restart');
  const isThere = (one: Listener): boolean => one.resets() >= 2 && one.heard.at(-1) === late.at(-1);
  await until('all have begun anew', () => listeners.every(isThere));

  await live(writer.client);
  const history = await wholeHistory(writer.client, 'lobby');
  expect(history.slice(0, old.length)).toEqual(old);
  expect(history.slice(-late.length)).toEqual(late);
  expect(new Set(history).size).toBe(history.length);
  for (const { heard, seqs } of listeners) {
    expect(heard.length).toBeGreaterThanOrEqual(100);
    expect(heard).toEqual(history.slice(-heard.length));
    expect(seqs.every((seq, at) => at === 0 || seq > (seqs[at - 1] ?? 0))).toBe(true);
  }
});
