import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { archived } from '../fakes/archived.ts';
import { startTestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer } from '../fakes/socket-peer.ts';
import { type ApiStage, apiStage, caller } from './rig.ts';

let hub: ApiStage;
let ann: string;
let dj: string;
let boss: string;
/** By how much the hub's time is put forward. */
let aheadMs = 0;

beforeAll(async () => {
  hub = await apiStage({ clock: { ...systemClock, now: () => (systemClock.now() + aheadMs) as EpochMs } });
  boss = await hub.user('boss', 'admin');
  dj = await hub.user('kool', 'dj');
  ann = await hub.user('ann');
});
afterAll(() => hub.close());

const ALL = ['read', 'history', 'post', 'moderate', 'roles:manage', 'settings:manage', 'events:manage'];

describe('a token for programs', () => {
  it('is shown once, begins so that scanners know it, and is stored hashed', async () => {
    const made = await hub.as(ann)('POST', '/tokens', { name: 'my bot', scopes: ['read'] });
    expect(made.body.secret).toMatch(/^slip_[0-9a-f-]{36}_[A-Za-z0-9_-]{43}$/);
    const listed = await hub.as(ann)('GET', '/tokens');
    expect(listed.body.tokens).toMatchObject([{ name: 'my bot', scopes: ['read'], channel: null, lastUsedAt: null }]);
    expect(JSON.stringify(listed.body)).not.toContain(made.body.secret.slice(-43));
    const rows = await hub.hub.sql.read(hub.hub.sql.build.selectFrom('api_tokens').selectAll().compile());
    expect(JSON.stringify(rows)).not.toContain(made.body.secret.slice(-43));
    await hub.as(ann)('DELETE', `/tokens/${made.body.token.id}`);
  });

  it('is refused from the moment it is revoked, also on a socket that is open', async () => {
    const made = await hub.as(ann)('POST', '/tokens', { name: 'short', scopes: ['read', 'post'] });
    const { secret, token } = made.body;
    const peer = await connectPeer(hub.wsUrl, { token: secret });
    expect((await hub.as(secret)('GET', '/channels')).status).toBe(200);
    expect((await hub.as(ann)('DELETE', `/tokens/${token.id}`)).status).toBe(200);
    expect(await hub.as(secret)('GET', '/channels')).toMatchObject({ status: 401, body: { code: 'sign-in' } });
    expect(await hub.as(secret)('POST', '/channels/lobby/messages', { text: 'still here' })).toMatchObject({
      status: 401,
    });
    expect(await peer.closed).toBe(4403);
    expect((await hub.as(ann)('DELETE', `/tokens/${token.id}`)).status).toBe(404);
  });

  it('ends by itself', async () => {
    const soon = Date.now() + 60_000;
    const token = await hub.token(ann, { scopes: ['read'], expiresAt: soon });
    expect((await hub.as(token)('GET', '/me')).body.token.expiresAt).toBe(soon);
    aheadMs = 60_000;
    await expect.poll(async () => (await hub.as(token)('GET', '/me')).status).toBe(401);
    expect(await hub.as(ann)('POST', '/tokens', { name: 'late', scopes: ['read'], expiresAt: 1_000 })).toMatchObject({
      status: 400,
    });
  });

  it('makes no other token and shows none, whatever its scopes', async () => {
    const token = await hub.token(boss, {
      scopes: [...ALL, 'account', 'private', 'portals:manage', 'webhooks:manage'],
    });
    for (const [method, path, body] of [
      ['GET', '/tokens', undefined],
      ['POST', '/tokens', { name: 'child', scopes: ['read'] }],
      ['DELETE', '/tokens/01a20463-8f31-7720-843e-d938c1c63273', undefined],
    ] as const) {
      expect(await hub.as(token)(method, path, body)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
  });

  it('is made for others by admins alone, who see and end it; it is written down', async () => {
    const { user } = (await hub.as(ann)('GET', '/me')).body;
    const wish = { name: 'for ann', scopes: ['read', 'post'], user };
    expect((await hub.as(dj)('POST', '/tokens', wish)).status).toBe(403);
    const made = await hub.as(boss)('POST', '/tokens', wish);
    expect((await hub.as(made.body.secret)('GET', '/me')).body).toMatchObject({ name: 'ann', isAdmin: false });
    expect((await hub.as(dj)('GET', `/tokens?user=${user}`)).status).toBe(403);
    expect((await hub.as(boss)('GET', `/tokens?user=${user}`)).body.tokens).toContainEqual(
      expect.objectContaining({ name: 'for ann' }),
    );
    expect((await hub.as(dj)('DELETE', `/tokens/${made.body.token.id}`)).status).toBe(404);
    await expect
      .poll(async () => (await hub.as(boss)('GET', '/audit')).body.acts)
      .toContainEqual(expect.objectContaining({ act: 'token', reason: 'for ann: read, post' }));
    expect((await hub.as(boss)('DELETE', `/tokens/${made.body.token.id}`)).status).toBe(200);
  });

  it('carries no more than the rights of its holder', async () => {
    const token = await hub.token(ann, { scopes: ALL });
    expect((await hub.as(token)('PUT', '/channels/lobby/slow', { seconds: 5 })).body.code).toBe('forbidden');
    expect((await hub.as(token)('PATCH', '/channels/lobby/settings', { change: { blur: 'off' } })).status).toBe(403);
    expect((await hub.as(token)('GET', '/queue')).status).toBe(403);
  });

  it('is one of fifty at most', async () => {
    const cy = await hub.user('cy');
    for (let n = 0; n < 50; n += 1) await hub.token(cy, { scopes: ['read'] });
    expect(await hub.as(cy)('POST', '/tokens', { name: 'more', scopes: ['read'] })).toMatchObject({ status: 400 });
  });
});

describe('a token for one channel', () => {
  let other: string;
  let token: string;
  let hidden: string;
  beforeAll(async () => {
    other = await hub.user('nova', 'dj');
    const listed = (await hub.as(other)('GET', '/channels')).body.channels;
    hidden = listed.find((one: { kind: string; name: string }) => one.kind === 'dj' && one.name === 'nova').id;
    await hub.as(other)('POST', `/channels/${hidden}/messages`, { text: 'needle over there' });
    await hub.as(dj)('POST', '/channels/lobby/messages', { text: 'needle in the lobby' });
    token = await hub.token(boss, { scopes: ALL, channel: 'lobby' });
  });

  it('sees no trace of others, as if they were not there', async () => {
    const as = hub.as(token);
    expect((await as('GET', '/channels')).body.channels.map(({ id }: { id: string }) => id)).toEqual(['lobby']);
    const nowhere = await as('GET', '/channels/no-such-channel');
    for (const path of ['', '/messages', '/people', '/settings', '/moderators', '/events']) {
      const there = await as('GET', `/channels/${hidden}${path}`);
      expect([path, there.status, there.body]).toEqual([path, 404, nowhere.body]);
    }
    expect((await as('POST', `/channels/${hidden}/messages`, { text: 'hello' })).status).toBe(404);
    expect((await as('PUT', `/channels/${hidden}/slow`, { seconds: 5 })).status).toBe(404);
    expect((await as('POST', `/channels/${hidden}/commands`, { text: 'help' })).status).toBe(404);
    for (const list of ['/queue', '/reports', '/audit', '/live-events']) {
      expect([list, (await as('GET', `${list}?channel=${hidden}`)).status]).toEqual([list, 404]);
      expect([list, (await as('GET', list)).status]).toEqual([list, 200]);
    }
  });

  it('finds what was said in its channel alone', async () => {
    const find = async (as: string) => (await hub.as(as)('GET', '/search?text=needle')).body.messages;
    await archived(hub);
    expect(await find(boss)).toHaveLength(2);
    expect((await find(token)).map(({ channel }: { channel: string }) => channel)).toEqual(['lobby']);
    expect((await hub.as(token)('GET', `/search?text=needle&channel=${hidden}`)).status).toBe(404);
  });

  it('does not touch the live events of others', async () => {
    const startsAt = Date.now() + 3_600_000;
    const planned = await hub.as(other)('POST', `/channels/${hidden}/live-events`, { title: 'Night', startsAt });
    expect(planned.status).toBe(201);
    const { id } = planned.body.event;
    expect((await hub.as(token)('PATCH', `/live-events/${id}`, { title: 'Mine' })).status).toBe(404);
    expect((await hub.as(token)('POST', `/live-events/${id}/turns`, { turn: 'cancel' })).status).toBe(404);
    expect((await hub.as(boss)('POST', `/live-events/${id}/turns`, { turn: 'cancel' })).status).toBe(200);
  });

  it('sees no other channel on the socket either', async () => {
    const peer = await connectPeer(hub.wsUrl, { token });
    const listed = await peer.ask({ type: 'channels' });
    expect(listed).toMatchObject({ type: 'channels', channels: [{ id: 'lobby' }] });
    expect(await peer.ask({ type: 'join', channel: hidden, after: null })).toMatchObject({ code: 'not-found' });
    const before = peer.frames.length;
    await hub.user('milo', 'dj');
    await expect.poll(async () => (await hub.as(boss)('GET', '/channels')).body.channels.length).toBeGreaterThan(3);
    await peer.ask({ type: 'ping' });
    expect(JSON.stringify(peer.frames.slice(before))).not.toContain('milo');
    await peer.close();
  });

  it('cannot carry what reaches beyond it', async () => {
    const wish = { name: 'wide', scopes: ['account'], channel: 'lobby' };
    expect((await hub.as(ann)('POST', '/tokens', wish)).status).toBe(400);
    expect((await hub.as(ann)('POST', '/tokens', { ...wish, scopes: ['read'], channel: 'no-such' })).status).toBe(404);
  });
});

describe('on the native socket', () => {
  it('V1: a bot reads and posts with a token that may do no more, and is told nothing of its holder', async () => {
    const token = await hub.token(ann, { scopes: ['read', 'post'] });
    const peer = await connectPeer(hub.wsUrl, { token });
    expect(await peer.ask({ type: 'join', channel: 'lobby', after: null })).toMatchObject({
      type: 'joined',
      messages: [],
    });
    const posted = await peer.ask({ type: 'post', channel: 'lobby', key: 'bot-key-1', text: 'I am a bot of ann' });
    expect(posted).toMatchObject({ type: 'ack', outcome: 'posted' });
    await peer.next('message', ({ message }) => message.author.name === 'ann');
    expect(await peer.ask({ type: 'history', channel: 'lobby' })).toMatchObject({ code: 'forbidden' });
    expect(await peer.ask({ type: 'ask', kind: 'relations', of: {} })).toMatchObject({ code: 'forbidden' });
    expect(await peer.ask({ type: 'do', kind: 'set-slow', of: { channel: 'lobby', seconds: 1 } })).toMatchObject({
      code: 'forbidden',
    });
    const { user } = (await hub.as(boss)('GET', '/me')).body;
    const before = peer.frames.length;
    await hub.as(ann)('PUT', `/me/muted/${user}`, {});
    await peer.ask({ type: 'ping' });
    expect(peer.frames.slice(before).map(({ type }) => type)).not.toContain('self');
    await peer.close();
  });
});

describe('on two hubs', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('a revoked token is worth nothing on the other from the answer on, and nothing it posts is stored later', async () => {
    const one = await startTestHub({ redisUrl: redis.url });
    const two = await startTestHub({ redisUrl: redis.url, dataDir: one.dataDir });
    const session = await one.user('ann');
    const made = await caller(one.url, session)('POST', '/tokens', { name: 'two', scopes: ['post', 'history'] });
    const { secret, token } = made.body;
    const there = caller(two.url, secret);
    expect((await there('POST', '/channels/lobby/messages', { text: 'first' })).status).toBe(201);
    const posts = Array.from({ length: 40 }, (_, n) =>
      there('POST', '/channels/lobby/messages', { text: `post ${n}` }),
    );
    await caller(one.url, session)('DELETE', `/tokens/${token.id}`);
    const page = async () =>
      (await caller(two.url, session)('GET', '/channels/lobby/messages?limit=100')).body.messages;
    const atRevocation = (await page()).length;
    expect((await there('POST', '/channels/lobby/messages', { text: 'late' })).status).toBe(401);
    const outcomes = (await Promise.all(posts)).map(({ status }) => status);
    expect(outcomes.every((status) => [201, 401, 404].includes(status))).toBe(true);
    expect((await page()).length).toBe(atRevocation);
    await two.stop();
    await one.close();
  });

  it('when it was used last is known on both, at the latest when the hub stops', async () => {
    const one = await startTestHub({ redisUrl: `${redis.url}/1` });
    const two = await startTestHub({ redisUrl: `${redis.url}/1`, dataDir: one.dataDir });
    const session = await one.user('ann');
    const made = await caller(one.url, session)('POST', '/tokens', { name: 'used', scopes: ['read'] });
    const before = Date.now();
    await caller(two.url, made.body.secret)('GET', '/channels');
    await two.stop();
    const [token] = (await caller(one.url, session)('GET', '/tokens')).body.tokens;
    expect(token.lastUsedAt).toBeGreaterThanOrEqual(before);
    await one.close();
  });
});
