import { afterEach, describe, expect, it } from 'vitest';
import type { AccountId, EpochMs, RoomId } from '../../../core/domain/ids.ts';
import { type Clock, systemClock, textContent, userIdOf } from '../../../core/plugin/index.ts';
import { ALL_CAPABILITIES, type ModernOptions, type ModernServer, startModernServer } from './modern-server.ts';
import { createRunning, type Running } from './running.ts';

const ROOM = '#lobby' as RoomId;
const SASL = { account: 'hub', password: 'sa5l-5ecre7' };
const ANN = { nick: 'ann', account: 'ann', at: '~u@hub.example' };
const BEN = { nick: 'ben', at: 'ben@home.example' };
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function rig(
  options: ModernOptions = {},
  config: object = {},
  clock?: Clock,
): Promise<Running & { readonly server: ModernServer }> {
  const server = await startModernServer(options);
  const running = createRunning(server.port, [ROOM], config, clock);
  closing.push(server.stop, () => running.bridge.stop());
  return { ...running, server };
}
const signal = () => AbortSignal.timeout(10_000);
const annSpeaks = { kind: 'user', name: 'Änn [x]', avatarUrl: null, key: 'u' } as const;

describe('signing in', () => {
  it('by SASL, before anything else is done', async () => {
    const { start, server } = await rig({ sasl: SASL }, { sasl: SASL });
    await start();
    const order = ['AUTHENTICATE PLAIN', 'CAP END', 'JOIN #lobby'].map((line) => server.lines.indexOf(line));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it.each([300, 400, 401, 700])('with a password of %i bytes too', async (length) => {
    const sasl = { account: 'hub', password: 'p'.repeat(length) };
    const { start, hub } = await rig({ sasl }, { sasl });
    await start();
    expect(hub.states).toEqual([{ room: ROOM, state: { kind: 'live' } }]);
  });

  it('fails for good when it is refused, and never shows the password', async () => {
    const { start, hub } = await rig({ sasl: { ...SASL, password: 'another' } }, { sasl: SASL });
    const error: unknown = await start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ failure: { kind: 'auth' } });
    expect(String(error) + hub.logged()).not.toContain(SASL.password);
  });

  it('fails for good when it is not offered', async () => {
    const capabilities = ALL_CAPABILITIES.filter((name) => !name.startsWith('sasl'));
    const { start } = await rig({ capabilities }, { sasl: SASL });
    await expect(start()).rejects.toMatchObject({ failure: { kind: 'auth' } });
  });

  it('fails for good when the network bans the bridge', async () => {
    const { start, server } = await rig();
    server.answerNext('USER', ':irc.modern 465 * :You are banned', 'ERROR :Closing link: banned');
    await expect(start()).rejects.toMatchObject({
      failure: { kind: 'auth' },
      message: expect.stringContaining('banned'),
    });
  });
});

