import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { connectPeer, newKey, type Peer } from '../fakes/socket-peer.ts';

describe('native socket', () => {
  let hub: TestHub;
  let ann: string;
  let bob: string;
  const open: Peer[] = [];
  const connect: typeof connectPeer = async (url, options) => {
    const peer = await connectPeer(url, options);
    open.push(peer);
    return peer;
  };
  const lobby = { type: 'join', channel: 'lobby', after: null };

  beforeAll(async () => {
    hub = await startTestHub();
    ann = await hub.user('Ann');
    bob = await hub.user('Bob');
  });
  afterAll(async () => {
    await Promise.all(open.map((peer) => peer.close()));
    await hub.close();
  });

  it('hands a post to everybody in the channel, with its seq, the author’s key and the formatting', async () => {
    const [from, to] = await Promise.all([connect(hub.wsUrl, { token: ann }), connect(hub.wsUrl, { token: bob })]);
    await Promise.all([from.ask(lobby), to.ask(lobby)]);
    const key = newKey();
    const ack = await from.ask({ type: 'post', channel: 'lobby', key, text: '**hi** all' });
    expect(ack).toMatchObject({ type: 'ack', outcome: 'posted' });
    const heard = await to.next('message', (frame) => frame.key === key);
    expect(heard.message.content.rich).toEqual([
      { t: 'bold', children: [{ t: 'text', text: 'hi' }] },
      { t: 'text', text: ' all' },
    ]);
    expect(heard.message.author.name).toBe('Ann');
    expect(ack).toMatchObject({ seq: heard.seq, message: heard.message.id });
    expect(await from.next('message', (frame) => frame.key === key)).toEqual(heard);
  });

  it('answers a repeat of a post with the first one’s id and makes no second message', async () => {
    const peer = await connect(hub.wsUrl, { token: ann });
    await peer.ask(lobby);
    const post = { type: 'post', channel: 'lobby', key: newKey(), text: 'once' };
    const first = await peer.ask(post);
    const second = await peer.ask({ ...post, again: true });
    expect(first).toMatchObject({ outcome: 'posted' });
    expect(second).toMatchObject({
      type: 'ack',
      outcome: 'duplicate',
      message: 'message' in first ? first.message : '',
    });
    expect(await peer.ask({ ...post, text: 'other' })).toMatchObject({ type: 'error', code: 'key-reused' });
    const page = await peer.ask({ type: 'history', channel: 'lobby' });
    const texts = page.type === 'history' ? page.messages.map(({ message }) => message.content.rich[0]) : [];
    expect(texts.filter((node) => node?.t === 'text' && node.text === 'once')).toHaveLength(1);
  });

  it('carries edits, reactions and redactions to everybody', async () => {
    const [from, to] = await Promise.all([connect(hub.wsUrl, { token: ann }), connect(hub.wsUrl, { token: bob })]);
    await Promise.all([from.ask(lobby), to.ask(lobby)]);
    const ack = await from.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'first' });
    const message = ack.type === 'ack' ? ack.message : null;
    await from.ask({ type: 'edit', channel: 'lobby', key: newKey(), message, text: 'second' });
    await to.ask({ type: 'react', channel: 'lobby', key: newKey(), message, emoji: '🔥', on: true });
    expect(await to.next('edit', ({ id }) => id === message)).toMatchObject({ revision: 1 });
    expect(await from.next('reaction', ({ id }) => id === message)).toMatchObject({
      emoji: '🔥',
      on: true,
      name: 'Bob',
    });
    expect(await to.ask({ type: 'edit', channel: 'lobby', key: newKey(), message, text: 'mine' })).toMatchObject({
      type: 'error',
      code: 'not-yours',
    });
    await from.ask({ type: 'redact', channel: 'lobby', key: newKey(), message });
    expect(await to.next('redaction', ({ id }) => id === message)).toMatchObject({ redaction: { by: 'author' } });
    expect(await from.ask({ type: 'message', channel: 'lobby', message })).toMatchObject({
      type: 'found',
      message: { message: { content: { rich: [] } } },
    });
  });

  it('resumes after the last seq with what was missed, then says so, then goes on live', async () => {
    const [from, first] = await Promise.all([connect(hub.wsUrl, { token: ann }), connect(hub.wsUrl, { token: bob })]);
    const joined = await first.ask(lobby);
    if (joined.type !== 'joined') throw new Error(JSON.stringify(joined));
    await first.close();
    const keys = Array.from({ length: 30 }, newKey);
    for (const key of keys) await from.ask({ type: 'post', channel: 'lobby', key, text: `missed ${key}` });
    const again = await connect(hub.wsUrl, { token: bob });
    const answer = await again.ask({ ...lobby, after: { epoch: joined.epoch, seq: joined.seq } });
    expect(answer).toMatchObject({ type: 'joined', mode: 'resumed', messages: [] });
    const last = newKey();
    await from.ask({ type: 'post', channel: 'lobby', key: last, text: 'live' });
    await again.next('message', (frame) => frame.key === last);
    const heard = again.frames.flatMap((frame) => (frame.type === 'message' ? [frame.key] : []));
    expect(heard).toEqual([...keys, last]);
    expect(again.frames.findIndex((frame) => frame.type === 'joined')).toBeGreaterThan(
      again.frames.findIndex((frame) => frame.type === 'message' && frame.key === keys.at(-1)),
    );
  });

  it('loads the page anew for another epoch', async () => {
    const peer = await connect(hub.wsUrl, { token: bob });
    const answer = await peer.ask({ ...lobby, after: { epoch: 'another', seq: 1 } });
    expect(answer).toMatchObject({ type: 'joined', mode: 'reset' });
    expect(answer.type === 'joined' && answer.messages.length).toBeGreaterThan(0);
  });

  it('lets a guest read and tells it to sign in when it posts; the same guest comes back with its token', async () => {
    const guest = await connect(hub.wsUrl);
    const welcome = await guest.next('welcome');
    expect(welcome.you.isGuest).toBe(true);
    expect(await guest.ask(lobby)).toMatchObject({ type: 'joined' });
    expect(await guest.ask({ type: 'post', channel: 'lobby', key: newKey(), text: 'x' })).toMatchObject({
      type: 'error',
      code: 'sign-in',
    });
    const same = await connect(hub.wsUrl, { token: welcome.token });
    expect((await same.next('welcome')).you.user).toBe(welcome.you.user);
  });

  it('closes with 4401 on a token that is none, and on anything before the hello', async () => {
    const wrong = await connect(hub.wsUrl, { sayHello: false });
    wrong.say({ type: 'hello', version: 1, token: 'sls_nobody_nothing' });
    expect(await wrong.closed).toBe(4401);
    expect(wrong.frames).toMatchObject([{ type: 'error', field: 'token' }]);
    const rude = await connect(hub.wsUrl, { sayHello: false });
    rude.say({ type: 'channels', id: '1' });
    expect(await rude.closed).toBe(4401);
  });

  it('answers what was said in the same breath as the hello', async () => {
    const peer = await connect(hub.wsUrl, { sayHello: false });
    peer.say({ type: 'hello', version: 1, token: ann });
    peer.say({ type: 'channels', id: 'a' });
    peer.say({ ...lobby, id: 'b' });
    expect((await peer.next('channels')).channels[0]).toMatchObject({ id: 'lobby', kind: 'mega', mayPost: true });
    await peer.next('joined');
  });

  it('lets in its own origin and none of a stranger’s page', async () => {
    const own = await connect(hub.wsUrl, { token: ann, origin: hub.url });
    await own.ask(lobby);
    await expect(connectPeer(hub.wsUrl, { token: ann, origin: 'https://evil.example' })).rejects.toThrow('403');
  });

  it('tells typing to the others and not to oneself', async () => {
    const [from, to] = await Promise.all([connect(hub.wsUrl, { token: ann }), connect(hub.wsUrl, { token: bob })]);
    await Promise.all([from.ask(lobby), to.ask(lobby)]);
    from.say({ type: 'typing', id: 't', channel: 'lobby', on: true });
    expect(await to.next('typing')).toMatchObject({ channel: 'lobby', name: 'Ann', on: true });
    await from.ask({ type: 'ping' });
    expect(from.frames.some((frame) => frame.type === 'typing')).toBe(false);
  });

  it('names the field of a request that it cannot read, and goes on', async () => {
    const peer = await connect(hub.wsUrl, { token: ann });
    const wrong: readonly (readonly [object, string])[] = [
      [{ type: 'post', channel: 'lobby', key: newKey(), text: '' }, 'text'],
      [{ type: 'post', channel: 'lobby', key: 'short', text: 'x' }, 'key'],
      [{ type: 'post', channel: 'Lobby!', key: newKey(), text: 'x' }, 'channel'],
      [{ type: 'join', channel: 'lobby', after: { epoch: 'x' } }, 'after.seq'],
      [{ type: 'fly' }, 'type'],
      [{ type: 'channels', extra: 1 }, 'extra'],
    ];
    for (const [frame, field] of wrong) {
      expect(await peer.ask(frame)).toMatchObject({ type: 'error', code: 'bad-request', field });
    }
    expect(await peer.ask(lobby)).toMatchObject({ type: 'joined' });
  });

  it('says goodbye when the hub stops, and closes with 1001', async () => {
    const other = await startTestHub();
    const peer = await connectPeer(other.wsUrl);
    const began = performance.now();
    await other.close();
    expect(await peer.closed).toBe(1001);
    expect(peer.frames.at(-1)).toMatchObject({ type: 'bye' });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
