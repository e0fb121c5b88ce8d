import { describe, expect, it } from 'vitest';
import type { AccountId, EpochMs, RoomId } from '../../../core/domain/ids.ts';
import type { MediaRef } from '../../../core/plugin/index.ts';
import { shown } from '../../fakes/discord-shown.ts';
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
import { createRig, postOf, ROOM } from './rig.ts';

const HUB = { kind: 'hub' } as const;
const VIEW_SEND_READ = (1n << 10n) | (1n << 11n) | (1n << 16n);

describe('posts', () => {
  it('bear the name and picture of their author, by one webhook that is kept over restarts', async () => {
    const rig = await createRig();
    await rig.start();
    const avatarUrl = 'https://hub.example/media/ann.png';
    await rig.post('one', { speaker: { kind: 'user', name: 'Ann', avatarUrl, key: 'u-ann' } });
    await rig.bridge.stop();
    await rig.start();
    await rig.post('two', { speaker: HUB });
    const [one, two] = rig.server.world.messages.get(ROOM) ?? [];
    expect([one?.author.username, two?.author.username]).toEqual(['Ann', 'Slipmat Hub']);
    expect(one?.webhook_id).toBe(two?.webhook_id);
    expect(rig.server.world.webhooks.size).toBe(1);
    const [sent] = rig.server.requests.filter(({ path }) => path.endsWith('/TOKEN'));
    expect(sent?.body).toMatchObject({ avatar_url: avatarUrl, allowed_mentions: { parse: [] } });
    expect(sent?.query).toBe('wait=true');
  });

  it('find the webhook of an earlier run instead of making another', async () => {
    const rig = await createRig();
    const old = { id: '1000000000000000700', token: 'old-token', name: 'x', channel_id: ROOM, application_id: APP_ID };
    rig.server.world.webhooks.set(old.id, old);
    await rig.start();
    expect((await rig.post('hello')).note).toBe(`webhook ${old.id}`);
    expect(rig.server.world.webhooks.size).toBe(1);
  });

  it('make one webhook when many are asked for at once', async () => {
    const rig = await createRig({ rooms: [ROOM, THREAD_ID as RoomId] });
    await rig.start();
    await Promise.all([
      rig.post('a', { key: '1' }),
      rig.post('b', { key: '2' }),
      rig.post('c', { room: THREAD_ID as RoomId }),
    ]);
    expect(rig.server.world.webhooks.size).toBe(1);
  });

  it('make another webhook when theirs was deleted, and go through', async () => {
    const rig = await createRig();
    await rig.start();
    const first = await rig.post('one');
    rig.server.world.webhooks.clear();
    const second = await rig.post('two');
    expect(second.note).not.toBe(first.note);
    expect(rig.server.world.messages.get(ROOM)?.map(({ content }) => content)).toEqual(['one', 'two']);
    await rig.settled();
    expect(rig.texts()).toEqual(['settled 1']);
  });

  it('say so when the channel has all the webhooks that it can have', async () => {
    const rig = await createRig();
    for (let n = 0; n < 15; n += 1) {
      const id = `10000000000000008${String(n).padStart(2, '0')}`;
      rig.server.world.webhooks.set(id, { id, token: 't', name: 'other', channel_id: ROOM, application_id: null });
    }
    await rig.start();
    await expect(rig.post('no')).rejects.toMatchObject({
      failure: { kind: 'permanent', scope: 'portal' },
      message: expect.stringContaining('15'),
    });
  });

  it('go to a thread by the webhook of its channel, and are changed and removed there', async () => {
    const room = THREAD_ID as RoomId;
    const rig = await createRig({ rooms: [room] });
    await rig.start();
    const ref = await rig.post('in the thread', { room });
    await rig.run('edit', { ref, speaker: HUB, text: [{ t: 'text', text: 'changed' }], key: 'k' }, room);
    expect(rig.server.world.messages.get(THREAD_ID)?.map(({ content }) => content)).toEqual(['changed']);
    await rig.run('redact', { refs: [ref], reason: null }, room);
    expect(rig.server.world.messages.get(THREAD_ID)).toEqual([]);
  });

  it('go out once more under a bold name when Discord refuses the name', async () => {
    const rig = await createRig();
    await rig.start();
    const refused = {
      message: 'Invalid Form Body',
      code: 50_035,
      errors: { username: { _errors: [{ code: 'X', message: 'no' }] } },
    };
    rig.server.answerNext({ status: 400, body: refused });
    await rig.post('hello');
    expect(rig.server.world.messages.get(ROOM)?.map(({ author, content }) => [author.username, content])).toEqual([
      ['Slipmat Hub', '**Ann**: hello'],
    ]);
  });

  it('are made as the bot, with a prefix and native answers, where it may not manage webhooks', async () => {
    const rig = await createRig();
    setBotRights(rig.server.world, VIEW_SEND_READ);
    await rig.start();
    expect(rig.can().post?.limits).toMatchObject({ speaker: 'prefix', reply: true, maxMedia: 0 });
    const question = rig.server.says(BEN, 'ID?');
    await rig.told('message');
    const ref = await rig.post('[Twitch] Ann: a label', { speaker: HUB, replyTo: { room: ROOM, id: question.id } });
    const posted = rig.server.world.find(ROOM, ref.id);
    expect([posted?.author.id, posted?.reply?.message_id, ref.note]).toEqual([
      BOT_ID,
      question.id,
      `bot to ${question.id}`,
    ]);
    await rig.run('edit', { ref, speaker: HUB, text: [{ t: 'text', text: 'edited' }], key: 'k' });
    expect(rig.server.world.find(ROOM, ref.id)?.content).toBe('edited');
    await rig.settled();
    expect(rig.texts()).toEqual(['ID?', 'settled 1']);
  });

  it('answer with a line that names the message and leads to it, kept by an edit', async () => {
    const rig = await createRig();
    await rig.start();
    const question = rig.server.says(BEN, 'what is **this** https://e.example/x ?');
    await rig.told('message');
    const ref = await rig.post('a white label', { replyTo: { room: ROOM, id: question.id } });
    const line = `-# ↪ [Ben: what is this e.example/x ?](https://discord.com/channels/${GUILD_ID}/${ROOM}/${question.id})`;
    expect(rig.server.world.find(ROOM, ref.id)?.content).toBe(`${line}\na white label`);
    await rig.run('edit', { ref, speaker: HUB, text: [{ t: 'text', text: 'a test press' }], key: 'k' });
    expect(rig.server.world.find(ROOM, ref.id)?.content).toBe(`${line}\na test press`);
    const second = await rig.post('sure?', { replyTo: ref, key: 'k2' });
    expect(shown(rig.server.world.find(ROOM, second.id)?.content ?? '').text).toBe('↪ Ann: a test press\nsure?');
  });

  it('answer without the line when the message is gone', async () => {
    const rig = await createRig();
    await rig.start();
    const ref = await rig.post('to nobody', { replyTo: { room: ROOM, id: '1000000000000000777' } });
    expect(rig.server.world.find(ROOM, ref.id)?.content).toBe('to nobody');
  });

  it('show custom emoji of the server as pictures', async () => {
    const rig = await createRig();
    await rig.start();
    const ref = await rig.post('', {
      text: [
        { t: 'emoji', name: 'vinyl', url: null },
        { t: 'emoji', name: 'nope', url: null },
      ],
    });
    expect(rig.server.world.find(ROOM, ref.id)?.content).toBe('<:vinyl:1000000000000000040>:nope:');
  });
});

