import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPortDouble, type PortDouble } from '../../../core/contract/port-double.ts';
import {
  type Bridge,
  type Inbound,
  type Post,
  plainText,
  type RoomId,
  systemClock,
  textContent,
} from '../../../core/plugin/index.ts';
import irc from '../../../examples/irc/src/index.ts';
import { hasInspircd, type Inspircd, startInspircd } from './inspircd.ts';
import { connectPerson, type Person } from './person.ts';

let server: Inspircd;
const closing: (() => unknown)[] = [];
let rooms = 0;

beforeAll(async () => {
  if (hasInspircd) server = await startInspircd();
});
afterAll(() => server?.stop());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function person(nick: string): Promise<Person> {
  const one = await connectPerson(server.port, nick, server.password);
  closing.push(one.close);
  return one;
}

interface Running {
  readonly room: RoomId;
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  of<K extends Inbound['kind']>(kind: K): readonly Extract<Inbound, { kind: K }>[];
  texts(): readonly string[];
  post(text: string | Post['text'], to?: RoomId): Promise<readonly { readonly id: string }[]>;
}

/** A bridge in a new room, in which Ann is the operator. */
async function bridged(more: object = {}): Promise<Running & { readonly ann: Person }> {
  rooms += 1;
  const room = `#Room${rooms}` as RoomId;
  const ann = await person(`ann${rooms}`);
  await ann.join(room);
  return { ...(await running(room, more)), ann };
}

async function running(room: RoomId, more: object = {}, hub = createPortDouble([room])): Promise<Running> {
  const config = irc.parseConfig({
    host: '127.0.0.1',
    port: server.port,
    tls: false,
    nick: `hub${rooms}`,
    password: server.password,
    ...more,
  });
  const bridge = irc.create(config, hub.port);
  closing.push(() => bridge.stop());
  await bridge.start(new AbortController().signal);
  return {
    room,
    hub,
    bridge,
    of: (kind) => hub.received.filter((one): one is Extract<Inbound, { kind: typeof kind }> => one.kind === kind),
    texts: () => hub.received.flatMap((one) => (one.kind === 'message' ? [plainText(one.content.rich)] : [])),
    async post(text, to = room) {
      const rich = typeof text === 'string' ? textContent(text).rich : text;
      const { post } = bridge.capabilities(room);
      const command: Post = {
        room: to,
        speaker: { kind: 'hub' },
        text: rich,
        media: [],
        replyTo: null,
        sentAt: systemClock.now(),
        key: 'k',
      };
      return (await post?.run(command, AbortSignal.timeout(10_000))) ?? [];
    },
  };
}

