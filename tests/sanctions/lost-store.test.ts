import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { outcomeOf, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { idOf, inForce, WITHIN } from './rig.ts';

let redis: RedisServer;
let hub: TestHub;
beforeEach(async () => {
  redis = await startRedis({ appendonly: true });
  hub = await startTestHub({ redisUrl: redis.url });
});
afterEach(async () => {
  await hub.close();
  await redis.stop();
});

async function again(between: () => Promise<void>): Promise<void> {
  await hub.stop();
  await between();
  hub = await startTestHub({ redisUrl: redis.url, dataDir: hub.dataDir });
}

async function empty(): Promise<void> {
  const client = new Redis(redis.url);
  await client.flushall();
  await client.quit();
}

async function give(name: string, text: string): Promise<string> {
  const who = await participant(hub.wsUrl, await hub.user(name));
  const answer = await who.client.command('lobby', text);
  who.close();
  if (!answer.ok) throw new Error(answer.say);
  return answer.value;
}

async function post(name: string): Promise<string> {
  const who = await participant(hub.wsUrl, await hub.user(name));
  const outcome = outcomeOf(await who.client.post({ channel: 'lobby', text: 'hi' }).done);
  who.close();
  return outcome;
}

it('what is in force is in force again when Redis has lost everything; what was lifted stays lifted', async () => {
  await hub.user('root', 'admin');
  for (const name of ['ann', 'ben', 'cat']) await hub.user(name);
  await give('root', 'ban ann');
  await give('root', 'ban ben --everywhere');
  await give('root', 'ban cat');
  await give('root', 'unban cat');
  const rows = async () =>
    (await hub.hub.sql.read(hub.hub.sql.build.selectFrom('sanctions').selectAll().compile())).length;
  await expect.poll(rows, WITHIN).toBe(17);
  await again(empty);
  expect([await post('ann'), await post('ben'), await post('cat')]).toEqual(['sanctioned', 'sanctioned', 'posted']);
  expect(await give('root', 'unban ann')).toContain('again');
  expect(await give('root', 'unban ben --everywhere')).toContain('again');
  await again(async () => {});
  expect([await post('ann'), await post('ben')]).toEqual(['posted', 'posted']);
});

it('a lift that the archive has not yet is no loss: nothing comes back', async () => {
  await hub.user('root', 'admin');
  const ann = await participant(hub.wsUrl, await hub.user('ann'));
  const user = idOf(ann);
  ann.close();
  // as if the hub had stopped before the lift was archived
  const body = JSON.stringify({
    scope: 'mega',
    user,
    act: 'ban',
    until: null,
    by: null,
    reason: null,
    channel: 'lobby',
  });
  await give('root', 'ban ann');
  await give('root', 'unban ann');
  await hub.stop();
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(`${hub.dataDir}/hub.sqlite`);
  db.prepare("insert or replace into sanctions values ('mega', ?, ?)").run(user, body);
  db.prepare('delete from archive_marks').run();
  db.close();
  hub = await startTestHub({ redisUrl: redis.url, dataDir: hub.dataDir });
  expect(inForce(hub)).toEqual([]);
  expect(await post('ann')).toBe('posted');
});
