import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '../../core/domain/ids.ts';
import { type Stored, StoreUnavailable } from '../../core/store/ports.ts';
import { logKey } from '../../core/store/redis/keys.ts';
import type { OpenedRedis } from '../../core/store/redis/open.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { startProxy, type TcpProxy } from '../fakes/tcp-proxy.ts';
import { idsOf, messagesOf, numbers, openHub } from './redis-rig.ts';
import { collect, stored, until, wholeShard } from './suite/opened.ts';
import { newPlace, type Place, type Post, post, seq } from './suite/steps.ts';

/** What happens to steps and readers when connections break. */
describe('redis, broken lines', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let admin: Redis;
  let hub: OpenedRedis;
  beforeEach(async () => {
    server = await startRedis({ appendfsync: 'no' });
    proxy = await startProxy(server.port);
    admin = new Redis(server.url);
    admin.on('error', () => undefined);
    hub = await openHub(`redis://127.0.0.1:${proxy.port}`);
  });
  const length = (at: Place): Promise<number> => admin.xlen(logKey(hub.log.shardOf(at.scope)));
  afterEach(async () => {
    await hub.close();
    admin.disconnect();
    await proxy.stop();
    await server.stop();
  });

  it('two hubs: each reads what both store in the same order, and each sender in the order of its calls', async () => {
    const other = await openHub(server.url);
    const at = newPlace();
    const [one, two] = [collect(hub), collect(other)];
    const mine = numbers(1_500).map((i) => post(at, `mine ${i}`));
    const theirs = numbers(1_500).map((i) => post(at, `theirs ${i}`));
    await Promise.all([...mine.map((step) => hub.log.append(step)), ...theirs.map((step) => other.log.append(step))]);
    await until('both read all', () => one.entries.length === 3_000 && two.entries.length === 3_000);
    await Promise.all([one.stop(), two.stop()]);
    await other.close();
    expect(one.entries).toEqual(two.entries);
    const ids = messagesOf(one.entries);
    const own = new Set<string | null>(idsOf(mine));
    expect(ids.filter((id) => own.has(id))).toEqual(idsOf(mine));
    expect(ids.filter((id) => !own.has(id))).toEqual(idsOf(theirs));
    expect(ids.findIndex((id) => !own.has(id))).toBeLessThan(1_500);
  });

  it('applies each step once and in order of the calls when answers are lost and the line is cut, again and again', async () => {
    const at = newPlace();
    const steps: Post[] = [];
    const answers: Promise<unknown>[] = [];
    let unanswered = 0;
    for (const round of numbers(10)) {
      const isMuted = round % 2 === 0;
      if (isMuted) await Promise.all(answers);
      for (const i of numbers(400)) {
        const step = post(at, `${round}-${i}`, { author: `u-${i % 7}` as UserId });
        steps.push(step);
        answers.push(hub.log.append(step).then(({ kind }) => kind));
      }
      if (isMuted) {
        proxy.muteAnswers();
        // A pipeline that was out already holds this round back: then there is nothing unanswered to repeat.
        const isStored = async (): Promise<boolean> => (await length(at)) > round * 400;
        unanswered += await until('some are stored, unanswered', isStored, 500).then(
          () => 1,
          () => 0,
        );
      } else await new Promise((resolve) => setImmediate(resolve));
      proxy.cut();
    }
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['stored']));
    expect(unanswered).toBeGreaterThan(1);
    const entries = await wholeShard(hub, hub.log.shardOf(at.scope));
    expect(messagesOf(entries)).toEqual(idsOf(steps));
  });

  it('sends what waited during an outage before anything newer', async () => {
    const at = newPlace();
    const first = post(at, 'first');
    await stored(hub, first);
    await server.kill();
    const waiting = numbers(200).map((i) => post(at, `waiting ${i}`));
    const answers: Promise<Stored>[] = waiting.map((step) => hub.log.append(step));
    await server.start();
    const last = post(at, 'last');
    answers.push(hub.log.append(last));
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['stored']));
    const ids = messagesOf(await wholeShard(hub, hub.log.shardOf(at.scope)));
    expect(ids).toEqual([first.id, ...idsOf(waiting), last.id]);
  });

  it('follows the log without gap or double over cut lines', async () => {
    const at = newPlace();
    const seen = collect(hub);
    const steps: Post[] = [];
    for (const round of numbers(5)) {
      const batch = numbers(100).map((i) => post(at, `${round}-${i}`));
      steps.push(...batch);
      await Promise.all(batch.map((step) => hub.log.append(step)));
      await until('some of them are read', () => seen.entries.length > round * 100);
      if (round % 2 === 0) proxy.cut();
      else await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }
    await until('all are read', () => seen.entries.length >= 500);
    await seen.stop();
    expect(messagesOf(seen.entries)).toEqual(idsOf(steps));
  });

  it('says when the store goes away and when it is there again', async () => {
    const health: boolean[] = [];
    hub.live.onHealth((isUp) => health.push(isUp));
    await server.kill();
    await until('down is told', () => health.includes(false));
    await server.start();
    await until('up is told', () => health.at(-1) === true);
    expect(health).toEqual([false, true]);
  });

  it('rejects reads while there is no Redis, and steps only when it is closed', async () => {
    const at = newPlace();
    await server.kill();
    await expect(hub.log.page(at.scope, at.channel, null, 10)).rejects.toThrow(StoreUnavailable);
    let answer: unknown = null;
    const waiting = hub.log.append(post(at, 'waits')).catch((error: unknown) => {
      answer = error;
    });
    await expect(hub.log.since(at.scope, at.channel, seq(0), 10)).rejects.toThrow(StoreUnavailable);
    expect(answer).toBeNull();
    await hub.close();
    await waiting;
    expect(answer).toBeInstanceOf(StoreUnavailable);
    await expect(hub.log.append(post(at, 'too late'))).rejects.toThrow(StoreUnavailable);
  });

  it('goes on in order when Redis forgets the functions', async () => {
    const at = newPlace();
    const steps = numbers(2_000).map((i) => post(at, `${i}`));
    const answers: Promise<{ readonly kind: string }>[] = [];
    for (const [i, step] of steps.entries()) {
      answers.push(hub.log.append(step));
      if (i % 400 === 200) await admin.function('FLUSH');
    }
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['stored']));
    expect(messagesOf(await wholeShard(hub, hub.log.shardOf(at.scope)))).toEqual(idsOf(steps));
    await admin.function('FLUSH');
    expect((await hub.log.page(at.scope, at.channel, null, 5)).messages).toHaveLength(5);
  });

  it('keeps the order when Redis refuses writes now and then in the middle of a burst', async () => {
    const at = newPlace();
    const steps = numbers(4_000).map((i) => post(at, `${i}`));
    let waiting = steps.length;
    const answers = steps.map(async (step) => {
      const answer = await hub.log.append(step);
      waiting -= 1;
      return answer;
    });
    for (let toggles = 0; waiting > 0; toggles += 1) {
      await admin.config('SET', 'min-replicas-to-write', toggles < 40 ? toggles % 2 : 0);
    }
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['stored']));
    expect(messagesOf(await wholeShard(hub, hub.log.shardOf(at.scope)))).toEqual(idsOf(steps));
  });

  it('writes the key last: a step whose entry could not be written is stored when it comes again', async () => {
    const at = newPlace();
    const step = post(at, 'not lost');
    const key = logKey(hub.log.shardOf(at.scope));
    await admin.set(key, 'in the way');
    await expect(hub.log.append(step)).rejects.toThrow(/WRONGTYPE/);
    await admin.del(key);
    expect(await hub.log.append(step)).toMatchObject({ kind: 'stored', message: step.id });
  });
});