describe.skipIf(!hasInspircd)('with a real InspIRCd', () => {
  it('T2: a message comes with the id and the time of the network, and with who said it', async () => {
    const { ann, room, of } = await bridged();
    ann.say(room, 'hello \x02all\x02');
    await expect.poll(() => of('message').length).toBe(1);
    const [message] = of('message');
    const line = await ann.sees(/PRIVMSG \S+ :hello/);
    expect(message).toMatchObject({
      ref: { room, id: /msgid=([^;\s]+)/.exec(line)?.[1] },
      by: { id: `127.0.0.1/host/${ann.nick}@127.0.0.1`, name: ann.nick, isBot: false },
      content: {
        rich: [
          { t: 'text', text: 'hello ' },
          { t: 'bold', children: [{ t: 'text', text: 'all' }] },
        ],
      },
      at: Date.parse(/time=([^;\s]+)/.exec(line)?.[1] ?? ''),
      replyTo: null,
    });
  });

  it('posts, knows the id that the network gave it, and does not hear itself', async () => {
    const { ann, room, post, texts } = await bridged();
    const [ref] = await post('[Discord] Bob: hi there');
    const line = await ann.sees(/PRIVMSG \S+ :\[Discord\] Bob: hi there/);
    expect(ref?.id).toBe(/msgid=([^;\s]+)/.exec(line)?.[1]);
    ann.say(room, 'hi Bob');
    await expect.poll(texts).toEqual(['hi Bob']);
  });

  it('reports replies, reactions, typing, actions and notices', async () => {
    const { ann, room, of } = await bridged();
    ann.raw(`@+draft/reply=abc PRIVMSG ${room} :yes`);
    ann.raw(`@+draft/reply=abc;+draft/react=👍 TAGMSG ${room}`);
    ann.raw(`@+typing=active TAGMSG ${room}`);
    ann.say(room, '\x01ACTION dances\x01');
    ann.say(room, '\x01VERSION\x01');
    ann.raw(`NOTICE ${room} :from a program`);
    await expect.poll(() => of('message').length).toBe(3);
    expect(of('message').map(({ content, replyTo, by }) => [content.rich, replyTo?.id ?? null, by.isBot])).toEqual([
      [[{ t: 'text', text: 'yes' }], 'abc', false],
      [[{ t: 'italic', children: [{ t: 'text', text: 'dances' }] }], null, false],
      [[{ t: 'text', text: 'from a program' }], null, true],
    ]);
    expect(of('reaction')).toMatchObject([{ ref: { room, id: 'abc' }, emoji: '👍', on: true }]);
    expect(of('typing')).toMatchObject([{ room, on: true }]);
  });

  it('T7: knows who is there from the start, and who comes, goes and changes the name', async () => {
    const { ann, room, of } = await bridged();
    const ben = await person('ben');
    await ben.join(room);
    ben.raw('NICK benny');
    await ben.sees(/NICK :?benny/);
    ben.raw(`PART ${room}`);
    await expect.poll(() => of('membership').length).toBe(3);
    expect(of('membership').map(({ account, act }) => [act, account.name, account.id])).toEqual([
      ['join', ann.nick, `127.0.0.1/host/${ann.nick}@127.0.0.1`],
      ['join', 'ben', '127.0.0.1/host/ben@127.0.0.1'],
      ['leave', 'benny', '127.0.0.1/host/ben@127.0.0.1'],
    ]);
    expect(of('profile')).toMatchObject([{ account: { id: '127.0.0.1/host/ben@127.0.0.1', name: 'benny' } }]);
  });

  it('reports bans and mutes with who gave them, and when they are lifted', async () => {
    const { ann, room, of } = await bridged();
    const ben = await person('bad');
    await ben.join(room);
    ann.raw(`MODE ${room} +b *!bad@*`);
    ann.raw(`MODE ${room} -b *!bad@*`);
    ann.raw(`MODE ${room} +b m:*!*@127.0.0.1`);
    ann.raw(`KICK ${room} bad :out`);
    ann.raw(`MODE ${room} -b m:*!*@127.0.0.1`);
    ann.raw(`MODE ${room} +b *!bad@127.0.0.1`);
    await expect.poll(() => of('sanction').length).toBeGreaterThanOrEqual(6);
    const by = `127.0.0.1/host/${ann.nick}@127.0.0.1`;
    const seen = of('sanction').filter(({ account }) => account.id === '127.0.0.1/host/bad@127.0.0.1');
    expect(seen.map((one) => [one.act, one.by?.id, one.room])).toEqual([
      ['ban', by, room],
      ['lift', by, room],
      ['timeout', by, room],
      ['ban', by, room],
    ]);
  });

  it('D2: bans somebody and throws them out, where it is an operator, and lets them in again', async () => {
    const { ann, room, bridge, of } = await bridged();
    const ben = await person('rude');
    await ben.join(room);
    expect(bridge.capabilities(room).sanction).toBeUndefined();
    ann.raw(`MODE ${room} +o hub${rooms}`);
    await expect.poll(() => of('rights-changed').length).toBe(1);
    const account = '127.0.0.1/host/rude@127.0.0.1' as never;
    const sanction = { room, account, until: null, reason: 'enough' };
    const signal = new AbortController().signal;
    await bridge.capabilities(room).sanction?.run({ ...sanction, act: 'ban' }, signal);
    await ben.sees(/KICK \S+ rude :?enough/);
    ben.raw(`JOIN ${room}`);
    await ben.sees(/ 474 /);
    expect(of('sanction')).toEqual([]);
    await bridge.capabilities(room).sanction?.run({ ...sanction, act: 'lift' }, signal);
    await ann.sees(/MODE \S+ -b/);
    await ben.join(room);
  });

  it('knows who has a say in the room', async () => {
    const { ann, room, bridge, of } = await bridged();
    await person('nob').then((one) => one.join(room));
    const ask = (nick: string) =>
      bridge
        .capabilities(room)
        .authority?.run({ room, account: `127.0.0.1/host/${nick}@127.0.0.1` as never }, new AbortController().signal);
    await expect.poll(() => of('membership').length).toBe(2);
    expect(await ask(ann.nick)).toBe('admin');
    expect(await ask('nob')).toBe('member');
    expect(await ask('stranger')).toBe('none');
    ann.raw(`MODE ${room} +h nob`);
    await expect.poll(() => ask('nob')).toBe('moderator');
  });

  it('says why a room cannot be joined, each for itself', async () => {
    const ann = await person('keeper');
    const other = `#locked${rooms}`;
    await ann.join(other);
    ann.raw(`MODE ${other} +k sesame`);
    await ann.sees(/MODE \S+ \+k/);
    const { hub, room } = await bridged();
    const two = await running(other as RoomId, { nick: 'second' });
    expect(two.hub.states).toMatchObject([
      { room: other, state: { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' } } },
    ]);
    expect(JSON.stringify(two.hub.states)).toContain('keys');
    await expect(two.post('anyone?')).rejects.toMatchObject({ failure: { kind: 'permanent', scope: 'portal' } });
    expect(hub.states).toEqual([{ room, state: { kind: 'live' } }]);
    const three = await running(other as RoomId, { nick: 'third', keys: { [other.toUpperCase()]: 'sesame' } });
    expect(three.hub.states).toEqual([{ room: other, state: { kind: 'live' } }]);
  });

  it('pauses a room that it may not speak in, and says when it may again', async () => {
    const { ann, room, post, hub } = await bridged();
    ann.raw(`MODE ${room} +m`);
    await ann.sees(/MODE \S+ :?\+m/);
    await expect(post('quiet?')).rejects.toMatchObject({ failure: { kind: 'permanent', scope: 'portal' } });
    const before = hub.states.length;
    ann.raw(`MODE ${room} -m`);
    await expect.poll(() => hub.states.length).toBeGreaterThan(before);
    await post('loud');
    await ann.sees(/:loud/);
  });

  it('takes another nick where its own is taken, and its own once that is free', async () => {
    const squatter = await person(`hub${rooms + 1}`);
    const { ann, room, post } = await bridged();
    await squatter.join(room);
    await post('who am I');
    await ann.sees(new RegExp(`:hub${rooms}_!\\S+ PRIVMSG \\S+ :who am I`));
    squatter.raw('QUIT');
    await ann.sees(new RegExp(`:hub${rooms}_!\\S+ NICK :?hub${rooms}$`));
  });

  it('tells the hub that it was removed, and asks to be left alone after the third time', async () => {
    const oper = await person('oper');
    oper.raw('OPER root root');
    await oper.sees(/ 381 /);
    const { room, bridge, hub, post } = await bridged();
    for (const kind of ['retryable', 'retryable', 'auth']) {
      await post('still here');
      oper.raw(`KILL hub${rooms} :go away`);
      await expect
        .poll(() => hub.states.at(-1))
        .toMatchObject({ room: null, state: { kind: 'failed', failure: { kind } } });
      await bridge.stop();
      await bridge.start(new AbortController().signal);
    }
    expect(hub.states.filter((one) => one.room === room).length).toBe(4);
  });

  it('loses and doubles nothing while it is away, where the network keeps history', async () => {
    const { ann, room, bridge, hub, of } = await bridged();
    ann.raw(`MODE ${room} +H 100:1d`);
    ann.say(room, 'one');
    await expect.poll(() => of('message').length).toBe(1);
    await bridge.stop();
    ann.say(room, 'two');
    ann.say(room, 'three');
    await ann.sees(/:three/);
    await bridge.start(new AbortController().signal);
    ann.say(room, 'four');
    await expect.poll(() => of('message').at(-1)?.content.rich).toEqual([{ t: 'text', text: 'four' }]);
    const once = new Map(of('message').map(({ ref, content }) => [ref.id, plainText(content.rich)]));
    expect([...once.values()]).toEqual(['one', 'two', 'three', 'four']);
    expect(hub.cursor()).not.toBeNull();
  });

  it('takes no history from before the room was linked', async () => {
    rooms += 1;
    const room = `#Room${rooms}` as RoomId;
    const ann = await person(`early${rooms}`);
    await ann.join(room);
    ann.raw(`MODE ${room} +H 100:1d`);
    ann.say(room, 'before');
    await ann.sees(/:before/);
    const { texts, bridge } = await running(room);
    await bridge.stop();
    await bridge.start(new AbortController().signal);
    ann.say(room, 'after');
    await expect.poll(texts).toContain('after');
    expect(texts()).toEqual(['after']);
  });
});