describe('files', () => {
  const media = (url: string, more: Partial<MediaRef> = {}): MediaRef => ({
    url,
    publicUrl: null,
    name: 'cover.png',
    type: 'image/png',
    bytes: 4,
    width: null,
    height: null,
    alt: 'the sleeve',
    isSpoiler: false,
    ...more,
  });

  it('are uploaded, covered ones under a name that Discord covers, with their description', async () => {
    const rig = await createRig();
    await rig.start();
    const url = rig.hub.media.keep({ name: 'cover.png', bytes: Uint8Array.of(1, 2, 3, 4) });
    const ref = await rig.post('look', { media: [media(url), media(url, { isSpoiler: true })] });
    const posted = rig.server.world.find(ROOM, ref.id);
    expect(posted?.files.map(({ name, type, bytes }) => [name, type, [...bytes]])).toEqual([
      ['cover.png', 'image/png', [1, 2, 3, 4]],
      ['SPOILER_cover.png', 'image/png', [1, 2, 3, 4]],
    ]);
    expect(rig.server.requests.at(-1)?.body.attachments).toMatchObject([
      { id: 0, description: 'the sleeve' },
      { id: 1 },
    ]);
  });

  it('that are gone or too large are named in the text, with their address where they have one', async () => {
    const rig = await createRig();
    await rig.start();
    const huge = media('https://hub.example/media/huge', {
      name: 'set.flac',
      bytes: 50_000_000,
      publicUrl: 'https://hub.example/m/1',
    });
    const ref = await rig.post('look', { media: [media('https://hub.example/media/gone'), huge] });
    expect(rig.server.world.find(ROOM, ref.id)?.content).toBe('look\ncover.png\nset.flac: https://hub.example/m/1');
  });
});

