import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { type Caller, caller } from '../api/rig.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer, newKey, type Peer } from '../fakes/socket-peer.ts';

let redis: RedisServer;
let one: TestHub;
let two: TestHub;
let session: string;
let ann: Caller;
let laterMs = 0;

beforeAll(async () => {
  redis = await startRedis();
  one = await startTestHub({ redisUrl: redis.url });
  // its clock can be set ahead
  const clock = { ...systemClock, now: () => (systemClock.now() + laterMs) as EpochMs };
  two = await startTestHub({ redisUrl: redis.url, dataDir: one.dataDir, clock });
  session = await one.user('ann');
  ann = caller(one.url, session);
});
afterAll(async () => {
  await two?.stop();
  await one?.close();
  await redis?.stop();
});

async function make(scopes: readonly string[], more: object = {}): Promise<{ id: string; secret: string }> {
  const made = await ann('POST', '/tokens', { name: 'test', scopes, ...more });
  expect(made.status).toBe(201);
  return { id: made.body.token.id, secret: made.body.secret };
}
async function say(text: string): Promise<void> {
  expect((await ann('POST', '/channels/lobby/messages', { text })).status).toBe(201);
}

/** The stream of the lobby at the second hub. */
async function stream(secret: string, last: string | null = null) {
  const answer = await fetch(`${two.url}/api/v1/channels/lobby/events`, {
    headers: { authorization: `Bearer ${secret}`, ...(last !== null && { 'last-event-id': last }) },
  });
  let text = '';
  let isOver = false;
  const read = async (): Promise<void> => {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
    isOver = true;
  };
  read().catch(() => {
    isOver = true;
  });
  return { text: () => text, isOver: () => isOver, stop: () => answer.body?.cancel().catch(() => {}) };
}
const lobby = { type: 'join', channel: 'lobby', limit: 50 };
const textsIn = (peer: Peer): string => JSON.stringify(peer.frames.filter(({ type }) => type === 'message'));

describe('V1: a token that may follow a channel, and is not for what was said before', () => {
  it('gets nothing of the past by resuming, on socket and stream alike; one that is for history does', async () => {
    await say('long ago');
    const reader = await make(['read']);
    const historian = await make(['read', 'history']);
    const peer = await connectPeer(two.wsUrl, { token: reader.secret });
    const joined = await peer.ask({ ...lobby, after: null });
    const epoch = joined.type === 'joined' ? joined.epoch : '';
    expect(await peer.ask({ ...lobby, after: { epoch, seq: 0 } })).toMatchObject({ mode: 'reset', messages: [] });
    const events = await stream(reader.secret, `${epoch}:0`);
    await expect.poll(events.text).toContain('event: reset');
    await say('from now on');
    await expect.poll(events.text).toContain('from now on');
    await expect.poll(() => textsIn(peer)).toContain('from now on');
    expect(`${events.text()} ${textsIn(peer)}`).not.toContain('long ago');
    const all = await stream(historian.secret, `${epoch}:0`);
    await expect.poll(all.text).toContain('long ago');
    // where it broke off it goes on, for a while
    const again = await stream(reader.secret, /id: (\S+)\nevent: reset/.exec(events.text())?.[1] ?? null);
    await expect.poll(again.text).toContain('from now on');
    laterMs = 6 * 60_000;
    const late = await stream(reader.secret, /id: (\S+)\nevent: reset/.exec(events.text())?.[1] ?? null);
    await expect.poll(late.text).toContain('event: reset');
    expect(late.text()).not.toContain('from now on');
    laterMs = 0;
    for (const open of [events, all, again, late]) await open.stop();
    await peer.close();
  });

  it('does not say that its holder types unless it may post', async () => {
    const peers = await Promise.all(
      [['read'], ['read', 'post']].map(async (scopes) =>
        connectPeer(two.wsUrl, { token: (await make(scopes)).secret }),
      ),
    );
    const answers = [];
    for (const peer of peers) {
      await peer.ask({ ...lobby, after: null });
      peer.say({ type: 'typing', id: newKey(), channel: 'lobby', on: true });
      await peer.ask({ type: 'ping' });
      answers.push(peer.frames.some(({ type }) => type === 'error'));
      await peer.close();
    }
    expect(answers).toEqual([true, false]);
  });
});

describe('V1: a token that ends', () => {
  it('ends its socket and its stream on every hub when it is revoked, before anything more is said', async () => {
    const { id, secret } = await make(['read', 'history']);
    const peer = await connectPeer(two.wsUrl, { token: secret });
    await peer.ask({ ...lobby, after: null });
    const events = await stream(secret);
    await expect.poll(events.text).toContain('event: opened');
    expect((await ann('DELETE', `/tokens/${id}`)).status).toBe(200);
    await say('after the end');
    expect(await peer.closed).toBe(4403);
    await expect.poll(events.isOver).toBe(true);
    expect(`${events.text()} ${JSON.stringify(peer.frames)}`).not.toContain('after the end');
  });

  it('ends them by itself at its time', async () => {
    const { secret } = await make(['read'], { expiresAt: Date.now() + 3_000 });
    const peer = await connectPeer(two.wsUrl, { token: secret });
    const events = await stream(secret);
    await expect.poll(events.text).toContain('event: opened');
    expect(await peer.closed).toBe(4403);
    await expect.poll(events.isOver).toBe(true);
  });
});
