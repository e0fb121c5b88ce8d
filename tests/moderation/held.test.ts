import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { ChannelId, MessageId } from '../../core/domain/ids.ts';
import { startFakeRoom } from '../fakes/fake-room.ts';
import { outcomeOf } from '../fakes/people.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { connectPeer, newKey } from '../fakes/socket-peer.ts';
import { FAKE_BUILT_INS } from '../relay/rig.ts';
import { closeAll, closing, join, LOBBY, movableClock, type Someone, soon, start } from './rig.ts';

const LINK = 'look at https://spam.example/now';
afterEach(closeAll);

/** Posts what the rules hold. */
async function hold(by: Someone, text = LINK): Promise<MessageId> {
  const said = await by.client.post({ channel: LOBBY, text }).done;
  if (!said.ok || said.value.outcome !== 'held' || said.value.message === null) throw new Error(JSON.stringify(said));
  return said.value.message;
}
const waiting = async (moderator: Someone) =>
  (await moderator.ask('queue', { channel: LOBBY, after: null, limit: 50 })).held;
const of = (message: MessageId) => ({ channel: LOBBY, message });

describe('a message that waits for a moderator', () => {
  it('M1: is seen by nobody but moderators until one of them releases it, and then by all, once', async () => {
    const hub = await start();
    const [ann, ben, root] = [await join(hub, 'ann'), await join(hub, 'ben'), await join(hub, 'root', 'admin')];
    const heard: unknown[] = [];
    ben.client.on('channel', (event) => heard.push(event));
    const id = await hold(ann);
    await ben.say('after it');
    expect(await ben.texts()).toEqual(['after it']);
    const [queued] = await waiting(root);
    expect(queued).toMatchObject({
      message: { id, author: { name: 'ann' } },
      findings: [{ rule: 'unwanted-links' }],
      karma: 0,
      takenBy: null,
      earlier: { released: 0, discarded: 0 },
    });
    expect(await ben.client.message(LOBBY, id)).toMatchObject({ ok: false, code: 'not-found' });
    await expect(ben.ask('queue', { channel: LOBBY, after: null, limit: 5 })).rejects.toThrow('forbidden');
    expect(JSON.stringify(heard)).not.toContain('spam.example');

    expect(await root.do('release-held', of(id))).toMatchObject({ ok: true, value: { seq: expect.any(Number) } });
    expect(await ben.texts()).toEqual(['after it', LINK]);
    await soon(() => JSON.stringify(heard)).toContain('spam.example');
    // its author's own client recognises it by its key
    expect(JSON.stringify(heard)).toMatch(/"key":"[A-Za-z0-9_-]{8,}"[^}]*/);
    expect(await waiting(root)).toEqual([]);
    expect(await root.do('release-held', of(id))).toMatchObject({ ok: false, code: 'decided' });
  });

  it('can be told twice, and waits once', async () => {
    const hub = await start();
    const root = await join(hub, 'root', 'admin');
    const peer = await connectPeer(hub.wsUrl, { token: await hub.user('ann') });
    closing.push(() => peer.close());
    const post = { type: 'post', channel: LOBBY, key: newKey(), text: LINK };
    const first = await peer.ask(post);
    expect(first).toMatchObject({ type: 'ack', outcome: 'held', seq: null });
    expect(await peer.ask(post)).toMatchObject({
      type: 'ack',
      outcome: 'held',
      message: 'message' in first ? first.message : '',
    });
    expect(await waiting(root)).toHaveLength(1);
  });

  it('is discarded for good: its words leave the tables, its author loses karma, and what came before is told', async () => {
    const hub = await start();
    const [ann, root] = [await join(hub, 'ann'), await join(hub, 'root', 'admin')];
    const id = await hold(ann);
    expect(await root.do('discard-held', { ...of(id), reason: 'spam' })).toMatchObject({ ok: true });
    expect(await root.do('release-held', of(id))).toMatchObject({ ok: false, code: 'decided' });
    await hold(ann, 'and https://more.example');
    await soon(async () => (await waiting(root))[0]).toMatchObject({
      karma: -1,
      earlier: { discarded: 1 },
      acts: [{ act: 'hold-discard', reason: 'spam' }],
    });
    const kept = await hub.hub.sql.read(hub.hub.sql.build.selectFrom('entries').select('body').compile());
    expect(JSON.stringify(kept)).not.toContain('spam.example');
    expect(await ann.texts()).toEqual([]);
  });

  it('can be taken back by its author, and by nobody else who is no moderator', async () => {
    const hub = await start();
    const [ann, ben, root] = [await join(hub, 'ann'), await join(hub, 'ben'), await join(hub, 'root', 'admin')];
    const id = await hold(ann);
    expect(outcomeOf(await ann.client.edit(LOBBY, id, 'harmless'))).toBe('against-rules');
    expect(outcomeOf(await ben.client.redact(LOBBY, id))).toBe('forbidden');
    expect(outcomeOf(await ann.client.redact(LOBBY, id))).toBe('posted');
    await soon(() => waiting(root)).toEqual([]);
    await soon(() => root.do('release-held', of(id))).toMatchObject({
      ok: false,
      code: 'decided',
      say: 'Its author has taken it back.',
    });
  });

  it('is taken by one moderator, so that others leave it alone for a minute', async () => {
    const clock = movableClock(systemClock);
    const hub = await start({ clock });
    const [ann, root, mia] = [
      await join(hub, 'ann'),
      await join(hub, 'root', 'admin'),
      await join(hub, 'mia', 'admin'),
    ];
    const id = await hold(ann);
    expect(await root.do('take-held', of(id))).toMatchObject({ ok: true });
    expect(await mia.do('take-held', of(id))).toMatchObject({ ok: false, code: 'decided' });
    expect((await waiting(mia))[0]).toMatchObject({ takenBy: { name: 'root' } });
    clock.forward(61_000);
    expect((await waiting(mia))[0]).toMatchObject({ takenBy: null });
    expect(await mia.do('take-held', of(id))).toMatchObject({ ok: true });
    expect(await root.do('release-held', of(id))).toMatchObject({ ok: true });
  });

  it('is not released by whoever moderates no more, nor while its author is banned', async () => {
    const hub = await start();
    const [ann, mia] = [await join(hub, 'ann'), await join(hub, 'mia')];
    const root = await join(hub, 'root', 'admin');
    await hub.hub.accounts.makeModerator('mia', LOBBY, null);
    const id = await hold(ann);
    expect(await waiting(mia)).toHaveLength(1);
    await hub.hub.accounts.dismissModerator('mia', LOBBY);
    expect(await mia.do('release-held', of(id))).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await root.client.command(LOBBY, 'ban ann')).toMatchObject({ ok: true });
    expect(await root.do('release-held', of(id))).toMatchObject({ ok: false, code: 'sanctioned' });
    expect(await root.do('discard-held', { ...of(id), reason: null })).toMatchObject({ ok: true });
  });

  it('keeps an edit out that would have to wait, and the message as it was', async () => {
    const hub = await start();
    const ann = await join(hub, 'ann');
    const id = await ann.say('harmless');
    expect(outcomeOf(await ann.client.edit(LOBBY, id, LINK))).toBe('against-rules');
    expect(await ann.texts()).toEqual(['harmless']);
  });

  it('waits over a restart', async () => {
    const hub = await start();
    const id = await hold(await join(hub, 'ann'));
    await hub.stop();
    const again = await start({ dataDir: hub.dataDir });
    const root = await join(again, 'root', 'admin');
    expect((await waiting(root)).map(({ message }) => message.id)).toEqual([id]);
    expect(await root.do('release-held', of(id))).toMatchObject({ ok: true });
    expect(await root.texts()).toEqual([LINK]);
  });
});