describe('an outcome that nobody knows', () => {
  it('is found by asking: the post is there once, under its own name and words', async () => {
    const rig = await createRig();
    await rig.start();
    await rig.post('lol', { key: 'first' });
    rig.server.failNext('cut');
    const command = postOf('lol', { key: 'second' });
    await expect(rig.run('post', command)).rejects.toMatchObject({
      failure: { kind: 'retryable', delivered: 'unknown' },
    });
    const found = await rig.run('find', command);
    const all = rig.server.world.messages.get(ROOM) ?? [];
    expect(all).toHaveLength(2);
    expect(found?.map(({ id }) => id)).toEqual([all[1]?.id]);
    const [ref] = found ?? [];
    if (ref === undefined) throw new Error('not found');
    await rig.run('redact', { refs: [ref], reason: null });
    expect(rig.server.world.messages.get(ROOM)).toHaveLength(1);
  });

  it('is a no when nothing arrived, also when somebody else said the same or it was said long before', async () => {
    const rig = await createRig();
    await rig.start();
    await rig.post('lol', { key: 'first' });
    rig.server.says(BEN, 'lol');
    const command = postOf('lol', { key: 'second' });
    expect(await rig.run('find', command)).toBe(null);
    expect(
      await rig.run('find', postOf('lol', { speaker: { kind: 'user', name: 'Cy', avatarUrl: null, key: 'u' } })),
    ).toBe(null);
  });

  it('never repeats a post by itself', async () => {
    const rig = await createRig();
    await rig.start();
    await rig.post('before');
    const tries = () =>
      rig.server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/TOKEN')).length;
    const before = tries();
    rig.server.failNext('outage');
    await expect(rig.post('once', { key: 'o' })).rejects.toMatchObject({
      failure: { kind: 'retryable', delivered: 'unknown' },
    });
    rig.server.failNext('cut');
    await expect(rig.post('twice', { key: 't' })).rejects.toMatchObject({ failure: { delivered: 'unknown' } });
    expect(tries() - before).toBe(2);
  });
});

