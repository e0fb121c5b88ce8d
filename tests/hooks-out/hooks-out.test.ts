import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { type ApiStage, apiStage, type Caller } from '../api/rig.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { THIS_MACHINE } from '../media/rig.ts';
import { isSigned, type Receiver, startReceiver } from './receiver.ts';

const HOUR = 60 * 60_000;
const EVERYTHING = ['message', 'edit', 'redaction', 'reaction', 'notice', 'live.start', 'live.end', 'sanction'];

/** The machine's time, moved on by hand. */
function movedClock(): Clock & { ahead(ms: number): void } {
  let movedMs = 0;
  return {
    ...systemClock,
    now: () => (systemClock.now() + movedMs) as EpochMs,
    ahead(ms) {
      movedMs += ms;
    },
  };
}

describe.each(['embedded', 'redis'] as const)('V2: webhooks out, %s', (store) => {
  const clock = movedClock();
  let redis: RedisServer | null = null;
  let hub: ApiStage;
  let dj: Caller;
  let ann: Caller;
  let bob: Caller;
  let channel: string;
  let to: Receiver;
  const users: Record<string, string> = {};

  const options = () => ({ outside: THIS_MACHINE, clock, redisUrl: redis?.url ?? null });
  async function signIn(): Promise<void> {
    dj = hub.as(await hub.user('kool', 'dj'));
    ann = hub.as(await hub.user('ann'));
    bob = hub.as(await hub.user('bob'));
  }

  beforeAll(async () => {
    if (store === 'redis') redis = await startRedis({ appendonly: true });
    hub = await apiStage(options());
    await signIn();
    for (const [name, as] of Object.entries({ ann, bob })) users[name] = (await as('GET', '/me')).body.user;
    const { channels } = (await dj('GET', '/channels')).body;
    channel = channels.find(({ kind }: { kind: string }) => kind === 'dj').id;
  });
  afterAll(async () => {
    await hub.close();
    await redis?.stop();
  });
  const receivers: Receiver[] = [];
  beforeEach(async () => {
    to = await receiver();
  });
  afterAll(() => {
    for (const one of receivers) one.stop();
  });
  async function receiver(): Promise<Receiver> {
    const made = await startReceiver();
    receivers.push(made);
    return made;
  }

  async function subscribe(as: Caller, kinds = ['message'], url = to.url, where = channel) {
    const made = await as('POST', `/channels/${where}/subscriptions`, { url, kinds });
    expect([made.status, made.body]).toEqual([201, made.body]);
    const path = `/channels/${where}/subscriptions/${made.body.subscription.id}`;
    return { path, secret: String(made.body.secret) };
  }
  async function say(as: Caller, text: string, where = channel): Promise<string> {
    const said = await as('POST', `/channels/${where}/messages`, { text });
    expect(said.status).toBe(201);
    return said.body.message;
  }
  async function now(path: string, as = dj) {
    const list = await as('GET', path.slice(0, path.lastIndexOf('/')));
    return list.body.subscriptions.find(({ id }: { id: string }) => path.endsWith(id));
  }
  const deliveries = async (path: string, as = dj) => (await as('GET', `${path}/deliveries`)).body.deliveries;

  it('tell in order what was asked for, each signed, with a developer’s token that the DJ gave', async () => {
    const token = await hub.token(await hub.user('kool'), { scopes: ['webhooks:manage'], channel });
    const { path, secret } = await subscribe(hub.as(token), EVERYTHING);
    const id = await say(ann, 'first');
    await ann('PATCH', `/channels/${channel}/messages/${id}`, { text: 'mended' });
    await bob('PUT', `/channels/${channel}/messages/${id}/reactions/${encodeURIComponent('👍')}`, {});
    expect((await ann('DELETE', `/channels/${channel}/messages/${id}`)).body).toMatchObject({ outcome: 'posted' });
    const acted = await dj('POST', `/channels/${channel}/people/${users.bob}/sanctions`, {
      act: 'timeout',
      minutes: 2,
    });
    expect([acted.status, acted.body]).toEqual([200, acted.body]);
    await expect.poll(to.seen).toHaveLength(5);
    expect(to.seen().slice(1)).toEqual(['edit', 'reaction', 'redaction', 'sanction']);
    expect(to.got.every((one) => isSigned(one, secret))).toBe(true);
    expect(isSigned(to.got[0] as never, `whsec_${'A'.repeat(43)}=`)).toBe(false);
    expect(new Set(to.got.map(({ headers }) => headers['webhook-id'])).size).toBe(5);
    expect(to.got[4]?.body.data).toMatchObject({ act: 'timeout', target: users.bob });
    for (const [name, as] of Object.entries({ ann, bob })) {
      const refused = await as('POST', `/channels/${channel}/subscriptions`, { url: to.url, kinds: ['message'] });
      expect([name, refused.status]).toEqual([name, 403]);
    }
    const rotated = (await dj('POST', `${path}/rotate`, { overlapMinutes: 5 })).body.secret;
    await say(ann, 'signed twice');
    await expect.poll(to.seen).toHaveLength(6);
    expect([secret, rotated].map((one) => isSigned(to.got[5] as never, one))).toEqual([true, true]);
    await dj('DELETE', path);
    await say(ann, 'to nobody');
    expect(await now(path)).toBeUndefined();
    expect(to.got).toHaveLength(6);
  });

  it('try again in order what did not arrive, under the same id, while others go on', async () => {
    const healthy = await receiver();
    const { path } = await subscribe(dj);
    await subscribe(dj, ['message'], healthy.url);
    const dead = await receiver();
    dead.answer(null);
    const silent = await subscribe(dj, ['message'], dead.url);
    to.answer(503, { 'retry-after': '600' });
    for (const text of ['one', 'two', 'three']) await say(ann, text);
    await expect.poll(healthy.seen).toEqual(['one', 'two', 'three']);
    await expect.poll(async () => (await now(path)).retryAt - clock.now()).toBeGreaterThan(590_000 - 10_000);
    expect(to.seen()).toEqual(['one']);
    const [waiting] = await deliveries(path);
    expect(waiting).toMatchObject({ state: 'waiting', status: 503, tries: 1 });
    to.answer(200);
    await dj('PATCH', path, {});
    await expect.poll(to.seen).toEqual(['one', 'one', 'two', 'three']);
    const ids = to.got.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
    await expect
      .poll(async () => (await deliveries(path)).map(({ state }: { state: string }) => state))
      .toEqual(['done', 'done', 'done']);
    await dj('DELETE', silent.path);
  });

  it('show what was redacted to nobody, neither in the log nor when it is sent again', async () => {
    const { path } = await subscribe(dj);
    const id = await say(ann, 'a secret word');
    await expect.poll(to.seen).toHaveLength(1);
    expect((await ann('DELETE', `/channels/${channel}/messages/${id}`)).body).toMatchObject({ outcome: 'posted' });
    await expect.poll(async () => (await deliveries(path))[0]?.state).toBe('done');
    const [first] = await deliveries(path);
    expect(first.payload).not.toContain('secret word');
    await dj('POST', `${path}/deliveries/${first.id}`);
    expect(to.got[1]?.raw).not.toContain('secret word');
  });

  it('go to no other place: neither by a redirect nor to an address inside', async () => {
    const elsewhere = await receiver();
    const { path } = await subscribe(dj);
    to.answer(302, { location: elsewhere.url });
    await say(ann, 'stay');
    await expect.poll(async () => (await deliveries(path))[0]?.say).toContain('redirect');
    expect(elsewhere.got).toEqual([]);
    for (const host of ['10.0.0.1', '169.254.169.254', '[::1]', '0x7f000002', 'me:pass@127.0.0.1']) {
      const asked = { url: `http://${host}/`, kinds: ['message'] };
      expect([host, (await dj('POST', `/channels/${channel}/subscriptions`, asked)).status]).toEqual([host, 400]);
    }
    await dj('DELETE', path);
  });

  it('tell of a private channel its members alone, judged when it is sent', async () => {
    const made = await ann('POST', '/private-channels', { name: 'Back room', users: [users.bob] });
    const room = made.body.channel.id ?? made.body.channel;
    await bob('POST', `/invitations/${room}`, { answer: 'accept' });
    await expect.poll(async () => (await bob('GET', `/channels/${room}`)).status).toBe(200);
    expect((await dj('POST', `/channels/${room}/subscriptions`, { url: to.url, kinds: ['message'] })).status).toBe(404);
    const { path } = await subscribe(bob, ['message'], to.url, room);
    expect((await ann('GET', `/channels/${room}/subscriptions`)).body.subscriptions).toEqual([]);
    await say(ann, 'among us', room);
    await expect.poll(to.seen).toEqual(['among us']);
    to.answer(503);
    await say(ann, 'not for long', room);
    await expect.poll(() => to.got.length).toBe(2);
    expect((await bob('DELETE', `/channels/${room}/members/me`)).status).toBeLessThan(300);
    to.answer(200);
    await say(ann, 'without bob', room);
    await hub.stop();
    hub = await apiStage({ ...options(), dataDir: hub.dataDir });
    await signIn();
    expect((await bob('PATCH', path, {})).status).toBe(404);
    await expect.poll(async () => pausedIn(hub, path)).toBe('not-allowed');
    expect(to.got).toHaveLength(2);
  });

  it('lose nothing over a restart of the hub', async () => {
    await subscribe(dj);
    to.answer(503);
    for (const text of ['before one', 'before two']) await say(ann, text);
    await expect.poll(() => to.got.length).toBe(1);
    await hub.stop();
    to.answer(200);
    hub = await apiStage({ ...options(), dataDir: hub.dataDir });
    await signIn();
    await say(ann, 'after');
    clock.ahead(60_000);
    await say(ann, 'later');
    await expect.poll(to.seen).toEqual(['before one', 'before one', 'before two', 'after', 'later']);
  });

  // a second hub on the embedded store is refused at its start
  it.runIf(store === 'redis')('are told by the other hub when the one that told them stops', async () => {
    const other = await apiStage({ ...options(), dataDir: hub.dataDir });
    const there = other.as(await other.user('kool'));
    await subscribe(there, ['message']);
    const annThere = other.as(await other.user('ann'));
    for (const n of [1, 2, 3]) await say(n % 2 === 0 ? ann : annThere, `both ${n}`);
    await expect.poll(to.seen).toEqual(['both 1', 'both 2', 'both 3']);
    await hub.stop();
    for (const n of [4, 5]) await say(annThere, `both ${n}`);
    await expect.poll(() => to.seen().slice(-2)).toEqual(['both 4', 'both 5']);
    expect(new Set(to.seen()).size).toBe(5);
    hub = other;
    await signIn();
  });

  it('are given up after a day and after the target has refused them, and paused after three; the crew is told', async () => {
    const { path } = await subscribe(dj);
    to.answer(422);
    await say(ann, 'not this');
    await expect.poll(async () => (await deliveries(path))[0]?.state).toBe('dead');
    to.answer(500);
    await say(ann, 'never arrives');
    await expect.poll(async () => (await deliveries(path))[0]).toMatchObject({ state: 'waiting', status: 500 });
    clock.ahead(25 * HOUR);
    await signIn();
    await dj('PATCH', path, {});
    await expect.poll(async () => (await deliveries(path))[0]?.state).toBe('dead');
    clock.ahead(48 * HOUR);
    await signIn();
    await say(ann, 'on the fourth day');
    await expect.poll(async () => (await now(path)).paused).toBe('failed');
    const { channels } = (await dj('GET', '/channels')).body;
    const crew = channels.find(({ kind }: { kind: string }) => kind === 'crew');
    expect(crew.headSeq).toBeGreaterThan(0);
    to.answer(200);
    const before = to.got.length;
    await dj('PATCH', path, { isPaused: false });
    await expect.poll(() => to.seen().slice(before)).toEqual(['on the fourth day']);
    const dead = (await deliveries(path)).find(({ state }: { state: string }) => state === 'dead');
    expect(JSON.parse(dead.payload)).toMatchObject({ id: dead.id, type: 'message' });
    expect((await dj('POST', `${path}/deliveries/${dead.id}`)).body).toMatchObject({ arrived: true, status: 200 });
    expect(to.got.at(-1)?.headers['webhook-id']).toBe(dead.id);
    expect((await dj('POST', `${path}/test`)).body.arrived).toBe(true);
    expect(to.got.at(-1)?.body).toMatchObject({ type: 'test' });
  });
});

async function pausedIn({ hub }: ApiStage, path: string): Promise<string | null> {
  const id = path.split('/').at(-1) ?? '';
  const query = hub.sql.build.selectFrom('hooks_out').select('paused_why').where('id', '=', id);
  const [row] = await hub.sql.read(query.compile());
  return row?.paused_why ?? null;
}
