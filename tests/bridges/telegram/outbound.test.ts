import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/async/clock.ts';
import type { Rich } from '../../../core/domain/content.ts';
import type { AccountId, EpochMs, RoomId } from '../../../core/domain/ids.ts';
import type { MediaRef, Sanction } from '../../../core/plugin/operations.ts';
import { BOT, type FakeMessage, member } from '../../fakes/telegram-chats.ts';
import { ANN, BEN } from '../../fakes/telegram-server.ts';
import { FORUM, failureOf, GROUP, openRig, ROOM, type TelegramRig, TOPIC } from './rig.ts';

let rig: TelegramRig;
beforeEach(async () => {
  rig = await openRig();
  await rig.start();
});
afterEach(() => rig.stop());

const COMMAND = { kind: 'permanent', scope: 'command' };
const PORTAL = { kind: 'permanent', scope: 'portal' };
const HUB = { kind: 'hub' } as const;
const plain = (text: string): Rich => [{ t: 'text', text }];
const own = (chat = rig.group): readonly FakeMessage[] =>
  [...chat.messages.values()].filter(({ from, isGone }) => from === BOT.id && !isGone);
const methods = () => rig.server.asked.map(({ method }) => method);
const says = (one: FakeMessage | undefined) => [one?.kind, one?.text, one?.file?.name];

function media(name: string, type: string, more: Partial<MediaRef> = {}): MediaRef {
  const bytes = new TextEncoder().encode(name);
  const url = rig.hub.media.keep({ name, bytes });
  return {
    url,
    publicUrl: null,
    name,
    type,
    bytes: bytes.length,
    width: 800,
    height: 600,
    alt: null,
    isSpoiler: false,
    ...more,
  };
}
const photo = (name: string, more: Partial<MediaRef> = {}) => media(name, 'image/jpeg', more);

describe('a post', () => {
  it('answers natively, and goes through when the message that it answers is gone', async () => {
    const { id } = rig.server.userPosts(rig.group, BEN, { text: 'question' });
    await rig.post('answer', { replyTo: { room: ROOM, id: `${id}` } });
    await rig.post('late', { replyTo: { room: ROOM, id: '99999' } });
    expect(own().map(({ text, replyTo }) => [text, replyTo])).toEqual([
      ['answer', id],
      ['late', null],
    ]);
  });

  it('stands in the topic that it was meant for', async () => {
    const ref = await rig.post('in the topic', { room: TOPIC });
    expect(own(rig.forum).map(({ text, thread }) => [text, thread])).toEqual([['in the topic', 7]]);
    expect(ref.room).toBe(TOPIC);
  });

  it('goes out plain when Telegram does not like its formatting', async () => {
    rig.server.failNext('bad-entities');
    await rig.post('', { text: [{ t: 'code', text: '@ann' }] });
    expect(own().map(({ text, entities }) => [text, entities])).toEqual([['＠ann', []]]);
  });

  it('pauses the room when the bot may not write there', async () => {
    rig.group.refuses = 'not enough rights to send text messages to the chat';
    expect(await failureOf(rig.post('no'))).toEqual(PORTAL);
  });

  it('follows a group that became a supergroup, and tells the hub', async () => {
    const next = rig.server.group(-1_002_000_000_000);
    const old = await rig.post('before');
    rig.group.movedTo = next.id;
    const ref = await rig.post('after');
    expect(own(next).map(({ text }) => text)).toEqual(['after']);
    expect(ref.room).toBe(`${next.id}`);
    expect(rig.heard('room-moved')).toEqual([{ kind: 'room-moved', from: ROOM, to: `${next.id}` }]);
    // Its numbers mean other messages now.
    expect(await failureOf(rig.run('edit', { ref: old, speaker: HUB, text: plain('x'), key: 'e' }))).toEqual(COMMAND);
    expect(await failureOf(rig.run('redact', { refs: [old], reason: null }))).toEqual(COMMAND);
  });

  it('keeps to about twenty a minute in one chat, topics of a forum together', () => {
    expect(rig.can().post?.limits.budget).toEqual({ bucket: `${GROUP}`, count: 20, perMs: 60_000 });
    expect(rig.can(TOPIC).post?.limits.budget?.bucket).toBe(`${FORUM}`);
  });
});