describe('removals and reactions', () => {
  it('removes many at once, what is gone already included, and tells nobody of it', async () => {
    const rig = await createRig();
    await rig.start();
    const refs = [await rig.post('1', { key: '1' }), await rig.post('2', { key: '2' })];
    const theirs = rig.server.says(BEN, 'spam');
    await rig.told('message');
    await rig.run('redact', { refs: [...refs, { room: ROOM, id: theirs.id }], reason: 'spam' });
    expect(rig.server.world.messages.get(ROOM)).toEqual([]);
    expect(rig.server.requests.filter(({ path }) => path.endsWith('/bulk-delete'))).toHaveLength(1);
    await rig.run('redact', { refs, reason: null });
    await rig.settled();
    expect(rig.hub.received.filter(({ kind }) => kind === 'redaction')).toEqual([]);
  });

  it('removes its own without the right to manage messages, and says that it cannot remove others', async () => {
    const rig = await createRig();
    setBotRights(rig.server.world, VIEW_SEND_READ | (1n << 29n));
    await rig.start();
    const refs = [await rig.post('1', { key: '1' }), await rig.post('2', { key: '2' })];
    expect(rig.can().redact?.limits.others).toBe(false);
    await rig.run('redact', { refs, reason: null });
    expect(rig.server.world.messages.get(ROOM)).toEqual([]);
  });

  it('removes a copy as the bot when its webhook is gone, and cannot edit it any more', async () => {
    const rig = await createRig();
    await rig.start();
    const ref = await rig.post('old');
    rig.server.world.webhooks.clear();
    const edit = rig.run('edit', { ref, speaker: HUB, text: [{ t: 'text', text: 'new' }], key: 'k' });
    await expect(edit).rejects.toMatchObject({ failure: { kind: 'permanent', scope: 'command' } });
    await rig.run('redact', { refs: [ref], reason: null });
    expect(rig.server.world.messages.get(ROOM)).toEqual([]);
  });

  it('reacts with an emoji of the server by its name, and leaves out what the server has not', async () => {
    const rig = await createRig();
    await rig.start();
    const message = rig.server.says(BEN, 'tune');
    await rig.told('message');
    const react = (emoji: string) =>
      rig.run('react', { ref: { room: ROOM, id: message.id }, speaker: HUB, emoji, on: true, key: emoji });
    for (const emoji of [':vinyl:', ':nope:', '❤️']) await react(emoji);
    expect([...(rig.server.world.find(ROOM, message.id)?.reactions.keys() ?? [])]).toEqual([
      'vinyl:1000000000000000040',
      '❤️',
    ]);
  });
});

