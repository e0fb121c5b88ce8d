import { describe, expect, it } from 'vitest';
import { userIdOf } from '../../../core/async/mint.ts';
import { plainText } from '../../../core/domain/content.ts';
import type { AccountId, RoomId } from '../../../core/domain/ids.ts';
import {
  ANN,
  APP_ID,
  BEN,
  BOT_ID,
  GUILD_ID,
  MOD,
  OWNER,
  SECOND_ID,
  setBotRights,
  THREAD_ID,
} from '../../fakes/discord-world.ts';
import { createRig, ROOM } from './rig.ts';

const gone = (ids: readonly string[]) => ({ kind: 'refs', refs: ids.map((id) => ({ room: ROOM, id })) });

describe('what is said', () => {
  it('is told with name, account and time; mentions are resolved, also to the user that the hub knows', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.says(BEN, `hi <@${ANN.id}>`, { mentions: [ANN] });
    const [message] = await rig.told('message');
    expect(message?.by).toEqual({ id: BEN.id, name: 'Ben', avatarUrl: null, isBot: false });
    expect(message?.content.rich).toEqual([
      { t: 'text', text: 'hi ' },
      { t: 'mention', user: userIdOf('discord', ANN.id as AccountId), name: 'Ann' },
    ]);
  });

  it('shows the nickname of the server', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.changesMember(BEN, (member) => {
      member.nick = 'DJ Ben';
    });
    rig.server.says(BEN, 'hello');
    expect((await rig.told('message'))[0]?.by.name).toBe('DJ Ben');
  });

  it('is passed over when Discord itself says it: joins, pins, boosts', async () => {
    const rig = await createRig();
    await rig.start();
    for (const type of [6, 7, 8, 24]) rig.server.says(BEN, 'system', { type });
    await rig.settled();
    expect(rig.texts()).toEqual(['settled 1']);
  });

  it('is heard from other webhooks and bots, also under the name of our own', async () => {
    const rig = await createRig();
    await rig.start();
    await rig.post('ours');
    const webhook = {
      id: '1000000000000000600',
      username: 'Ann',
      global_name: null,
      avatar: null,
      bot: true,
      discriminator: '0000',
    };
    rig.server.says(webhook, 'ours', { webhookId: webhook.id });
    rig.server.says({ ...BEN, id: '1000000000000000601', bot: true }, 'beep');
    expect((await rig.told('message', 2)).map(({ by, content }) => [by.id, by.isBot, plainText(content.rich)])).toEqual(
      [
        [webhook.id, true, 'ours'],
        ['1000000000000000601', true, 'beep'],
      ],
    );
  });

  it('is not heard back from a webhook of an earlier run, whether or not Discord names the application', async () => {
    const rig = await createRig();
    const { world } = rig.server;
    const old = {
      id: '1000000000000000700',
      token: 'old-token',
      name: 'old',
      channel_id: ROOM,
      application_id: APP_ID,
    };
    world.webhooks.set(old.id, old);
    await rig.start();
    const author = { id: old.id, username: 'Ann', global_name: null, avatar: null, bot: true, discriminator: '0000' };
    rig.server.says(author, 'echo', { webhookId: old.id });
    rig.server.says({ ...author, id: '1000000000000000701' }, 'echo', {
      webhookId: '1000000000000000701',
      applicationId: APP_ID,
    });
    await rig.settled();
    expect(rig.texts()).toEqual(['settled 1']);
  });

  it('stays on Discord when it is said elsewhere: in another channel, or in a thread of the room', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.says(BEN, 'elsewhere', { channel: SECOND_ID });
    rig.server.says(BEN, 'in a thread', { channel: THREAD_ID });
    await rig.settled();
    expect(rig.texts()).toEqual(['settled 1']);
  });

  it('is heard in a thread that is linked itself', async () => {
    const rig = await createRig({ rooms: [THREAD_ID as RoomId] });
    await rig.start();
    rig.server.says(BEN, 'in a thread', { channel: THREAD_ID });
    expect((await rig.told('message'))[0]?.ref.room).toBe(THREAD_ID);
  });

  it('is heard in a room without portal when it is a code that links one', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.says(BEN, 'just talk', { channel: SECOND_ID });
    rig.server.says(BEN, '!bridge ABCD-EFGH', { channel: SECOND_ID });
    const [message] = await rig.told('message');
    expect([message?.ref.room, rig.texts()]).toEqual([SECOND_ID, ['!bridge ABCD-EFGH']]);
  });

  it('is direct when it is said to the bot alone', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.world.directs.set(BEN.id, '1000000000000000800');
    rig.server.says(BEN, 'psst', { channel: '1000000000000000800' });
    const [direct] = await rig.told('direct');
    expect([direct?.by.id, plainText(direct?.content.rich ?? [])]).toEqual([BEN.id, 'psst']);
  });
});