describe('files', () => {
  it('come as a photo with its caption, covered where it must be', async () => {
    const ref = await rig.post('look', { media: [photo('a.jpg', { isSpoiler: true })] });
    expect(own().map((one) => [...says(one), one.hasSpoiler])).toEqual([['photo', 'look', 'a.jpg', true]]);
    await rig.run('edit', { ref, speaker: HUB, text: plain('look here'), key: 'e' });
    expect(own()[0]?.text).toBe('look here');
  });

  it('of several make one album, which is one post: edited, answered and removed as a whole', async () => {
    const ref = await rig.post('three', { media: [photo('a.jpg'), photo('b.jpg'), media('c.mp4', 'video/mp4')] });
    const [first, second] = own();
    expect(own().map(says)).toEqual([
      ['photo', 'three', 'a.jpg'],
      ['photo', '', 'b.jpg'],
      ['video', '', 'c.mp4'],
    ]);
    expect(new Set(own().map(({ group }) => group)).size).toBe(1);
    expect(ref).toEqual({ room: ROOM, id: `${first?.id}`, note: 'c+1+2' });
    rig.server.userPosts(rig.group, BEN, { text: 'nice', replyTo: second?.id ?? 0 });
    const [answer] = await rig.hears('message', 1);
    expect(answer?.replyTo).toEqual({ room: ROOM, id: ref.id });
    const edited = await rig.run('edit', { ref, speaker: HUB, text: plain('all three'), key: 'e' });
    expect(own().map(({ text }) => text)).toEqual(['all three', '', '']);
    await rig.run('redact', { refs: [edited], reason: null });
    expect(own()).toEqual([]);
  });

  it('that do not go together make messages of their own, still one post', async () => {
    const ref = await rig.post('mixed', {
      media: [photo('a.jpg'), media('b.mp3', 'audio/mpeg'), media('c.gif', 'image/gif')],
    });
    expect(own().map(says)).toEqual([
      ['photo', 'mixed', 'a.jpg'],
      ['audio', '', 'b.mp3'],
      ['animation', '', 'c.gif'],
    ]);
    await rig.run('redact', { refs: [ref], reason: null });
    expect(own()).toEqual([]);
  });

  it('too large or too long for a photo come as documents, covered ones not at all', async () => {
    const large = { bytes: 11_000_000 };
    await rig.post('big', { media: [photo('a.jpg', large), photo('b.jpg', { width: 9_000, height: 100 })] });
    await rig.post('covered', { media: [photo('c.jpg', { ...large, isSpoiler: true })] });
    expect(own().map(says)).toEqual([
      ['document', 'big', 'a.jpg'],
      ['document', '', 'b.jpg'],
      [null, 'covered\n[c.jpg]', undefined],
    ]);
  });

  it('that Telegram cannot read as photos are tried as documents', async () => {
    await rig.post('odd', { media: [photo('broken.jpg')] });
    expect(own().map(says)).toEqual([['document', 'odd', 'broken.jpg']]);
  });

  it('that the hub has no more are named, with their address if they have one', async () => {
    const gone = { url: 'https://hub.example/media/gone', publicUrl: 'https://hub.example/media/gone' };
    await rig.post('see', { media: [photo('a.jpg', gone), photo('b.jpg', { ...gone, publicUrl: null })] });
    expect(own().map(says)).toEqual([[null, 'see\n[a.jpg: https://hub.example/media/gone]\n[b.jpg]', undefined]]);
  });

  it('are not posted twice when a later one fails', async () => {
    rig.server.failNext('rate-limit', 1, 'sendAudio');
    const ref = await rig.post('first', { media: [photo('a.jpg'), media('b.mp3', 'audio/mpeg')] });
    expect(own().map((one) => [one.id, ...says(one)])).toEqual([[Number(ref.id), 'photo', 'first', 'a.jpg']]);
    expect(rig.hub.logged()).toContain('files were left out');
  });
});