describe('who somebody is', () => {
  it('is the account where there is one, whatever the nick; else user and host', async () => {
    const { start, server, of } = await rig();
    await start();
    server.say(ANN, ROOM, 'one');
    server.say({ ...ANN, nick: 'annie' }, ROOM, 'two');
    server.say(BEN, ROOM, 'three');
    server.say({ ...BEN, nick: 'ann' }, ROOM, 'four');
    await expect.poll(() => of('message').length).toBe(4);
    expect(of('message').map(({ by }) => [by.id, by.name])).toEqual([
      ['127.0.0.1/account/ann', 'ann'],
      ['127.0.0.1/account/ann', 'annie'],
      ['127.0.0.1/host/ben@home.example', 'ben'],
      ['127.0.0.1/host/ben@home.example', 'ann'],
    ]);
  });

  it('changes with signing in: the one leaves, the other comes', async () => {
    const { start, server, of } = await rig();
    server.enter(BEN, ROOM);
    await start();
    server.tell(':ben!ben@home.example ACCOUNT benjamin');
    await expect.poll(() => of('membership').length).toBe(3);
    expect(of('membership').map(({ act, account }) => [act, account.id])).toEqual([
      ['join', '127.0.0.1/host/ben@home.example'],
      ['leave', '127.0.0.1/host/ben@home.example'],
      ['join', '127.0.0.1/account/benjamin'],
    ]);
  });

  it('is told of those who are spoken to, as far as they are there', async () => {
    const { start, server, of } = await rig();
    server.enter(ANN, ROOM);
    await start();
    server.say(BEN, ROOM, 'Ann: hello @ann, and @carl, not ann');
    server.say(BEN, ROOM, 'hub: hello: ann');
    await expect.poll(() => of('message').length).toBe(2);
    const user = userIdOf('irc', '127.0.0.1/account/ann' as AccountId);
    expect(of('message').map(({ content }) => content.rich)).toEqual([
      [
        { t: 'mention', user, name: 'ann' },
        { t: 'text', text: ': hello ' },
        { t: 'mention', user, name: 'ann' },
        { t: 'text', text: ', and @carl, not ann' },
      ],
      [{ t: 'text', text: 'hub: hello: ann' }],
    ]);
  });

  it('is not a service of the network, which is not heard', async () => {
    const { start, server, texts } = await rig();
    await start();
    server.say({ nick: 'ChanServ', at: 'ChanServ@services.example' }, ROOM, 'welcome');
    server.say({ nick: 'helper', at: 'h@services.' }, ROOM, 'hello');
    server.tell(':irc.modern NOTICE #lobby :server notice');
    server.tell(':NickServ!NickServ@services. NOTICE ~me :register!');
    server.tell(`:irc.modern PRIVMSG @${ROOM} :for operators`);
    server.tell(`:ben!b@h PRIVMSG @${ROOM} :for operators too`);
    server.say(BEN, ROOM, 'me');
    await expect.poll(texts).toEqual(['me']);
  });
});

describe('what was missed', () => {
  it('comes in whole, page by page, once, also from whoever shares our address', async () => {
    const { start, bridge, server, texts, of } = await rig();
    await start();
    server.say(BEN, ROOM, 'before');
    await expect.poll(texts).toEqual(['before']);
    await bridge.stop();
    for (let n = 1; n <= 8; n += 1) server.say(n % 2 === 0 ? ANN : BEN, ROOM, `missed ${n}`);
    await start();
    server.say(BEN, ROOM, 'after');
    await expect.poll(texts).toContain('after');
    const once = new Map(of('message').map(({ ref, content }) => [ref.id, content.rich[0]]));
    expect([...once.values()].map((node) => node?.t === 'text' && node.text)).toEqual([
      'before',
      ...Array.from({ length: 8 }, (_, n) => `missed ${n + 1}`),
      'after',
    ]);
    expect(texts().filter((text) => text === 'before')).toHaveLength(1);
  });

  it('holds nothing of ours, under whatever nick we said it', async () => {
    const { start, bridge, server, texts, post } = await rig({ relayIn: [ROOM] });
    await start();
    await post('as ourselves');
    await post('as somebody', { speaker: annSpeaks });
    await bridge.stop();
    server.say({ nick: 'hub_', at: '~u@hub.example' }, ROOM, 'from a connection that had another nick');
    server.say(BEN, ROOM, 'theirs');
    await start();
    await expect.poll(texts).toEqual(['theirs']);
  });

  it('is left where the network does not hand it out; the room works', async () => {
    const { start, bridge, server, hub, texts } = await rig();
    await start();
    await bridge.stop();
    server.say(BEN, ROOM, 'missed');
    server.answerNext('CHATHISTORY', '@LABEL :irc.modern FAIL CHATHISTORY INVALID_TARGET AFTER #lobby :No');
    await start();
    server.say(BEN, ROOM, 'after');
    await expect.poll(texts).toEqual(['after']);
    expect(hub.states.at(-1)).toEqual({ room: ROOM, state: { kind: 'live' } });
  });
});

