import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../core/domain/ids.ts';
import type { MediaPort } from '../../../core/plugin/media.ts';
import { testClock } from '../../accounts/harness.ts';
import { type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';
import { banUser, removeMessage } from '../../fakes/twitch-helix.ts';
import { closeRigs, createRig } from './rig.ts';

let twitch: FakeTwitch;
let dj: RoomId;
let mc: RoomId;
beforeEach(async () => {
  twitch = await startTwitch();
  [dj, mc] = twitch.rooms;
});
afterEach(async () => {
  await closeRigs();
  await twitch.stop();
});

const says = (text: string): string => twitch.says(dj, twitch.ben, text);

describe('a connection', () => {
  it('that the server asks to leave is left only once another is in the channels: nothing is lost or doubled', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    says('before');
    await expect.poll(rig.texts).toEqual(['before']);
    twitch.irc.sendAll(':tmi.twitch.tv RECONNECT');
    const during = Array.from({ length: 40 }, (_, at) => `during ${at}`);
    for (const text of during) {
      says(text);
      await new Promise(setImmediate);
    }
    await expect.poll(() => twitch.irc.heard.filter((line) => line === 'JOIN #dj_kool').length).toBe(2);
    await expect.poll(twitch.irc.connections).toBe(1);
    says('after');
    await expect.poll(() => rig.texts().at(-1)).toBe('after');
    expect(rig.texts()).toEqual(['before', ...during, 'after']);
    expect(rig.state(null)).toEqual({ kind: 'live' });
  });

  it('that breaks is made anew, and joined to the same channels', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    twitch.irc.dropConnections();
    await expect.poll(() => rig.state(null)).toEqual({ kind: 'connecting' });
    await expect.poll(() => rig.state(null)).toEqual({ kind: 'live' });
    twitch.says(mc, twitch.ben, 'back');
    await expect.poll(rig.texts).toEqual(['back']);
  });

  it('that is asked for after a stop is not opened, even when the server has just asked to reconnect', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    twitch.irc.sendAll(':tmi.twitch.tv RECONNECT');
    await rig.bridge.stop();
    await expect.poll(twitch.irc.connections).toBe(0);
    const logins = twitch.irc.heard.filter((line) => line.startsWith('NICK')).length;
    const again = await createRig({ twitch });
    await again.start();
    expect(twitch.irc.connections()).toBe(1);
    expect(twitch.irc.heard.filter((line) => line.startsWith('NICK')).length).toBeLessThanOrEqual(logins + 1);
  });

  it('whose login is refused gets a new token once, and is then given up', async () => {
    twitch.irc.refuseLogins();
    const rig = await createRig({ twitch });
    await expect(rig.start()).rejects.toMatchObject({ failure: { kind: 'auth' } });
    expect(twitch.helix.requests.filter((one) => one === 'POST /oauth2/token')).toHaveLength(1);
    expect(twitch.irc.heard.filter((line) => line.startsWith('NICK'))).toHaveLength(2);
  });

  it('survives lines that are none, and goes on with the next', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    const odd = [
      ':tmi.twitch.tv USERNOTICE #dj_kool',
      '@msg-id=raid :tmi.twitch.tv USERNOTICE #dj_kool',
      ':ben!ben@ben PRIVMSG #dj_kool',
      ':jtv!jtv@jtv PRIVMSG #dj_kool',
      ':tmi.twitch.tv HOSTTARGET #dj_kool',
      '@msg-id=room_mods :tmi.twitch.tv NOTICE #dj_kool',
      '@msg-id=vips_success :tmi.twitch.tv NOTICE #dj_kool',
      ':tmi.twitch.tv 353',
      ':bot.tmi.twitch.tv 353 bot = #dj_kool',
      ':tmi.twitch.tv CLEARMSG #dj_kool',
      ':tmi.twitch.tv NOTICE',
      '@emotes=/:,-;badges=,/ :ben!ben@ben PRIVMSG #dj_kool :x',
      ':tmi.twitch.tv PONG tmi.twitch.tv :late',
      '@',
      ':',
      'PING',
    ];
    for (const line of odd) twitch.irc.sendAll(line);
    says('still here');
    await expect.poll(rig.texts).toEqual(['still here']);
    expect(rig.state(null)).toBe(undefined);
    expect(rig.hub.logged()).not.toContain('line not read');
  });

  it('asks nothing of the old API, and sends nothing but what joins and keeps it', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    await rig.post('by Helix');
    const commands = new Set(twitch.irc.heard.map((line) => line.split(' ')[0]));
    expect([...commands].sort()).toEqual(['CAP', 'JOIN', 'NICK', 'PASS']);
    expect(twitch.irc.heard[0]).toBe('CAP REQ :twitch.tv/tags twitch.tv/commands twitch.tv/membership');
  });
});