describe('edits, removals and reactions', () => {
  it('count an edit that changes nothing as done', async () => {
    const ref = await rig.post('same');
    expect(await rig.run('edit', { ref, speaker: HUB, text: plain('same'), key: 'e' })).toEqual(ref);
  });

  it('remove many at once, and count those that are gone as removed', async () => {
    const refs = [await rig.post('a'), await rig.post('b'), { room: ROOM, id: '99999' }];
    await rig.run('redact', { refs, reason: null });
    expect(own()).toEqual([]);
    expect(methods().filter((name) => name === 'deleteMessages')).toHaveLength(1);
  });

  it('remove what can be removed when one cannot, and say so', async () => {
    const refs = [await rig.post('young'), await rig.post('old'), await rig.post('young too')];
    const old = own()[1];
    rig.server.world.undeletable.add(old?.id ?? 0);
    expect(await failureOf(rig.run('redact', { refs, reason: null }))).toEqual(COMMAND);
    expect(own().map(({ text }) => text)).toEqual(['old']);
  });

  it('show the newest reaction that is still wanted, in Telegram’s spelling', async () => {
    const ref = await rig.post('track');
    const react = (emoji: string, on: boolean) => rig.run('react', { ref, speaker: HUB, emoji, on, key: 'r' });
    const shown = () => own()[0]?.reactions.get(BOT.id);
    await react('🔥', true);
    await react('❤️', true);
    expect(shown()).toEqual(['❤']);
    await react('❤️', false);
    expect(shown()).toEqual(['🔥']);
    await react('🔥', false);
    expect(shown()).toEqual([]);
    expect(rig.can().react?.limits.emoji).toContain('❤️');
    expect(await failureOf(react('🧿', true))).toEqual(COMMAND);
  });

  it('offer only the reactions that a chat lets through', async () => {
    rig.server.group(-77, { reactions: ['❤'] });
    rig.server.group(-78, { reactions: [] });
    for (const room of ['-77', '-78'] as RoomId[]) rig.hub.link(room);
    await expect.poll(() => rig.can('-77' as RoomId).react?.limits.emoji).toEqual(['❤', '❤️']);
    await expect.poll(() => rig.can('-78' as RoomId).react).toBe(undefined);
  });
});

describe('M1: restraint', () => {
  const minutes = (count: number) => (systemClock.now() + count * 60_000) as EpochMs;
  const act = (more: Partial<Sanction>) =>
    rig.run('sanction', {
      room: ROOM,
      account: `${BEN.id}` as AccountId,
      act: 'timeout',
      until: minutes(5),
      reason: null,
      ...more,
    });
  const standing = () => rig.group.members.get(BEN.id);

  it('silences until the time given, never for ever, and lets go again', async () => {
    const until = minutes(5);
    await act({ until });
    expect(standing()).toMatchObject({
      status: 'restricted',
      can_send_messages: false,
      until_date: Math.ceil(until / 1_000),
    });
    await act({ act: 'lift', until: null });
    expect(standing()?.status).toBe('member');
  });

  it('is not tried with so little time left that Telegram would make it endless', async () => {
    expect(await failureOf(act({ until: (systemClock.now() + 20_000) as EpochMs }))).toEqual(COMMAND);
    expect(standing()?.status).toBe('member');
  });

  it('bans and unbans without throwing out whoever is not banned', async () => {
    await act({ act: 'ban', until: null });
    expect(standing()).toMatchObject({ status: 'kicked', until_date: 0 });
    await act({ act: 'lift', until: null });
    expect(standing()?.status).toBe('left');
    rig.group.members.set(BEN.id, member(BEN));
    await act({ act: 'lift', until: null });
    expect(standing()?.status).toBe('member');
  });

  it('is never tried on administrators', async () => {
    rig.group.members.set(BEN.id, member(BEN, { status: 'administrator' }));
    expect(await failureOf(act({}))).toEqual(COMMAND);
    expect(methods()).not.toContain('restrictChatMember');
  });

  it('does not shorten what an administrator of the chat has laid down', async () => {
    const forever = member(BEN, { status: 'restricted', can_send_messages: false, is_member: true, until_date: 0 });
    rig.group.members.set(BEN.id, forever);
    await act({});
    expect(standing()).toEqual(forever);
  });

  it('shuts out a channel that writes in the group, and can do no less to it', async () => {
    const channel = '-1005' as AccountId;
    await act({ act: 'ban', account: channel, until: null });
    expect(methods()).toContain('banChatSenderChat');
    expect(await failureOf(act({ account: channel }))).toEqual(COMMAND);
    expect(await failureOf(act({ account: ROOM as string as AccountId, act: 'ban' }))).toEqual(COMMAND);
  });

  it('holds in the room alone, but in a forum in every topic', () => {
    expect(rig.can().sanction?.limits.within).toBe('room');
    expect(rig.can(TOPIC).sanction?.limits.within).toBe(undefined);
  });
});

