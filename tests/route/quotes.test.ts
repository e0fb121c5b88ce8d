import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import type { MessageId } from '../../core/domain/ids.ts';
import { archived } from '../fakes/archived.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import fakeRoomBridge from '../fakes/fake-room-bridge.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { connectPeer } from '../fakes/socket-peer.ts';

describe.each(['embedded', 'redis'] as const)('quotes of what is gone, on %s', (kind) => {
  let test: TestHub;
  let room: FakeRoomServer;
  let ann: Participant;
  let bob: Participant;
  let stopRedis = async (): Promise<void> => {};

  beforeAll(async () => {
    const redis = kind === 'redis' ? await startRedis({ appendonly: true }) : null;
    if (redis !== null) stopRedis = () => redis.stop();
    room = await startFakeRoom();
    test = await startTestHub({
      redisUrl: redis?.url ?? null,
      builtIns: { surfaces: bridges.surfaces, bridges: { fakeroom: async () => ({ default: fakeRoomBridge }) } },
      config: {
        bridges: [{ id: 'elsewhere', use: 'fakeroom', config: { port: room.port, token: room.token } }],
        portals: [{ channel: 'lobby', bridge: 'elsewhere', room: 'outside' }],
      },
    });
    ann = await participant(test.wsUrl, await test.user('ann'));
    bob = await participant(test.wsUrl, await test.user('bob'));
  });
  afterAll(async () => {
    ann.close();
    bob.close();
    await test.close();
    await room.stop();
    await stopRedis();
  });

  /** The reply as somebody finds it who comes now, by its page and by a search. */
  async function found(reply: MessageId, words: string): Promise<readonly (string | null | undefined)[]> {
    const newcomer = await participant(test.wsUrl, null);
    try {
      const hits = await newcomer.client.search({ text: words });
      const rows = [...(await newcomer.page()), ...(hits.ok ? hits.value : [])];
      return rows.filter(({ message }) => message.id === reply).map(({ message }) => message.replyTo?.text);
    } finally {
      newcomer.close();
    }
  }

  /** All that somebody is handed who comes back and has seen nothing yet. */
  async function missed(): Promise<string> {
    const peer = await connectPeer(test.wsUrl);
    try {
      const epoch = await test.hub.live.store.live.epoch();
      const answer = await peer.ask({ type: 'join', channel: 'lobby', after: { epoch, seq: 0 } });
      expect(answer).toMatchObject({ type: 'joined', mode: 'resumed' });
      return JSON.stringify(peer.frames);
    } finally {
      await peer.close();
    }
  }

  it.each(['before', 'after'] as const)('go when it is redacted %s the replies are archived', async (when) => {
    const secret = `kumquat ${when}`;
    const original = await ann.say(`the ${secret}`);
    const reply = await bob.say(`answering ${when}`, original);
    if (when === 'after') {
      await archived(test);
      expect(await found(reply, `answering ${when}`)).toEqual([`the ${secret}`, `the ${secret}`]);
    }
    expect(await missed()).toContain(secret);

    await ann.client.redact('lobby', original);
    expect((await found(reply, `answering ${when}`))[0]).toBe('');
    expect(await missed()).not.toContain(secret);
    const late = await bob.say('what was that?', original);
    expect((await found(late, 'what'))[0]).toBeUndefined();

    await archived(test);
    expect(await found(reply, `answering ${when}`)).toEqual(['', '']);
    expect(await missed()).not.toContain(secret);
  });

  it('follow an edit', async () => {
    const original = await ann.say('frist');
    const before = await bob.say('answering early', original);
    await ann.client.edit('lobby', original, 'first');
    const after = await bob.say('answering late', original);
    const frames = await missed();
    expect(frames).toContain(`"replyTo":{"id":"${original}","name":"ann","text":"first"}`);
    for (const reply of [before, after]) expect((await found(reply, 'answering'))[0]).toBe('first');
    await archived(test);
    expect(await found(before, 'early')).toEqual(['first', 'first']);
  });

  it('stay out of a room that gets the reply later', async () => {
    const letGo = room.stall('outside');
    await ann.say('something first');
    const original = await ann.say('the kumquat elsewhere');
    await bob.say('an answer elsewhere', original);
    await ann.client.redact('lobby', original);
    letGo();
    const there = (): readonly string[] => room.ever('outside').map(({ text }) => text);
    const reply = '[Slipmat] bob: > ann\nan answer elsewhere';
    await expect.poll(there).toContain(reply);
    expect(there().join()).not.toContain('kumquat elsewhere');
  });

  it('are nowhere in the archive in the end', async () => {
    await test.stop();
    const db = new Database(join(test.dataDir, 'hub.sqlite'), { readonly: true });
    const kept = JSON.stringify([
      db.prepare('select * from messages').all(),
      db.prepare('select * from entries').all(),
    ]);
    db.close();
    expect(kept).toContain('answering before');
    expect(kept).not.toContain('kumquat');
  });
});