describe('changes', () => {
  it('are edits only when somebody edited: a link that unfolds is none, and none is told twice', async () => {
    const rig = await createRig();
    await rig.start();
    const message = rig.server.says(BEN, 'https://e.example');
    await rig.told('message');
    rig.server.unfurls(message);
    rig.server.edits(message, 'better');
    rig.server.unfurls(message);
    await rig.settled();
    const edits = await rig.told('edit');
    expect(edits.map(({ content }) => plainText(content.rich))).toEqual(['better']);
  });

  it('are redactions, of many messages at once too, without an actor', async () => {
    const rig = await createRig();
    await rig.start();
    const [one, two, three] = ['1', '2', '3'].map((text) => rig.server.says(BEN, text));
    if (!one || !two || !three) throw new Error('not said');
    await rig.told('message', 3);
    rig.server.removes(one);
    rig.server.gateway.dispatch('MESSAGE_DELETE_BULK', {
      ids: [two.id, three.id],
      channel_id: ROOM,
      guild_id: GUILD_ID,
    });
    const redactions = await rig.told('redaction', 2);
    expect(redactions.map(({ of, by }) => [of, by])).toEqual([
      [gone([one.id]), null],
      [gone([two.id, three.id]), null],
    ]);
  });

  it('are reactions, each change under its own id, custom ones by name', async () => {
    const rig = await createRig();
    await rig.start();
    const message = rig.server.says(BEN, 'tune');
    for (const on of [true, false, true]) rig.server.reacts(ANN, message, '👍', on);
    rig.server.reacts(ANN, message, 'vinyl:1000000000000000040');
    const reactions = await rig.told('reaction', 4);
    expect(reactions.map(({ emoji, on, by }) => [emoji, on, by.name])).toEqual([
      ['👍', true, 'Ann'],
      ['👍', false, 'Ann'],
      ['👍', true, 'Ann'],
      [':vinyl:', true, 'Ann'],
    ]);
    expect(new Set(reactions.map(({ eventId }) => eventId)).size).toBe(4);
  });

  it('are all reactions taken away at once, each from whom it came', async () => {
    const rig = await createRig();
    await rig.start();
    const message = rig.server.says(BEN, 'tune');
    rig.server.reacts(ANN, message, '👍');
    rig.server.reacts(OWNER, message, '🔥');
    rig.server.reacts(ANN, message, '🔥');
    await rig.told('reaction', 3);
    const where = { channel_id: ROOM, message_id: message.id, guild_id: GUILD_ID };
    rig.server.gateway.dispatch('MESSAGE_REACTION_REMOVE_EMOJI', { ...where, emoji: { id: null, name: '👍' } });
    rig.server.gateway.dispatch('MESSAGE_REACTION_REMOVE_ALL', where);
    const off = (await rig.told('reaction', 6)).slice(3);
    expect(off.map(({ by, emoji, on }) => `${by.id} ${emoji} ${on}`).sort()).toEqual(
      [`${ANN.id} 👍 false`, `${ANN.id} 🔥 false`, `${OWNER.id} 🔥 false`].sort(),
    );
  });
});