describe('names of speakers', () => {
  it('are shown where the network lets us, and never come back', async () => {
    const { start, server, post, bridge, texts } = await rig({ relayIn: [ROOM] });
    await start();
    expect(bridge.capabilities(ROOM).post?.limits.speaker).toBe('native');
    const [ref] = await post('hello', { speaker: annSpeaks });
    expect(server.lines.at(-1)).toMatch(/RELAYMSG #lobby Ann-x\/slipmat hello$/);
    expect(ref?.id).toMatch(/^m\d+$/);
    server.say(BEN, ROOM, 'hi');
    await expect.poll(texts).toEqual(['hi']);
  });

  it('go into the text where it does not, which the hub is told', async () => {
    const { start, server, post, bridge, of } = await rig();
    await start();
    await post('hello', { speaker: annSpeaks });
    expect(server.lines.at(-1)).toMatch(/PRIVMSG #lobby :<Änn \[x\]> hello$/);
    expect(bridge.capabilities(ROOM).post?.limits.speaker).toBe('prefix');
    await expect.poll(() => of('rights-changed').length).toBe(1);
    server.tell(':ben!b@h MODE #lobby +o ~me');
    await expect.poll(() => bridge.capabilities(ROOM).post?.limits.speaker).toBe('native');
  });
});

describe('posts', () => {
  it('are redacted and reported redacted by the id of the network', async () => {
    const { start, server, post, bridge, of } = await rig();
    await start();
    const refs = await post('oops');
    await bridge.capabilities(ROOM).redact?.run({ refs, reason: null }, signal());
    await bridge.capabilities(ROOM).redact?.run({ refs, reason: null }, signal());
    server.tell(':ben!b@h REDACT #lobby m77 :sorry');
    await expect.poll(() => of('redaction')).toMatchObject([{ of: { refs: [{ room: ROOM, id: 'm77' }] } }]);
  });

  it('are found again by whoever does not know whether they arrived', async () => {
    const { start, post, bridge, server } = await rig({ relayIn: [ROOM] });
    await start();
    const sentAt = systemClock.now();
    for (let n = 0; n < 5; n += 1) server.say(BEN, ROOM, `talk ${n}`);
    server.say(BEN, ROOM, 'hello');
    const refs = await post('hello', { speaker: annSpeaks });
    const find = (text: string, at: EpochMs) =>
      bridge.capabilities(ROOM).find?.run(
        {
          room: ROOM,
          speaker: annSpeaks,
          text: textContent(text).rich,
          media: [],
          replyTo: null,
          sentAt: at,
          key: 'k',
        },
        signal(),
      );
    expect(await find('hello', sentAt)).toEqual(refs);
    expect(await find('never', sentAt)).toBeNull();
    expect(await find('hello', (sentAt + 60_000) as EpochMs)).toBeNull();
  });

  it('are found after a crash although the name was in front of them then', async () => {
    const { start, bridge, post, server } = await rig();
    await start();
    const sentAt = systemClock.now();
    server.say(BEN, ROOM, '[Slipmat] Änn (x): hello');
    const refs = await post('[Slipmat] Änn (x): hello');
    const speaker = { ...annSpeaks, name: 'Änn (x)' };
    const text = textContent('hello').rich;
    const said = { room: ROOM, speaker, text, media: [], replyTo: null, sentAt, key: 'k' };
    expect(await bridge.capabilities(ROOM).find?.run(said, signal())).toEqual(refs);
  });

  it('that the network does not echo have arrived when it answers what was sent behind them', async () => {
    const { start, post, server } = await rig({ capabilities: [], tokens: 'CHANTYPES=#' });
    await start();
    const [one] = await post('one');
    const [two] = await post('two');
    expect(one?.id).toMatch(/^k-/);
    expect(two?.id).not.toBe(one?.id);
    server.answerNext('PRIVMSG', ':irc.modern 404 ~me #lobby :Cannot send to channel');
    await expect(post('three')).rejects.toMatchObject({ failure: { kind: 'permanent', scope: 'portal' } });
    server.answerNext('PRIVMSG', ':irc.modern FAIL PRIVMSG RATE_LIMITED #lobby :Slow down');
    await expect(post('four')).rejects.toMatchObject({
      failure: { kind: 'retryable', delivered: 'no', retryAfterMs: 10_000 },
    });
  });

  it('that the network answers without passing them on have failed', async () => {
    const { start, post, server } = await rig();
    await start();
    server.answerNext('PRIVMSG', '@LABEL :irc.modern ACK');
    await expect(post('shadowed')).rejects.toMatchObject({ failure: { kind: 'permanent', scope: 'command' } });
  });

  it('of two lines, of which the second failed, are not said again', async () => {
    const { start, post, server } = await rig({ capabilities: [], tokens: 'CHANTYPES=#' });
    await start();
    server.answerNext(/PRIVMSG #lobby :… /, ':irc.modern FAIL PRIVMSG RATE_LIMITED #lobby :Slow down');
    await expect(post('word '.repeat(150).trim())).rejects.toMatchObject({
      failure: { kind: 'retryable', delivered: 'unknown' },
    });
    expect(server.lines.filter((line) => line.startsWith('PRIVMSG'))).toHaveLength(2);
  });

  it('fit the line that others get, to the byte', async () => {
    const { start, post, server, bridge } = await rig({
      capabilities: ['message-tags', 'echo-message', 'labeled-response'],
    });
    await start();
    const limit = bridge.capabilities(ROOM).post?.limits.text ?? 0;
    await post('x'.repeat(limit));
    const sent = server.lines.at(-1)?.replace(/^@\S+ /, '') ?? '';
    expect(`:hub!~u@hub.example ${sent}\r\n`.length).toBeLessThanOrEqual(512);
    expect(`:hub!~u@hub.example ${sent} :\r\n`.length).toBeGreaterThanOrEqual(511);
  });

  it('go to one person alone, who is found by account', async () => {
    const { start, server, bridge } = await rig();
    server.enter(ANN, ROOM);
    await start();
    const direct = (to: string) =>
      bridge
        .capabilities(ROOM)
        .direct?.run(
          { to: to as AccountId, speaker: { kind: 'hub' }, text: textContent('psst').rich, choices: [], key: 'k' },
          signal(),
        );
    expect(await direct('127.0.0.1/account/ann')).toMatchObject({ room: 'ann' });
    expect(server.lines.at(-1)).toMatch(/PRIVMSG ann psst$/);
    await expect(direct('127.0.0.1/account/nobody')).rejects.toMatchObject({
      failure: { kind: 'permanent', scope: 'command' },
    });
  });
});

describe('the link', () => {
  it('survives a netsplit: people go and come back, nothing else happens', async () => {
    const { start, server, of, hub } = await rig();
    server.enter(ANN, ROOM);
    server.enter(BEN, ROOM);
    await start();
    await expect.poll(() => of('membership').length).toBe(2);
    server.tell(':irc.modern BATCH +n netsplit irc.hub other.host');
    server.tell('@batch=n :ann!~u@hub.example QUIT :irc.hub other.host');
    server.tell('@batch=n :ben!ben@home.example QUIT :irc.hub other.host');
    server.tell(':irc.modern BATCH -n');
    server.enter(BEN, ROOM);
    await expect.poll(() => of('membership').length).toBe(5);
    expect(of('membership').map(({ act, account }) => `${act} ${account.name}`)).toEqual([
      'join ann',
      'join ben',
      'leave ann',
      'leave ben',
      'join ben',
    ]);
    expect(hub.states).toHaveLength(1);
    expect(of('message')).toEqual([]);
  });

  it('is given up when the other side speaks no TLS, or says nothing at all', async () => {
    const time = handClock();
    const { start } = await rig({}, { tls: true }, time.clock);
    const failed = start().catch((error: unknown) => error);
    await expect.poll(time.waiting).toBeGreaterThan(0);
    time.pass(10_000);
    expect(await failed).toMatchObject({ failure: { kind: 'retryable', delivered: 'no' } });
  });

  it('is given up when the server gives no sign of life', async () => {
    const time = handClock();
    const { start, server, hub } = await rig({}, {}, time.clock);
    await start();
    server.fallSilent();
    const said = server.lines.length;
    time.pass(65_000);
    time.pass(40_000);
    await expect
      .poll(() => hub.states.at(-1))
      .toMatchObject({
        room: null,
        state: { kind: 'failed', failure: { kind: 'retryable' }, say: 'the server gives no sign of life' },
      });
    expect(server.lines.length).toBe(said);
  });

  it('comes back into a room from which it was thrown out, after a while, and at once when invited', async () => {
    const time = handClock();
    const { start, server, hub, post } = await rig({}, {}, time.clock);
    await start();
    const joins = () => server.lines.filter((line) => line === 'JOIN #lobby').length;
    server.tell(':ben!b@h KICK #lobby ~me :out');
    await expect
      .poll(() => hub.states.at(-1))
      .toMatchObject({ room: ROOM, state: { kind: 'failed', failure: { kind: 'retryable' } } });
    await expect(post('anyone?')).rejects.toMatchObject({ failure: { kind: 'retryable', delivered: 'no' } });
    time.pass(15_000);
    expect(joins()).toBe(1);
    const later = (): number => {
      if (joins() < 2) time.pass(3_000);
      return joins();
    };
    await expect.poll(later).toBe(2);
    await expect.poll(() => hub.states.at(-1)).toEqual({ room: ROOM, state: { kind: 'live' } });
    server.tell(':ben!b@h KICK #lobby ~me :out');
    server.tell(':ben!b@h INVITE ~me #lobby');
    await expect.poll(joins).toBe(3);
    await post('back');
  });

  it('stays in a room that gets another name, and hears it once that is linked', async () => {
    const { start, server, of, hub, texts, post } = await rig();
    server.enter(ANN, ROOM);
    await start();
    server.tell(':ann!~u@hub.example RENAME #lobby #dance :better');
    await expect.poll(() => of('room-moved')).toMatchObject([{ from: ROOM, to: '#dance' }]);
    hub.link('#dance' as RoomId);
    server.say(ANN, '#dance', 'hi');
    await expect.poll(texts).toEqual(['hi']);
    await post('and hi from here', { room: '#dance' as RoomId });
    expect(server.lines.filter((line) => /^(JOIN|PART) /.test(line))).toEqual(['JOIN #lobby']);
  });

  it('takes part in a room whose answer came late', async () => {
    const time = handClock();
    const { start, server, hub, texts } = await rig({}, {}, time.clock);
    server.answerNext('JOIN');
    const started = start();
    await expect.poll(() => server.lines.includes('JOIN #lobby')).toBe(true);
    time.pass(10_000);
    await started;
    expect(hub.states.at(-1)).toMatchObject({ room: ROOM, state: { kind: 'failed', failure: { kind: 'retryable' } } });
    server.tell(':~me!~u@hub.example JOIN #lobby * :hub');
    await expect.poll(() => hub.states.at(-1)).toEqual({ room: ROOM, state: { kind: 'live' } });
    server.say(BEN, ROOM, 'there you are');
    await expect.poll(texts).toEqual(['there you are']);
  });

  it('tells of an invitation to a room that is not linked, and does not go', async () => {
    const { start, server, of } = await rig();
    await start();
    server.tell(':ben!b@h INVITE ~me #other');
    await expect.poll(() => of('invitation')).toMatchObject([{ room: '#other', by: { name: 'ben' } }]);
    expect(server.lines).not.toContain('JOIN #other');
  });

  it('hands on one message of a room after the other, while other rooms do not wait', async () => {
    const server = await startModernServer();
    const { bridge, start, hub, texts } = createRunning(server.port, [ROOM, '#other']);
    closing.push(server.stop, () => bridge.stop());
    await start();
    const release = hub.holdReceipts();
    server.say(BEN, ROOM, 'one');
    server.say(ANN, ROOM, 'two');
    server.say(ANN, '#other', 'elsewhere');
    await expect.poll(texts).toContain('elsewhere');
    expect(texts()).toEqual(['one', 'elsewhere']);
    release();
    await expect.poll(texts).toEqual(['one', 'elsewhere', 'two']);
  });

  it('reads text that is not UTF-8 as the one it was before', async () => {
    const { start, server, texts } = await rig();
    await start();
    server.tellBytes(Buffer.from(':ben!b@h PRIVMSG #lobby :d\u00e9j\u00e0 vu\r\n', 'latin1'));
    server.tell(':ben!b@h PRIVMSG #lobby :déjà vu');
    await expect.poll(texts).toEqual(['déjà vu', 'déjà vu']);
  });
});

/** Time that passes when it is told to; timers of both kinds. */
function handClock(): { readonly clock: Clock; pass(ms: number): void; waiting(): number } {
  const timers = new Set<{ at: number; readonly everyMs: number | null; readonly run: () => void }>();
  let now = 0;
  function add(ms: number, everyMs: number | null, run: () => void): () => void {
    const timer = { at: now + ms, everyMs, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  }
  return {
    clock: {
      now: systemClock.now,
      elapsed: () => now,
      after: (ms, run) => add(ms, null, run),
      every: (ms, run) => add(ms, ms, run),
    },
    waiting: () => timers.size,
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        now = next.at;
        if (next.everyMs === null) timers.delete(next);
        else next.at += next.everyMs;
        next.run();
      }
      now = end;
    },
  };
}