describe('people', () => {
  it('are timed out and banned with the reason, and both are lifted', async () => {
    const rig = await createRig();
    await rig.start();
    const act = (what: 'timeout' | 'ban' | 'lift', until: number | null = null) =>
      rig.run('sanction', {
        room: ROOM,
        account: BEN.id as AccountId,
        act: what,
        until: until as EpochMs | null,
        reason: 'zu laut, ö',
      });
    const until = Date.now() + 300_000;
    await act('timeout', until);
    expect(Date.parse(rig.server.world.members.get(BEN.id)?.communication_disabled_until ?? '')).toBe(until);
    await act('ban');
    expect(rig.server.world.banned.has(BEN.id)).toBe(true);
    await act('lift');
    expect([rig.server.world.banned.size, rig.server.world.members.get(BEN.id)?.communication_disabled_until]).toEqual([
      0,
      null,
    ]);
    await act('lift');
    expect(rig.server.world.audit.map(({ reason }) => reason)).toContain('zu laut, ö');
    expect(rig.can().sanction?.limits).toEqual({ acts: ['timeout', 'ban', 'lift'], minMs: 0, maxMs: 28 * 86_400_000 });
  });

  it('stand in the room by what they may do there now', async () => {
    const rig = await createRig();
    await rig.start();
    const channel = rig.server.world.channels.get(SECOND_ID);
    if (channel === undefined) throw new Error('no channel');
    channel.permission_overwrites = [{ id: ANN.id, type: 1, allow: String(1n << 4n), deny: '0' }];
    rig.server.gateway.dispatch('CHANNEL_UPDATE', { ...channel, position: 1, topic: null });
    await rig.settled();
    const rank = (id: string, room: string = ROOM) =>
      rig.run('authority', { room: room as RoomId, account: id as AccountId }, room as RoomId);
    expect(
      await Promise.all([
        rank(OWNER.id),
        rank(MOD.id),
        rank(BEN.id),
        rank('1000000000000000888'),
        rank(ANN.id),
        rank(ANN.id, SECOND_ID),
      ]),
    ).toEqual(['owner', 'moderator', 'member', 'none', 'member', 'admin']);
  });

  it('are among themselves where the role of everybody does not see the channel, and the hub hears when that changes', async () => {
    const rig = await createRig();
    await rig.start();
    const channel = rig.server.world.channels.get(ROOM);
    if (channel === undefined) throw new Error('no channel');
    const isClosed = () => rig.run('isClosed', { room: ROOM });
    expect(await isClosed()).toBe(false);
    const hidden = { id: GUILD_ID, type: 0, allow: '0', deny: String(1n << 10n) };
    const bot = { id: BOT_ID, type: 1, allow: String(1n << 10n), deny: '0' };
    channel.permission_overwrites = [hidden, bot];
    rig.server.gateway.dispatch('CHANNEL_UPDATE', { ...channel, position: 1, topic: null });
    await rig.settled();
    expect(await isClosed()).toBe(true);
    channel.permission_overwrites = [bot];
    rig.server.gateway.dispatch('CHANNEL_UPDATE', { ...channel, position: 1, topic: null });
    await rig.settled();
    expect(await isClosed()).toBe(false);
    await expect
      .poll(() => rig.hub.received.filter((one) => one.kind === 'rights-changed' && one.room === ROOM).length)
      .toBe(2);
  });

  it('are written to alone, with buttons; somebody who takes no messages fails for good', async () => {
    const rig = await createRig();
    await rig.start();
    const direct = {
      to: BEN.id as AccountId,
      speaker: HUB,
      text: [{ t: 'text', text: 'Is that you?' }],
      choices: [
        { id: 'yes', label: 'Yes' },
        { id: 'no', label: 'No' },
      ],
      key: 'd',
    } as const;
    const ref = await rig.run('direct', direct);
    const posted = rig.server.world.find(ref.room, ref.id);
    expect(posted?.components).toEqual([
      {
        type: 1,
        components: [
          { type: 2, style: 2, label: 'Yes', custom_id: 'hub:yes' },
          { type: 2, style: 2, label: 'No', custom_id: 'hub:no' },
        ],
      },
    ]);
    rig.server.answerNext({ status: 403, body: { message: 'Cannot send messages to this user', code: 50_007 } });
    await expect(rig.run('direct', direct)).rejects.toMatchObject({ failure: { kind: 'permanent', scope: 'command' } });
  });
});

describe('secrets', () => {
  it('stand in no error and no log: neither the token of the bot nor that of a webhook', async () => {
    const rig = await createRig();
    await rig.start();
    const ref = await rig.post('hello');
    const [webhook] = rig.server.world.webhooks.values();
    if (webhook === undefined) throw new Error('no webhook');
    const said: string[] = [];
    const { textOf } = await import('../../../core/contract/port-double.ts');
    for (const failure of ['rate-limit', 'outage', 'cut', 'room-gone'] as const) {
      rig.server.failNext(failure);
      await rig.post('x', { key: failure }).catch((error: unknown) => said.push(textOf(error)));
      await rig
        .run('edit', { ref, speaker: HUB, text: [{ t: 'text', text: 'y' }], key: 'k' })
        .catch((error: unknown) => said.push(textOf(error)));
    }
    expect(said.length).toBeGreaterThanOrEqual(4);
    const all = `${said.join('\n')}\n${rig.hub.logged()}\n${textOf(rig.hub.states)}`;
    expect(all).not.toContain(webhook.token);
    expect(all).not.toContain(rig.server.world.token);
  });
});