describe('moderation on Discord', () => {
  it('is told with the moderator from the audit log, once for each act', async () => {
    const rig = await createRig();
    await rig.start();
    const until = new Date(Date.now() + 300_000).toISOString();
    rig.server.timesOut(MOD, BEN, until, 'too loud');
    rig.server.timesOut(MOD, BEN, null);
    rig.server.bans(OWNER, ANN);
    rig.server.bans(OWNER, ANN, false);
    const acts = await rig.told('sanction', 4);
    await rig.settled();
    expect(acts).toHaveLength(4);
    expect(acts.map(({ act, account, by, until: end, reason }) => [act, account.name, by?.name, end, reason])).toEqual([
      ['timeout', 'Ben', 'Mo', Date.parse(until), 'too loud'],
      ['lift', 'Ben', 'Mo', null, 'calm down'],
      ['ban', 'Ann', 'Olga', null, null],
      ['lift', 'Ann', 'Olga', null, null],
    ]);
    expect(new Set(acts.map(({ eventId }) => eventId)).size).toBe(4);
  });

  it('is told of who put somebody out, and why', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.gateway.dispatch('GUILD_AUDIT_LOG_ENTRY_CREATE', {
      id: rig.server.world.nextId(),
      guild_id: GUILD_ID,
      user_id: MOD.id,
      target_id: BEN.id,
      action_type: 20,
      reason: 'come back tomorrow',
    });
    const [act] = await rig.told('sanction');
    expect([act?.act, act?.account.name, act?.by?.name, act?.reason, act?.until]).toEqual([
      'kick',
      'Ben',
      'Mo',
      'come back tomorrow',
      null,
    ]);
  });

  it('is told without an actor where the bot may not see the audit log', async () => {
    const rig = await createRig();
    setBotRights(rig.server.world, (1n << 10n) | (1n << 11n) | (1n << 16n) | (1n << 29n) | (1n << 2n));
    await rig.start();
    const until = new Date(Date.now() + 300_000).toISOString();
    const dispatch = rig.server.gateway.dispatch;
    rig.server.changesMember(BEN, (member) => {
      member.communication_disabled_until = until;
    });
    rig.server.changesMember(BEN, (member) => {
      member.nick = 'still timed out';
    });
    dispatch('GUILD_BAN_ADD', { guild_id: GUILD_ID, user: ANN });
    const acts = await rig.told('sanction', 2);
    await rig.settled();
    expect(acts.map(({ act, account, by }) => [act, account.id, by])).toEqual([
      ['timeout', BEN.id, null],
      ['ban', ANN.id, null],
    ]);
  });

  it('is told of a rule of the server that timed somebody out, with its end and without an actor', async () => {
    const rig = await createRig();
    await rig.start();
    const until = new Date(Date.now() + 300_000).toISOString();
    rig.server.changesMember(BEN, (member) => {
      member.communication_disabled_until = until;
    });
    rig.server.gateway.dispatch('GUILD_AUDIT_LOG_ENTRY_CREATE', {
      id: rig.server.world.nextId(),
      guild_id: GUILD_ID,
      user_id: BEN.id,
      target_id: BEN.id,
      action_type: 145,
      options: { auto_moderation_rule_name: 'Spam' },
      reason: null,
    });
    const [act] = await rig.told('sanction');
    expect([act?.act, act?.account.id, act?.by, act?.until]).toEqual(['timeout', BEN.id, null, Date.parse(until)]);
  });

  it('is told of a name that somebody changed, and of nothing when only a role did', async () => {
    const rig = await createRig();
    await rig.start();
    rig.server.changesMember(ANN, (member) => {
      member.nick = 'DJ Ann';
    });
    rig.server.changesMember(ANN, (member) => {
      member.roles = ['1000000000000000031'];
    });
    await rig.settled();
    const profiles = await rig.told('profile');
    expect(profiles.map(({ account }) => [account.id, account.name])).toEqual([[ANN.id, 'DJ Ann']]);
  });

  it('is not told when the bot itself did it', async () => {
    const rig = await createRig();
    await rig.start();
    const until = (Date.now() + 120_000) as never;
    await rig.run('sanction', { room: ROOM, account: BEN.id as AccountId, act: 'timeout', until, reason: 'x' });
    await rig.settled();
    expect(rig.hub.received.filter(({ kind }) => kind === 'sanction')).toEqual([]);
  });

  it('is told of joins, leaves and typing', async () => {
    const rig = await createRig();
    await rig.start();
    const { dispatch } = rig.server.gateway;
    const member = {
      guild_id: GUILD_ID,
      user: ANN,
      roles: [],
      joined_at: '2026-01-01T00:00:00Z',
      deaf: false,
      mute: false,
      flags: 0,
    };
    dispatch('GUILD_MEMBER_ADD', member);
    dispatch('GUILD_MEMBER_REMOVE', { guild_id: GUILD_ID, user: ANN });
    dispatch('TYPING_START', {
      channel_id: ROOM,
      guild_id: GUILD_ID,
      user_id: BEN.id,
      timestamp: 1,
      member: { ...member, user: BEN },
    });
    dispatch('TYPING_START', {
      channel_id: ROOM,
      guild_id: GUILD_ID,
      user_id: BOT_ID,
      timestamp: 1,
      member: { ...member, user: { ...BEN, id: BOT_ID, bot: true } },
    });
    expect((await rig.told('membership', 2)).map(({ act, account }) => [act, account.name])).toEqual([
      ['join', 'Ann'],
      ['leave', 'Ann'],
    ]);
    await rig.settled();
    expect((await rig.told('typing')).map(({ by }) => by.id)).toEqual([BEN.id]);
  });
});