describe('a channel', () => {
  it('that cannot be joined is told with the reason; the others go on', async () => {
    twitch.irc.refuseJoin('mc_ann', 'msg_banned', 'You are permanently banned from talking in mc_ann.');
    const rig = await createRig({ twitch, rooms: [dj, mc, '99999', 'nobody_there'] });
    await rig.start();
    const permanent = { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' } };
    expect(rig.state(mc)).toEqual({ ...permanent, say: 'the bot is banned from this Twitch channel' });
    expect(rig.state('99999' as RoomId)).toEqual({ ...permanent, say: 'there is no Twitch channel "99999"' });
    expect(rig.state('nobody_there' as RoomId)).toMatchObject(permanent);
    expect(rig.state(dj)).toEqual({ kind: 'live' });
    says('hello');
    await expect.poll(rig.texts).toEqual(['hello']);
  });

  it('that does not answer does not keep the others waiting for ever, and is asked again', async () => {
    const clock = testClock(Date.now());
    twitch.irc.ignoreJoin('mc_ann');
    const rig = await createRig({ twitch, clock });
    const started = rig.start();
    await expect.poll(() => rig.state(dj)).toEqual({ kind: 'live' });
    clock.move(10_000);
    await started;
    expect(rig.state(mc)).toMatchObject({ kind: 'failed', failure: { kind: 'retryable' } });
    clock.move(60_000);
    await expect.poll(() => twitch.irc.heard.filter((line) => line === 'JOIN #mc_ann').length).toBe(2);
  });

  it('may be named by its login, and is followed when it is renamed', async () => {
    const room = 'dj_kool' as RoomId;
    const first = await createRig({ twitch, rooms: ['DJ_Kool'.toLowerCase()] });
    await first.start();
    says('by name');
    await expect.poll(first.texts).toEqual(['by name']);
    expect(first.heard('message')[0]?.ref.room).toBe(room);
    await first.post('answer', { room });
    await first.bridge.stop();
    twitch.world.user(dj).login = 'dj_cool';
    const second = await createRig({ twitch, rooms: [room], kept: first.kept });
    await second.start();
    expect(twitch.irc.joined('dj_cool')).toEqual(['slipmat_bot']);
    says('by another');
    await expect.poll(second.texts).toEqual(['by another']);
    expect(second.heard('message')[0]?.ref.room).toBe(room);
    expect(second.heard('room-renamed')).toEqual([{ kind: 'room-renamed', room, name: 'dj_cool' }]);
  });

  it('that is renamed while the bridge runs is followed at the next check', async () => {
    const clock = testClock(Date.now());
    const rig = await createRig({ twitch, clock });
    await rig.start();
    twitch.world.user(dj).login = 'dj_cool';
    clock.move(3_600_000);
    await expect.poll(() => twitch.irc.joined('dj_cool')).toEqual(['slipmat_bot']);
    expect(rig.heard('room-renamed')).toMatchObject([{ room: dj, name: 'dj_cool' }]);
    expect(twitch.irc.heard).toContain('PART #dj_kool');
  });

  it('that is linked by two names is served by the first, and the second is told', async () => {
    const rig = await createRig({ twitch, rooms: [dj, 'dj_kool'] });
    await rig.start();
    expect(rig.state('dj_kool' as RoomId)).toMatchObject({ kind: 'failed' });
    says('once');
    says('twice');
    await expect.poll(rig.texts).toEqual(['once', 'twice']);
  });

  it('is joined when it is linked, and left when it is not any more', async () => {
    const rig = await createRig({ twitch, rooms: [dj] });
    await rig.start();
    expect(twitch.irc.joined('mc_ann')).toEqual([]);
    rig.relink([dj, mc]);
    await expect.poll(() => twitch.irc.joined('mc_ann')).toEqual(['slipmat_bot']);
    await expect.poll(() => rig.state(mc)).toEqual({ kind: 'live' });
    rig.relink([mc]);
    await expect.poll(() => twitch.irc.joined('dj_kool')).toEqual([]);
  });

  it('is listened to before it is linked where it is listed, under its id', async () => {
    const rig = await createRig({ twitch, rooms: [], fields: { channels: ['#mc_ann'] } });
    await rig.start();
    twitch.says(mc, mc, '!bridge K7Q2');
    await expect.poll(() => rig.heard('message')).toMatchObject([{ ref: { room: mc }, by: { id: mc } }]);
    const authority = rig.can(mc).authority?.run;
    const account = rig.heard('message')[0]?.by.id ?? expect.fail('nobody');
    expect(await authority?.({ room: mc, account }, new AbortController().signal)).toBe('owner');
  });

  it('is joined with no more than 20 others in 10 seconds', async () => {
    const clock = testClock(Date.now());
    const logins = Array.from({ length: 30 }, (_, at) => `dj_${at}`);
    for (const [at, login] of logins.entries()) {
      twitch.world.users.push({ id: `5${at}`, login, name: login, avatarUrl: 'https://example.org/a.png' });
    }
    const rig = await createRig({ twitch, clock, rooms: logins });
    const started = rig.start();
    const joins = (): number => twitch.irc.heard.filter((line) => line.startsWith('JOIN')).length;
    await expect.poll(joins).toBe(18);
    await expect.poll(() => rig.state('dj_17' as RoomId)).toEqual({ kind: 'live' });
    expect(joins()).toBe(18);
    clock.move(10_500);
    await expect.poll(joins).toBe(30);
    await started;
    await expect.poll(() => logins.every((login) => rig.state(login as RoomId)?.kind === 'live')).toBe(true);
  });
});

describe('a change of the modes of a channel', () => {
  it('is not taken for an answer to a join', async () => {
    const rig = await createRig({ twitch, rooms: [dj] });
    await rig.start();
    const before = rig.hub.states.length;
    twitch.world.tell(dj, `@room-id=${dj};slow=10 :tmi.twitch.tv ROOMSTATE #dj_kool`);
    says('after');
    await expect.poll(rig.texts).toEqual(['after']);
    expect(rig.hub.states.length).toBe(before);
  });
});

describe('what is said', () => {
  it('by the bot itself is an echo, whichever way it was sent; by another moderator it is not', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    await rig.post('from the hub');
    twitch.says(dj, twitch.bot, 'by hand, from the account of the bot');
    says('from a person');
    await expect.poll(rig.texts).toEqual(['from a person']);
  });

  it('in another channel of a shared chat is told there alone', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    const message = twitch.world.say(mc, twitch.ben, 'said once');
    const copy = { ...message, id: 'copy-of-it-0001', room: dj };
    const source = { 'source-room-id': mc, 'source-id': message.id };
    twitch.world.tell(mc, twitch.world.lineOf(message, source));
    twitch.world.tell(dj, twitch.world.lineOf(copy, source));
    says('after');
    await expect.poll(rig.texts).toContain('after');
    expect(rig.heard('message').map(({ ref }) => [ref.room, ref.id])).toContainEqual([mc, message.id]);
    expect([...rig.texts()].sort()).toEqual(['after', 'said once']);
  });

  it('has its emotes and its author pictured by the hub', async () => {
    const asked: string[] = [];
    const media: MediaPort = {
      put: async () => ({ ok: false, code: 'unsupported', say: '' }),
      open: async () => null,
      async picture(key) {
        asked.push(key);
        return `/m/${asked.indexOf(key)}`;
      },
    };
    const rig = await createRig({ twitch, port: { media } });
    await rig.start();
    twitch.says(dj, twitch.ben, 'Kappa Kappa', null, { emotes: '25:0-4,6-10' });
    await expect.poll(() => rig.heard('profile')).toMatchObject([{ account: { id: twitch.ben, name: 'Ben' } }]);
    const [said] = rig.heard('message');
    expect(said?.content.rich).toMatchObject([
      { t: 'emoji', name: 'Kappa', url: '/m/0' },
      { t: 'text', text: ' ' },
      { t: 'emoji', name: 'Kappa', url: '/m/0' },
    ]);
    says('again');
    await expect.poll(() => rig.heard('message').at(-1)?.by.avatarUrl).toBe('/m/1');
    expect(asked[1]).toBe('avatar:https://static-cdn.jtvnw.net/ben-profile_image-300x300.png');
  });

  it('faster than the hub takes it is bounded, counted, and told once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const taken: string[] = [];
    const rig = await createRig({
      twitch,
      port: {
        async receive(inbound) {
          await promise;
          taken.push(inbound.kind);
          return { kind: 'accepted', id: null, seq: null };
        },
      },
    });
    await rig.start();
    for (let at = 0; at < 1_100; at += 1) says(`flood ${at}`);
    await expect.poll(() => rig.hub.logged()).toContain('some are lost');
    resolve();
    await expect.poll(() => taken.length).toBe(1_000);
    expect(rig.hub.logged().split('some are lost')).toHaveLength(2);
  });

  it('while the hub goes down is news again when it is told once more', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    rig.hub.answerStopping();
    const id = says('not stored');
    await expect.poll(rig.texts).toEqual(['not stored']);
    const message = twitch.world.messages.find((one) => one.id === id) ?? expect.fail('no message');
    twitch.world.tell(dj, twitch.world.lineOf(message));
    await expect.poll(rig.texts).toEqual(['not stored', 'not stored']);
  });
});

