import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import type { EpochMs, HubId, PortalId, Position } from '../../core/domain/ids.ts';
import { START, type Stored } from '../../core/store/ports.ts';
import { logKey } from '../../core/store/redis/keys.ts';
import type { OpenedRedis } from '../../core/store/redis/open.ts';
import { openRedisSource } from '../../core/store/redis/source.ts';
import { freePort } from '../fakes/ports.ts';
import { type RedisServer, type RedisServerOptions, startRedis } from '../fakes/redis-server.ts';
import { startProxy } from '../fakes/tcp-proxy.ts';
import { hastyClock, idsOf, messagesOf, NOTHING_SEEN, numbers, openHub } from './redis-rig.ts';
import { collect, stored, trimAll, until, wholeShard } from './suite/opened.ts';
import { ANN, BEN, newPlace, post, react, redact, sanction, seq } from './suite/steps.ts';

/** What Redis itself may do to the log: run full, come back with less, be the wrong one. */
describe('redis, its memory', () => {
  const closing: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  async function redis(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = await startRedis(options);
    closing.push(() => server.stop());
    return server;
  }
  async function hubOn(server: RedisServer, options: Parameters<typeof openHub>[1] = {}): Promise<OpenedRedis> {
    const hub = await openHub(server.url, options);
    closing.push(() => hub.close());
    return hub;
  }
  function adminOf(server: RedisServer): Redis {
    const admin = new Redis(server.url);
    admin.on('error', () => undefined);
    closing.push(() => admin.disconnect());
    return admin;
  }

  it('when it is full, refuses posts clearly, still trims, lifts and settles, and then takes posts again', async () => {
    const server = await redis();
    const hub = await hubOn(server);
    const admin = adminOf(server);
    const at = newPlace();
    const shard = hub.log.shardOf(at.scope);
    await stored(hub, sanction(at, BEN, 'ban', null));
    const acked = numbers(300).map((i) => post(at, `${i} ${'x'.repeat(20_000)}`));
    for (const step of acked) await stored(hub, step);
    const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
    await admin.config('SET', 'maxmemory', used - 2_000_000);

    const refused = post(at, 'no room');
    expect(await hub.log.append(refused)).toEqual({ kind: 'full' });
    expect(await hub.log.append(sanction(at, BEN, 'lift', null))).toMatchObject({ kind: 'stored' });
    expect(await hub.deliveries.advance('p' as PortalId, 1, null, { what: 'entry', seq: seq(1) })).toBe('go');
    expect(await hub.leases.take('bridge:x', 'h' as HubId, 1_000)).not.toBeNull();
    const entries = await wholeShard(hub, shard);
    expect(messagesOf(entries)).toEqual(idsOf(acked));

    const middle = entries[Math.floor(entries.length / 2)];
    expect(await trimAll(hub, shard, middle?.position ?? START)).toBe(Math.floor(entries.length / 2) + 1);
    expect(await hub.log.append(refused)).toMatchObject({ kind: 'stored' });
  });

  it('restarted with all its data: the same epoch, nothing lost, keys known', async () => {
    const server = await redis({ appendfsync: 'always' });
    const hub = await hubOn(server);
    const epochs: string[] = [];
    hub.live.onEpoch((epoch) => epochs.push(epoch));
    const at = newPlace();
    const steps = numbers(300).map((i) => post(at, `${i}`));
    const answers = await Promise.all(steps.map((step) => hub.log.append(step)));
    const seen = collect(hub);
    await until('all are read', () => seen.entries.length === 300);
    await server.kill();
    await server.start();
    expect(await hub.log.append(steps[7] ?? post(at, ''))).toEqual({ ...answers[7], kind: 'duplicate' });
    const next = post(at, 'next');
    await stored(hub, next);
    await until('the next is read', () => seen.entries.length > 300);
    await seen.stop();
    expect(messagesOf(seen.entries)).toEqual([...idsOf(steps), next.id]);
    expect(epochs).toEqual([]);
  });

  it('restored to older data: one new epoch on all hubs, seqs and positions go on above, readers miss nothing new', async () => {
    const server = await redis({ appendfsync: 'always' });
    const [one, two] = [await hubOn(server), await hubOn(server)];
    const at = newPlace();
    const told: { readonly one: string[]; readonly two: string[] } = { one: [], two: [] };
    one.live.onEpoch((epoch) => told.one.push(epoch));
    two.live.onEpoch((epoch) => told.two.push(epoch));
    const before = await one.live.epoch();

    const kept = numbers(50).map((i) => post(at, `kept ${i}`));
    for (const step of kept) await stored(one, step);
    const rev = (await one.live.snapshot(one.log.shardOf(at.scope))).rev;
    const copy = await server.saveCopy();
    const gone = numbers(50).map((i) => post(at, `gone ${i}`));
    let lastGone: Stored = { kind: 'unchanged' };
    for (const step of gone) lastGone = await stored(one, step);
    const [readByOne, readByTwo] = [collect(one), collect(two)];
    await until('both hubs read all', () => readByOne.entries.length === 100 && readByTwo.entries.length === 100);

    await server.restartFrom(copy);
    const after = numbers(50).map((i) => post(at, `after ${i}`));
    const answers = await Promise.all(after.map((step, i) => stored(i % 2 === 0 ? one : two, step)));
    await until('both are told', () => told.one.length > 0 && told.two.length > 0);
    await until('both read on', () => readByOne.entries.length === 150 && readByTwo.entries.length === 150);
    await Promise.all([readByOne.stop(), readByTwo.stop()]);

    expect(told.one).toEqual(told.two);
    expect(told.one).toHaveLength(1);
    expect(told.one[0]).not.toBe(before);
    expect(await one.live.epoch()).toBe(await two.live.epoch());
    if (lastGone.kind !== 'stored') throw new Error('not stored');
    const highest = lastGone;
    expect(answers.every((answer) => (answer.seq ?? 0) > (highest.seq ?? 0))).toBe(true);
    expect(answers.every((answer) => one.log.isBefore(highest.position, answer.position))).toBe(true);
    const inLog = messagesOf(await wholeShard(one, one.log.shardOf(at.scope)));
    expect([...inLog].slice(0, 50)).toEqual(idsOf(kept));
    expect([...inLog].slice(50).sort()).toEqual([...idsOf(after)].sort());
    expect(messagesOf(readByOne.entries).slice(100)).toEqual(inLog.slice(50));
    expect(messagesOf(readByTwo.entries).slice(100)).toEqual(inLog.slice(50));
    const late = await one.log.append(post(at, 'judged by lost rights', { ifRev: rev }));
    expect(late).toMatchObject({ kind: 'stale' });
  });

  it('a reader that was further than the restored log reads what another hub stored below its place', async () => {
    const server = await redis({ appendfsync: 'always' });
    const proxy = await startProxy(server.port);
    closing.push(() => proxy.stop());
    const one = await hubOn(server);
    const two = await openHub(`redis://127.0.0.1:${proxy.port}`, { clock: hastyClock });
    closing.push(() => two.close());
    const at = newPlace();
    const shard = one.log.shardOf(at.scope);
    const kept = post(at, 'kept');
    await stored(one, kept);
    const copy = await server.saveCopy();

    const admin = adminOf(server);
    const [[, fields = []] = []] = await admin.xrange(logKey(shard), '-', '+');
    const seen = collect(two);
    await until('the first is read', () => seen.entries.length === 1);
    await one.close();
    await admin.xadd(logKey(shard), `${Date.now() + 3_600_000}-0`, ...fields);
    await until('an entry by a clock that is ahead is read', () => seen.entries.length === 2);
    proxy.breakDown();

    await server.restartFrom(copy);
    const again = await hubOn(server);
    const below = post(at, 'below');
    await stored(again, below);
    proxy.mend();
    await until('the second hub is back', () =>
      two.log.size().then(
        () => true,
        () => false,
      ),
    );
    const above = post(at, 'above');
    await stored(again, above);
    await until('it reads on', () => seen.entries.length === 4);
    await seen.stop();
    expect(messagesOf(seen.entries)).toEqual([kept.id, kept.id, below.id, above.id]);
    const epoch = await two.live.epoch();
    await until('the other hub learns of the epoch', async () => (await again.live.epoch()) === epoch);
  });

  it('a hub that had seen only what is still there learns of the new epoch too', async () => {
    const server = await redis({ appendfsync: 'always' });
    const one = await hubOn(server);
    const two = await hubOn(server, { clock: hastyClock });
    const at = newPlace();
    await stored(two, post(at, 'kept'));
    const copy = await server.saveCopy();
    await stored(one, post(at, 'gone'));
    const told: string[] = [];
    two.live.onEpoch((epoch) => told.push(epoch));
    await server.restartFrom(copy);
    await until('it is told', () => told.length > 0);
    expect(told).toEqual([await one.live.epoch()]);
  });

  it('emptied while no hub ran: what the archive remembers raises seqs, positions and the epoch', async () => {
    const server = await redis();
    const at = newPlace();
    const highest = `${Date.now() + 3_600_000}-5` as Position;
    const shards = (await hubOn(server)).log;
    const shard = shards.shardOf(at.scope);
    const memory = {
      highest: () => numbers(shards.shards).map((i) => (i === shard ? highest : START)),
      seqs: () => [{ ...at, seq: seq(4_000) }],
    };
    const first = await openHub(server.url);
    const before = await first.live.epoch();
    await first.close();
    await server.kill();
    await server.start();
    const hub = await hubOn(server, { memory });
    expect(await hub.live.epoch()).not.toBe(before);
    const answer = await stored(hub, post(at, 'next'));
    expect(answer.seq).toBeGreaterThan(4_000);
    expect(hub.log.isBefore(highest, answer.position)).toBe(true);
  });

  it('passes over remembered places of another kind of store', async () => {
    const server = await redis();
    const memory = { ...NOTHING_SEEN, highest: () => ['1234' as Position] };
    const hub = await hubOn(server, { memory });
    expect(await hub.log.heads()).toEqual(numbers(16).map(() => START));
  });

  it('tells readers that were away while entries they had not read were trimmed', async () => {
    const server = await redis({ appendfsync: 'always' });
    const proxy = await startProxy(server.port);
    closing.push(() => proxy.stop());
    const away = await openHub(`redis://127.0.0.1:${proxy.port}`, { clock: hastyClock });
    closing.push(() => away.close());
    const other = await hubOn(server);
    const at = newPlace();
    const shard = away.log.shardOf(at.scope);
    const seen = collect(away);
    await stored(other, post(at, 'read'));
    await until('it is read', () => seen.entries.length === 1);
    const told: string[] = [];
    away.live.onEpoch((epoch) => told.push(epoch));

    proxy.breakDown();
    const missed = await stored(other, post(at, 'missed'));
    await trimAll(other, shard, missed.position);
    const after = post(at, 'after');
    await stored(other, after);
    proxy.mend();
    await until('the reader is back', () => seen.entries.length === 2);
    await seen.stop();
    expect(seen.entries[1]?.message).toBe(after.id);
    expect(told).toEqual([await other.live.epoch()]);
  });

  it('refuses to start on a Redis that throws entries away', async () => {
    const server = await redis({ maxmemoryPolicy: 'allkeys-lru' });
    await expect(openHub(server.url)).rejects.toThrow(/allkeys-lru.*config set maxmemory-policy noeviction/s);
  });

  it('refuses to start on a node of a cluster', async () => {
    const server = await redis({ clusterPort: await freePort() });
    await expect(openHub(server.url)).rejects.toThrow(/node of a cluster.*Redis of its own/s);
  });

  it('refuses to start where the number of shards is another', async () => {
    const server = await redis();
    await adminOf(server).hset('slipmat:{s0}:facts', 'shards', '8');
    await expect(openHub(server.url)).rejects.toThrow(/has 8 shards/);
  });

  it('refuses the Redis of another archive, with the mend', async () => {
    const server = await redis();
    const hub = await hubOn(server);
    await hub.claimArchive('archive-a');
    await hub.claimArchive('archive-a');
    const other = await hubOn(server);
    await expect(other.claimArchive('archive-b')).rejects.toThrow(/archive-a.*archive-b.*REDIS_URL/s);
  });

  it('says that there is no Redis, without the password', async () => {
    const server = await redis();
    await server.kill();
    const url = server.url.replace('127', 'user:hush-hush@127');
    const failure = openHub(url, { clock: hastyClock });
    await expect(failure).rejects.toThrow(/cannot be reached/);
    await expect(failure).rejects.not.toThrow(/hush-hush/);
  });

  it('warns of settings by which what was acknowledged may be lost', async () => {
    const [none, second, always] = [
      await redis({ appendonly: false }),
      await redis({ appendfsync: 'everysec' }),
      await redis({ appendfsync: 'always' }),
    ];
    expect((await hubOn(none)).warnings().join()).toMatch(/appendonly no/);
    expect((await hubOn(second)).warnings().join()).toMatch(/everysec/);
    expect((await hubOn(always)).warnings()).toEqual([]);
  });

  it('serves the archiver by a connection of its own', async () => {
    const server = await redis();
    const hub = await hubOn(server, { maxEntries: 77 });
    const at = newPlace();
    const shard = hub.log.shardOf(at.scope);
    const steps = numbers(30).map((i) => post(at, `${i}`));
    for (const step of steps) await stored(hub, step);
    const source = openRedisSource(server.url);
    closing.push(() => source.close());
    const entries = await source.range(shard, START, 100);
    expect(entries).toEqual(await wholeShard(hub, shard));
    expect(await source.size(shard)).toEqual({ entries: 30, cap: 77 });
    expect(await source.trim(shard, entries[9]?.position ?? START)).toBe(10);
    await server.kill();
    await server.start();
    await adminOf(server).function('FLUSH');
    expect(await source.trim(shard, await source.positionAt(shard, (Date.now() + 1_000) as EpochMs))).toBe(20);
    expect(await source.trim(shard, entries[29]?.position ?? START)).toBe(0);
  });

  it('keeps all keys of one call in one slot of a cluster', async () => {
    const server = await redis();
    const hub = await hubOn(server);
    const calls: string[][] = [];
    const admin = adminOf(server);
    // a monitor that begins in the middle of a start loses its place
    await expect.poll(() => admin.pubsub('CHANNELS')).not.toEqual([]);
    const monitor = await admin.monitor();
    closing.push(() => monitor.disconnect());
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      // what is published has no key: a cluster hands it to all of its servers
      if (/^(?:p?un)?p?subscribe$|^publish$/i.test(args[0] ?? '')) return;
      const isInside = source === 'lua';
      if (!isInside) calls.push([]);
      calls.at(-1)?.push(...args.filter((arg) => arg.startsWith('slipmat:')));
    });
    const at = newPlace();
    const step = post(at, 'x');
    const { position } = await stored(hub, step);
    await stored(hub, react(at, step.id, '🔥', true));
    await stored(hub, redact(at, step.id));
    await stored(hub, sanction(at, ANN, 'ban', null));
    const portal = 'p' as PortalId;
    const refs = [{ room: 'r' as never, id: '1' }];
    const letter = {
      seq: seq(1),
      message: step.id,
      entry: 'message',
      kind: 'dead',
      say: null,
      at: 1 as never,
    } as const;
    const fates = [{ message: step.id, kind: 'sent', refs, say: null }] as const;
    await hub.deliveries.open(portal, position, seq(1));
    await hub.deliveries.advance(portal, 1, null, { what: 'entry', seq: seq(1) });
    await hub.deliveries.advance(portal, 1, { at: position, seq: seq(1), owed: null, fates, letters: [letter] }, null);
    await hub.deliveries.forget(portal, { room: 'r' as never, id: '1' });
    await hub.deliveries.close(portal);
    await hub.leases.take('bridge:x', 'h' as HubId, 1_000);
    await hub.presence.beat('h' as HubId, new Map([[at.channel, []]]), 1_000);
    await hub.presence.connected(at.channel);
    await hub.log.page(at.scope, at.channel, null, 10);
    await hub.log.since(at.scope, at.channel, seq(0), 10);
    await hub.log.trim(hub.log.shardOf(at.scope), position);
    await until('the monitor saw it all', () => calls.some((keys) => keys.some((key) => key.endsWith('trimmed'))));
    const tags = calls.map((keys) => new Set(keys.map((key) => /^slipmat:\{s\d+\}:/.exec(key)?.[0] ?? key)));
    expect(tags.filter((each) => each.size > 1)).toEqual([]);
    expect(tags.filter((each) => each.size === 1).length).toBeGreaterThan(10);
    for (const key of calls.flat()) expect(key).toMatch(/^slipmat:\{s\d+\}:/);
  });
});