describe('rooms', () => {
  it('are said to be live, renamed, changed in what the bot may do, and gone', async () => {
    const rig = await createRig();
    const { server } = rig;
    await rig.start();
    await rig.settled();
    expect(rig.hub.states).toContainEqual({ room: ROOM, state: { kind: 'live' } });
    const channel = server.world.channels.get(ROOM);
    if (channel === undefined) throw new Error('no channel');
    channel.name = 'main-room';
    server.gateway.dispatch('CHANNEL_UPDATE', { ...channel, position: 0, topic: null });
    expect(await rig.told('room-renamed')).toEqual([{ kind: 'room-renamed', room: ROOM, name: 'main-room' }]);
    expect(rig.can().redact?.limits.others).toBe(true);
    channel.permission_overwrites = [{ id: BOT_ID, type: 1, allow: '0', deny: String(1n << 13n) }];
    server.gateway.dispatch('CHANNEL_UPDATE', { ...channel, position: 0, topic: null });
    expect(await rig.told('rights-changed')).toEqual([{ kind: 'rights-changed', room: ROOM }]);
    expect(rig.can().redact?.limits.others).toBe(false);
    server.gateway.dispatch('CHANNEL_DELETE', { ...channel, position: 0, topic: null });
    await expect.poll(() => rig.hub.states.at(-1)?.state.kind).toBe('failed');
    expect(rig.hub.states.at(-1)?.room).toBe(ROOM);
  });

  it('that the bot cannot see fail, each by itself', async () => {
    const rig = await createRig({ rooms: [ROOM, '1000000000000000555' as RoomId] });
    await rig.start();
    await expect.poll(() => rig.hub.states.length).toBeGreaterThanOrEqual(2);
    const last = new Map(rig.hub.states.map(({ room, state }) => [room, state.kind]));
    expect([last.get(ROOM), last.get('1000000000000000555' as RoomId)]).toEqual(['live', 'failed']);
    expect(rig.can('1000000000000000555' as RoomId)).toEqual({});
  });
});

describe('servers', () => {
  it('are heard only when they are named, where some are', async () => {
    const rig = await createRig({ config: { guilds: ['999999999999999999'] } });
    await rig.start();
    rig.server.says(BEN, 'not served');
    await new Promise((resolve) => setImmediate(resolve));
    rig.server.world.directs.set(BEN.id, '1000000000000000800');
    rig.server.says(BEN, 'psst', { channel: '1000000000000000800' });
    await rig.told('direct');
    expect(rig.texts()).toEqual([]);
  });
});
