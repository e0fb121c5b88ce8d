import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelId } from '../../core/domain/ids.ts';
import type { Logger } from '../../core/ops/log.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { connectPeer, newKey, PATIENT, type Peer } from '../fakes/socket-peer.ts';

const SECRET = 'xylophone';
const CHANNEL = 'back-room';

/** Keeps what is logged as a fault. */
function faultLog(): { readonly log: Logger; readonly faults: string[] } {
  const faults: string[] = [];
  const note = (fields: object, event: string): void => {
    const cause = 'err' in fields && fields.err instanceof Error ? fields.err.stack : '';
    faults.push(`${event} ${cause}`);
  };
  const log: Logger = { debug() {}, info() {}, warn: note, error: note, child: () => log };
  return { log, faults };
}

describe.each(['embedded', 'redis'])('a channel of members, over %s', (store) => {
  const { log, faults } = faultLog();
  let redis: RedisServer | null = null;
  let hub: TestHub;
  let member: Peer;
  let outsider: Peer;
  let message = '';

  beforeAll(async () => {
    redis = store === 'redis' ? await startRedis({ appendonly: true }) : null;
    hub = await startTestHub({ redisUrl: redis?.url ?? null, config: PATIENT, log });
    member = await connectPeer(hub.wsUrl, { token: await hub.user('Mia') });
    const { user } = (await member.next('welcome')).you;
    await openClosedChannel(user);
    outsider = await connectPeer(hub.wsUrl, { token: await hub.user('Ann', 'admin') });
    const joined = await member.ask({ type: 'join', channel: CHANNEL, after: null });
    expect(joined).toMatchObject({ type: 'joined' });
    message = await said(member, CHANNEL, SECRET);
  });
  afterAll(async () => {
    await Promise.all([member.close(), outsider.close()]);
    await hub.close();
    await redis?.stop();
  });

  async function openClosedChannel(user: string): Promise<void> {
    const { sql, knowledge } = hub.hub;
    const channel = { id: CHANNEL, kind: 'private', name: 'Back room', topic: '', owner_id: user, created_at: 0 };
    const members = { channel_id: CHANNEL, user_id: user, joined_at: 0 };
    const id = CHANNEL as ChannelId;
    await knowledge.directory.change({
      statements: [
        { query: sql.build.insertInto('channels').values(channel).compile() },
        { query: sql.build.insertInto('members').values(members).compile() },
      ],
      scopes: null,
      what: [
        { kind: 'channel', channel: id },
        { kind: 'members', channel: id },
      ],
    });
  }
  async function said(peer: Peer, channel: string, text: string, replyTo: string | null = null): Promise<string> {
    const ack = await peer.ask({ type: 'post', channel, key: newKey(), text, replyTo });
    if (ack.type !== 'ack' || ack.message === null) throw new Error(JSON.stringify(ack));
    return ack.message;
  }

  it('does not exist for others, an admin included, whatever they ask', async () => {
    const key = newKey();
    const asked = [
      { type: 'join', channel: CHANNEL, after: null },
      { type: 'history', channel: CHANNEL },
      { type: 'message', channel: CHANNEL, message },
      { type: 'people', channel: CHANNEL },
      { type: 'search', channel: CHANNEL, text: SECRET },
      { type: 'post', channel: CHANNEL, key, text: 'let me in' },
      { type: 'edit', channel: CHANNEL, key, message, text: 'let me in' },
      { type: 'redact', channel: CHANNEL, key, message },
      { type: 'react', channel: CHANNEL, key, message, emoji: '🔥', on: true },
    ];
    for (const frame of asked) {
      const there = await outsider.ask(frame);
      const nowhere = await outsider.ask({ ...frame, channel: 'no-such-room' });
      expect(there).toMatchObject({ type: 'error', code: 'not-found' });
      expect({ ...there, id: '' }).toEqual({ ...nowhere, id: '' });
    }
    const list = await outsider.ask({ type: 'channels' });
    expect(JSON.stringify(list)).not.toContain(CHANNEL);
  });

  it('gives nothing away by the id of a message, asked for from another channel', async () => {
    const key = newKey();
    const from = outsider.frames.length;
    for (const frame of [
      { type: 'message', channel: 'lobby', message },
      { type: 'edit', channel: 'lobby', key, message, text: 'mine' },
      { type: 'redact', channel: 'lobby', key, message },
      { type: 'react', channel: 'lobby', key, message, emoji: '🔥', on: true },
      { type: 'react', channel: 'lobby', key, message, emoji: '🔥', on: false },
    ]) {
      expect(await outsider.ask(frame)).toMatchObject({ type: 'error', code: 'not-found' });
    }
    const reply = await said(outsider, 'lobby', 'as you said', message);
    expect(await outsider.ask({ type: 'message', channel: 'lobby', message: reply })).toMatchObject({
      message: { message: { replyTo: null } },
    });
    const { sql } = hub.hub;
    const stored = () => sql.read(sql.build.selectFrom('messages').select('id').where('id', '=', message).compile());
    await expect.poll(async () => (await stored()).length).toBe(1);
    expect(await outsider.ask({ type: 'search', text: SECRET })).toMatchObject({ type: 'results', messages: [] });
    expect(await outsider.ask({ type: 'search', text: SECRET, before: message })).toMatchObject({ messages: [] });
    expect(JSON.stringify(outsider.frames.slice(from))).not.toContain(SECRET);
    expect(await member.ask({ type: 'search', text: SECRET })).toMatchObject({ messages: [{ channel: CHANNEL }] });
  });

  it('takes any number, id or text that fits the protocol without a fault', async () => {
    const epoch = (await outsider.next('welcome')).epoch;
    const odd = '018f0000-0000-7000-8000-000000000000';
    const last = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
    const seqs = [0, 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];
    const texts = [
      '"',
      '"a" OR b*',
      'NEAR(a b)',
      '*',
      '-a',
      'a:b',
      '\0',
      "'; --",
      '{}',
      '\ud800x',
      'ａ',
      '🔥',
      'a'.repeat(200),
    ];
    const frames = [
      ...seqs.flatMap((seq) => [
        { type: 'join', channel: 'lobby', after: { epoch, seq } },
        { type: 'join', channel: 'lobby', after: { epoch: 'x', seq } },
        { type: 'history', channel: 'lobby', before: seq, limit: 100 },
      ]),
      ...texts.flatMap((text) => [
        { type: 'search', text },
        { type: 'search', text, before: last, channel: 'lobby' },
        { type: 'post', channel: 'lobby', key: newKey(), text, replyTo: odd },
      ]),
      ...[odd, last].flatMap((id) => [
        { type: 'message', channel: 'lobby', message: id },
        { type: 'edit', channel: 'lobby', key: newKey(), message: id, text: 'x' },
        { type: 'redact', channel: 'lobby', key: newKey(), message: id, again: true },
        { type: 'react', channel: 'lobby', key: newKey(), message: id, emoji: ':x:', on: true, again: true },
      ]),
      { type: 'typing', channel: CHANNEL, on: true },
      { type: 'typing', channel: 'nowhere', on: true },
      { type: 'leave', channel: 'nowhere' },
    ];
    for (const frame of frames) {
      const answer = await outsider.ask(frame);
      const code = answer.type === 'error' ? answer.code : '';
      expect([frame, code]).not.toEqual([frame, 'unavailable']);
    }
    expect(faults).toEqual([]);
  });
});