describe('what moderators do', () => {
  it('is told without a name: a removal, a timeout with its end, a ban, a cleared chat', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    const id = says('oops');
    removeMessage(twitch.world, id);
    await expect.poll(() => rig.heard('redaction')).toMatchObject([{ of: { refs: [{ room: dj, id }] }, by: null }]);
    banUser(twitch.world, dj, twitch.ben, 300, null);
    await expect.poll(() => rig.heard('sanction').length).toBe(1);
    const [timeout] = rig.heard('sanction');
    expect(timeout).toMatchObject({ act: 'timeout', by: null, account: { id: twitch.ben } });
    expect((timeout?.until ?? 0) - (timeout?.at ?? 0)).toBe(300_000);
    banUser(twitch.world, dj, twitch.ben, null, null);
    await expect.poll(() => rig.heard('sanction').at(-1)).toMatchObject({ act: 'ban', until: null });
    twitch.world.tell(dj, `@room-id=${dj};tmi-sent-ts=1 :tmi.twitch.tv CLEARCHAT #dj_kool`);
    await expect.poll(() => rig.heard('redaction').at(-1)).toMatchObject({ of: { kind: 'room', room: dj } });
  });

  it('is no news where the hub has asked for it', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    const signal = new AbortController().signal;
    const id = says('oops');
    await rig.can().redact?.run({ refs: [{ room: dj, id }], reason: null }, signal);
    const account = rig.heard('message')[0]?.by.id ?? expect.fail('nobody');
    const until = (Date.now() + 300_000) as never;
    await rig.can().sanction?.run({ room: dj, account, act: 'timeout', until, reason: null }, signal);
    const other = twitch.says(mc, twitch.ben, 'elsewhere');
    removeMessage(twitch.world, other);
    await expect.poll(() => rig.heard('redaction')).toMatchObject([{ of: { refs: [{ room: mc, id: other }] } }]);
    expect(rig.heard('sanction')).toEqual([]);
    banUser(twitch.world, dj, twitch.ben, null, null);
    await expect.poll(() => rig.heard('sanction')).toMatchObject([{ act: 'ban' }]);
    await expect.poll(() => rig.heard('redaction').at(-1)).toMatchObject({ of: { kind: 'account', account } });
    banUser(twitch.world, dj, twitch.ben, 300, null);
    await expect.poll(() => rig.heard('sanction').length).toBe(2);
  });

  it('with the standing of the bot changes what it can do, and is told', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    expect(Object.keys(rig.can()).sort()).toEqual(['authority', 'post', 'redact', 'sanction']);
    twitch.world.moderators.delete(`${dj}/${twitch.bot}`);
    await rig.post('seen without the badge');
    await expect.poll(() => rig.heard('rights-changed')).toEqual([{ kind: 'rights-changed', room: dj }]);
    expect(Object.keys(rig.can()).sort()).toEqual(['authority', 'post']);
    expect(rig.can().post?.limits.budget?.count).toBe(20);
    expect(rig.can(mc).post?.limits.budget?.count).toBe(100);
  });
});

describe('who is there', () => {
  it('T7: is told by id and name, though the chat gives only logins', async () => {
    const rig = await createRig({ twitch });
    await rig.start();
    twitch.world.tell(dj, ':ben!ben@ben.tmi.twitch.tv JOIN #dj_kool');
    twitch.world.tell(dj, ':nobody_known!nobody_known@x JOIN #dj_kool');
    await expect
      .poll(() => rig.heard('membership'))
      .toMatchObject([{ room: dj, act: 'join', account: { id: twitch.ben, name: 'Ben' } }]);
    twitch.world.tell(dj, ':ben!ben@ben.tmi.twitch.tv PART #dj_kool');
    await expect.poll(() => rig.heard('membership').at(-1)).toMatchObject({ act: 'leave' });
    expect(rig.heard('membership').filter(({ account }) => account.id === twitch.bot)).toEqual([]);
  });
});