describe('over two hubs', () => {
  async function twoHubs() {
    const redis = await startRedis({ appendonly: true });
    closing.push(() => redis.stop());
    const one = await start({ redisUrl: redis.url });
    const two = await start({ redisUrl: redis.url, dataDir: one.dataDir });
    return { redis, one, two };
  }

  it('M1: two moderators who decide at once never both decide', async () => {
    const { one, two } = await twoHubs();
    const ann = await join(one, 'ann');
    const [root, mia] = [await join(one, 'root', 'admin'), await join(two, 'mia', 'admin')];
    await root.do('set-settings', {
      channel: LOBBY,
      change: { rules: { flood: { isOn: false, count: 8, seconds: 10 } } },
    });
    const ids: MessageId[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await hold(ann, `${n} https://spam.example`));
    await soon(async () => (await waiting(mia)).length).toBe(12);
    const answers = await Promise.all(
      ids.map((id) =>
        Promise.all([root.do('release-held', of(id)), mia.do('discard-held', { ...of(id), reason: null })]),
      ),
    );
    for (const [released, discarded] of answers) {
      expect([released.ok, discarded.ok].filter(Boolean)).toHaveLength(1);
      for (const answer of [released, discarded]) if (!answer.ok) expect(answer.code).toBe('decided');
    }
    const shown = answers.filter(([released]) => released.ok).length;
    for (const person of [root, mia]) await soon(async () => (await person.texts()).length).toBe(shown);
    for (const person of [root, mia]) await soon(() => waiting(person)).toEqual([]);
  });

  it('waits again when Redis has lost everything, and what was decided stays decided', async () => {
    const { redis, one, two } = await twoHubs();
    const ann = await join(one, 'ann');
    const root = await join(one, 'root', 'admin');
    const [first, second, third] = [await hold(ann), await hold(ann), await hold(ann)];
    await root.do('release-held', of(first));
    await root.do('discard-held', { ...of(second), reason: null });
    const { sql } = one.hub;
    const states = async () => {
      const rows = await sql.read(sql.build.selectFrom('held').select(['state']).orderBy('id').compile());
      return rows.map(({ state }) => state);
    };
    await soon(states).toEqual(['released', 'discarded', 'waiting']);
    await two.stop();
    await one.stop();
    const admin = new Redis(redis.url);
    await admin.flushall();
    admin.disconnect();
    const again = await start({ redisUrl: redis.url, dataDir: one.dataDir });
    const mia = await join(again, 'mia', 'admin');
    await soon(async () => (await waiting(mia)).map(({ message }) => message.id)).toEqual([third]);
    expect(await mia.do('release-held', of(third))).toMatchObject({ ok: true });
    await soon(async () => (await mia.texts()).length).toBe(2);
  });
});