describe('people', () => {
  it('hear from the bot alone, with buttons, if they have spoken to it', async () => {
    const chat = rig.server.world.addChat(ANN.id, { type: 'private', title: 'Ann' });
    const to = `${ANN.id}` as AccountId;
    const direct = { to, speaker: HUB, text: plain('sure?'), choices: [{ id: 'yes', label: 'Yes' }], key: 'd' };
    const ref = await rig.run('direct', direct);
    expect(ref.room).toBe(`${ANN.id}`);
    expect(own(chat)[0]?.buttons).toEqual([{ text: 'Yes', callback_data: 'yes' }]);
    expect(await failureOf(rig.run('direct', { ...direct, to: '43' as AccountId }))).toEqual(COMMAND);
  });

  it('get answers under their commands, and an alert where only they should see it', async () => {
    const { id } = rig.server.userPosts(rig.group, BEN, { text: '/help' });
    const ticket = JSON.stringify({ kind: 'message', room: ROOM, message: id });
    await rig.run('respond', { ticket, text: plain('done'), choices: [], isPrivate: false });
    expect(own().map(({ text, replyTo }) => [text, replyTo])).toEqual([['done', id]]);
    const button = JSON.stringify({ kind: 'button', query: 'q1', room: ROOM, message: id });
    await rig.run('respond', { ticket: button, text: plain('psst'), choices: [], isPrivate: true });
    const alert = rig.server.asked.find(({ method }) => method === 'answerCallbackQuery');
    expect(alert?.fields).toEqual({ callback_query_id: 'q1', text: 'psst', show_alert: true });
    expect(own()).toHaveLength(1);
    expect(await failureOf(rig.run('respond', { ticket: 'x', text: [], choices: [], isPrivate: false }))).toEqual(
      COMMAND,
    );
  });

  it('are who Telegram says they are, hidden administrators among them', async () => {
    rig.group.members.set(ANN.id, member(ANN, { status: 'creator' }));
    rig.group.members.set(7, member({ ...ANN, id: 7 }, { status: 'administrator' }));
    const who = (account: string) => rig.run('authority', { room: ROOM, account: account as AccountId });
    const asked = [`${ANN.id}`, '7', `${BEN.id}`, '999', ROOM, '-1005'];
    expect(await Promise.all(asked.map(who))).toEqual(['owner', 'admin', 'member', 'none', 'admin', 'none']);
  });

  it('are among themselves unless the chat has a public name', async () => {
    const isClosed = () => rig.run('isClosed', { room: ROOM });
    expect(await isClosed()).toBe(true);
    rig.group.username = 'techno_talk';
    expect(await isClosed()).toBe(false);
  });

  it('see that somebody is typing', async () => {
    await rig.run('signal', { room: TOPIC, speaker: HUB, what: { kind: 'typing', on: true } });
    await rig.run('signal', { room: TOPIC, speaker: HUB, what: { kind: 'typing', on: false } });
    const asked = rig.server.asked.filter(({ method }) => method === 'sendChatAction');
    expect(asked.map(({ fields }) => fields)).toEqual([{ chat_id: FORUM, message_thread_id: 7, action: 'typing' }]);
  });
});

it('never says that nothing arrived when it cannot know', async () => {
  rig.server.failNext('cut');
  expect(await failureOf(rig.post('perhaps'))).toEqual({ kind: 'retryable', delivered: 'unknown' });
  rig.server.failNext('outage');
  expect(await failureOf(rig.post('perhaps'))).toEqual({ kind: 'retryable', delivered: 'unknown' });
});