describe('in a bridged room', () => {
  const room = (name: string) => ({ channel: 'lobby', bridge: 'fake', room: name });
  async function bridged() {
    const fake = await startFakeRoom();
    closing.push(() => fake.stop());
    const hub = await start({
      config: {
        bridges: [{ id: 'fake', use: 'fakeroom', required: true, config: { port: fake.port, token: fake.token } }],
        portals: [room('a'), room('b')],
      },
      bridges: FAKE_BUILT_INS.bridges,
    });
    return { fake, root: await join(hub, 'root', 'admin'), texts: () => fake.posts('b').map(({ text }) => text) };
  }

  it('is carried to other rooms once it is released, and follows its own room from then on', async () => {
    const { fake, root, texts } = await bridged();
    const first = fake.userPosts('a', 'Ben', LINK);
    await soon(async () => (await waiting(root)).length).toBe(1);
    fake.userPosts('a', 'Ben', 'second');
    await soon(texts).toEqual(['[Fakeroom] Ben: second']);
    const [queued] = await waiting(root);
    if (queued === undefined) throw new Error('nothing waits');
    await root.do('release-held', { channel: queued.channel as ChannelId, message: queued.message.id });
    await soon(texts).toEqual(['[Fakeroom] Ben: second', `[Fakeroom] Ben: ${LINK}`]);
    fake.userEdits('a', first, 'never mind');
    await soon(texts).toEqual(['[Fakeroom] Ben: second', '[Fakeroom] Ben: never mind']);
    fake.userRedacts('a', first);
    await soon(texts).toEqual(['[Fakeroom] Ben: second']);
    expect(fake.posts('a').map(({ text }) => text)).toEqual(['second']);
  });

  it('waits no more when its room has removed it', async () => {
    const { fake, root, texts } = await bridged();
    const id = fake.userPosts('a', 'Ben', LINK);
    await soon(async () => (await waiting(root)).length).toBe(1);
    fake.userRedacts('a', id);
    await soon(() => waiting(root)).toEqual([]);
    expect(texts()).toEqual([]);
  });
});
