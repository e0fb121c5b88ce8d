import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/async/clock.ts';
import { textOf } from '../../../core/contract/port-double.ts';
import { plainText } from '../../../core/domain/content.ts';
import type { EpochMs } from '../../../core/domain/ids.ts';
import type { Receipt } from '../../../core/domain/receipt.ts';
import type { HubPort } from '../../../core/plugin/hub-port.ts';
import { BOT, member } from '../../fakes/telegram-chats.ts';
import { ANN, BEN } from '../../fakes/telegram-server.ts';
import { FORUM, openRig, QUICK_CLOCK, ROOM, type TelegramRig, TOPIC } from './rig.ts';

let rig: TelegramRig;
afterEach(() => rig.stop());

const bytes = (text: string) => new TextEncoder().encode(text);
const quick = () => ({ clock: QUICK_CLOCK });
const UNAVAILABLE: Receipt = { kind: 'refused', code: 'unavailable', say: 'later', retryAfterMs: 10 };

/** Part of an album, each a photo of its own. */
function part(of: TelegramRig, group: string, caption = ''): number {
  const photo = [
    { ...of.server.world.addFile({ name: 'p.jpg', bytes: bytes(`p${caption}`) }), width: 800, height: 600 },
  ];
  return of.server.userPosts(of.group, ANN, { text: caption, kind: 'photo' }, { photo, media_group_id: group }).id;
}

describe('the loop', () => {
  it('confirms an update only once the hub has stored what it says', async () => {
    rig = await openRig();
    await rig.start();
    const release = rig.hub.holdReceipts();
    rig.server.userPosts(rig.group, BEN, { text: 'one' });
    await rig.hears('message', 1);
    const [first] = rig.server.world.updates;
    expect(rig.hub.cursor()).toBe(null);
    expect(rig.server.confirmed()).toBeLessThanOrEqual(first?.update_id ?? 0);
    release();
    await expect.poll(() => rig.server.confirmed()).toBe((first?.update_id ?? 0) + 1);
    expect(rig.hub.cursor()).toMatch(new RegExp(`^${(first?.update_id ?? 0) + 1} `));
  });

  it('steps over an update that nobody can read, and says which', async () => {
    rig = await openRig();
    await rig.start();
    rig.server.world.push({ message: { message_id: 1, date: 1, chat: null } as never });
    rig.server.world.push({ message_reaction: { chat: { id: 1, type: 'group' }, message_id: 1 } as never });
    rig.server.userPosts(rig.group, BEN, { text: 'after' });
    await rig.hears('message', 1);
    expect(rig.texts()).toEqual(['after']);
    expect(rig.hub.logged()).toContain('an update cannot be read');
  });

  it('holds up no other chat while one chat waits, and keeps the order within each', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    rig = await openRig((port) => ({
      async receive(inbound) {
        if (inbound.kind === 'message' && inbound.ref.room === ROOM) await held;
        return port.receive(inbound);
      },
    }));
    for (const text of ['a1', 'a2']) rig.server.userPosts(rig.group, BEN, { text });
    for (const text of ['b1', 'b2']) rig.server.userPosts(rig.forum, BEN, { text, thread: 7 });
    await rig.start();
    await rig.hears('message', 2);
    expect(rig.texts()).toEqual(['b1', 'b2']);
    release();
    await rig.hears('message', 4);
    expect(rig.texts()).toEqual(['b1', 'b2', 'a1', 'a2']);
  });

  it('tries again what the store could not take, in order, and doubles nothing', async () => {
    let fails = 3;
    rig = await openRig((port) => ({
      ...quick(),
      async receive(inbound) {
        fails -= 1;
        return fails >= 0 ? UNAVAILABLE : port.receive(inbound);
      },
    }));
    for (const text of ['a', 'b', 'c']) rig.server.userPosts(rig.group, BEN, { text });
    await rig.start();
    await rig.hears('message', 3);
    await expect.poll(() => rig.server.confirmed()).toBe((rig.server.world.updates.at(-1)?.update_id ?? 0) + 1);
    expect(rig.texts()).toEqual(['a', 'b', 'c']);
  });

  it('steps over what the hub fails on for ever, and goes on', async () => {
    rig = await openRig((port) => ({
      clock: { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 10_000, run) },
      async receive(inbound) {
        return textOf(inbound).includes('poison') ? UNAVAILABLE : port.receive(inbound);
      },
    }));
    for (const text of ['poison', 'after']) rig.server.userPosts(rig.group, BEN, { text });
    await rig.start();
    await rig.hears('message', 1);
    expect(rig.texts()).toEqual(['after']);
    expect(rig.hub.logged()).toContain('stepped over');
  });

  it('starts anew when the cursor cannot be kept, and passes nothing that is not in it', async () => {
    rig = await openRig((port) => ({
      cursor: {
        load: port.cursor.load,
        async save() {
          throw new Error('the disk is full');
        },
      },
    }));
    await rig.start();
    rig.server.userPosts(rig.group, BEN, { text: 'one' });
    await expect
      .poll(() => rig.hub.states.at(-1))
      .toMatchObject({
        room: null,
        state: { kind: 'failed', failure: { kind: 'retryable' }, say: 'the cursor could not be kept' },
      });
    expect(rig.server.confirmed()).toBe(0);
  });

  it('asks without a number after a quiet week, for numbers may have begun anew', async () => {
    let now = systemClock.now();
    rig = await openRig(() => ({ clock: { ...systemClock, now: () => now } }));
    await rig.start();
    rig.server.userPosts(rig.group, BEN, { text: 'before' });
    await rig.hears('message', 1);
    await rig.bridge.stop();
    now = (now + 8 * 24 * 60 * 60_000) as EpochMs;
    const offsets: unknown[] = [];
    rig.server.onPoll((fields) => offsets.push(fields.offset));
    await rig.again();
    await expect.poll(() => offsets.length).toBeGreaterThan(0);
    expect(offsets[0]).toBe(undefined);
  });
});

describe('when polling fails', () => {
  const failed = (of: TelegramRig) => of.hub.states.flatMap(({ room, state }) => (room === null ? [state] : []));

  it('steps aside for another poller after a few tries, and says so', async () => {
    rig = await openRig(quick);
    rig.server.failPolls(409, 'Conflict: terminated by other getUpdates request; make sure that only one', 50);
    await rig.start();
    await expect.poll(() => failed(rig).at(-1)?.kind).toBe('failed');
    expect(failed(rig).at(-1)).toEqual({
      kind: 'failed',
      failure: { kind: 'retryable', delivered: 'no', retryAfterMs: 60_000 },
      say: 'another program polls with the token of this bot',
    });
    expect(rig.server.polls()).toBe(3);
  });

  it('names a webhook that is in the way', async () => {
    rig = await openRig(quick);
    rig.server.failPolls(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook", 1);
    await rig.start();
    await expect.poll(() => textOf(failed(rig).at(-1))).toContain('deleteWebhook');
  });

  it('pauses at a refused token instead of knocking on', async () => {
    rig = await openRig(quick);
    rig.server.failPolls(401, 'Unauthorized', 50);
    await rig.start();
    await expect.poll(() => failed(rig).at(-1)?.kind).toBe('failed');
    expect(failed(rig).at(-1)).toMatchObject({ failure: { kind: 'auth' } });
    expect(rig.server.polls()).toBe(1);
  });

  it('waits as long as Telegram asks, then hears what was said meanwhile', async () => {
    const waits: number[] = [];
    rig = await openRig(() => ({
      clock: {
        ...QUICK_CLOCK,
        after(ms: number, run: () => void) {
          waits.push(ms);
          return QUICK_CLOCK.after(ms, run);
        },
      },
    }));
    rig.server.failPolls(429, 'Too Many Requests: retry after 17', 1, { retry_after: 17 });
    await rig.start();
    rig.server.userPosts(rig.group, BEN, { text: 'meanwhile' });
    await rig.hears('message', 1);
    expect(waits).toContain(17_000);
    expect(failed(rig).map(({ kind }) => kind)).toEqual(['live', 'connecting', 'live']);
  });
});

describe('albums', () => {
  it('makes one message of the parts, though they come one by one', async () => {
    rig = await openRig();
    rig.hub.media.take();
    await rig.start();
    const first = part(rig, 'g1', 'three of them');
    // Each time the bridge asks whether there is more, one more part has come.
    let more = 2;
    rig.server.onPoll(({ timeout }) => {
      more -= timeout === 0 ? 1 : 0;
      if (timeout === 0 && more >= 0) part(rig, 'g1');
    });
    const [album] = await rig.hears('message', 1);
    expect(album?.ref).toEqual({ room: ROOM, id: `${first}` });
    expect(album?.content.attachments).toHaveLength(3);
    rig.server.userPosts(rig.group, BEN, { text: 'after' });
    await rig.hears('message', 2);
    expect(rig.texts()).toEqual(['three of them', 'after']);
  });

  it('makes the same message of it when all is delivered again, and loses no part that came late', async () => {
    rig = await openRig();
    rig.hub.media.take();
    rig.hub.answerStopping();
    await rig.start();
    const first = part(rig, 'g1', 'two');
    part(rig, 'g1');
    await rig.hears('message', 1);
    await rig.bridge.stop();
    rig.hub.answerAccepted();
    const late = part(rig, 'g1', 'late');
    const before = rig.heard('message').length;
    await rig.again();
    const heard = (await rig.hears('message', before + 2)).slice(before);
    expect(heard.map(({ ref, content }) => [ref.id, content.attachments.length])).toEqual([
      [`${first}`, 2],
      [`${late}`, 1],
    ]);
  });

  it('keeps the other pictures when the caption of one is edited', async () => {
    rig = await openRig();
    rig.hub.media.take();
    await rig.start();
    const first = part(rig, 'g1', 'befor');
    const second = part(rig, 'g1');
    await rig.hears('message', 1);
    const photo = (id: number) =>
      rig.server.world.updates.find(({ message }) => message?.message_id === id)?.message?.photo;
    rig.server.userEdits(rig.group, ANN, first, 'before', { photo: photo(first), media_group_id: 'g1' });
    const [edit] = await rig.hears('edit', 1);
    expect(edit?.ref.id).toBe(`${first}`);
    expect(plainText(edit?.content.rich ?? [])).toBe('before');
    expect(edit?.content.attachments).toHaveLength(2);
    expect(second).toBeGreaterThan(first);
  });

  it('takes an answer or a reaction to any part as one to the whole', async () => {
    rig = await openRig();
    await rig.start();
    const first = part(rig, 'g1', 'a');
    const second = part(rig, 'g1', 'b');
    await rig.hears('message', 1);
    rig.server.userReacts(rig.group, BEN, second, ['🔥']);
    rig.server.userPosts(rig.group, BEN, { text: 'this one', replyTo: second });
    const [reaction] = await rig.hears('reaction', 1);
    const [, reply] = await rig.hears('message', 2);
    expect(reaction?.ref.id).toBe(`${first}`);
    expect(reply?.replyTo?.id).toBe(`${first}`);
  });
});

describe('files and people', () => {
  it('brings the largest size of a photo to the hub, with its name, its cover and no address', async () => {
    rig = await openRig();
    rig.hub.media.take();
    await rig.start();
    const size = (width: number, said: string) => ({
      ...rig.server.world.addFile({ name: 'x', bytes: bytes(said) }),
      width,
      height: width,
    });
    const photo = [size(90, 'small'), size(1280, 'large')];
    rig.server.userPosts(rig.group, ANN, { text: 'look', kind: 'photo' }, { photo, has_media_spoiler: true });
    const [message] = await rig.hears('message', 1);
    const [attachment] = message?.content.attachments ?? [];
    expect(attachment).toMatchObject({ name: 'photo.jpg', isSpoiler: true });
    expect(rig.hub.media.taken.get(attachment?.url ?? '')?.bytes.toString()).toBe('large');
    expect(textOf(message)).not.toContain(rig.server.token);
  });

  it('names in the text what cannot be had, and never with the address that holds the token', async () => {
    rig = await openRig();
    rig.hub.media.take();
    await rig.start();
    const document = { file_id: 'lost', file_unique_id: 'lost', file_name: 'set.flac' };
    rig.server.userPosts(rig.group, ANN, { text: 'my set', kind: 'document' }, { document });
    const [message] = await rig.hears('message', 1);
    expect(rig.texts()).toEqual(['my set\n[set.flac (a file)]']);
    expect(textOf(message) + rig.hub.logged()).not.toContain(rig.server.token);
  });

  it('fetches nothing for a chat that is not linked, but hears what is typed there', async () => {
    rig = await openRig();
    rig.hub.media.take();
    await rig.start();
    const other = rig.server.group(-55);
    const photo = [{ ...rig.server.world.addFile({ name: 'x', bytes: bytes('x') }), width: 800, height: 600 }];
    rig.server.userPosts(other, ANN, { text: '!bridge CODE', kind: 'photo' }, { photo });
    await rig.hears('message', 1);
    expect(rig.texts()).toEqual(['!bridge CODE']);
    expect(rig.server.asked.map(({ method }) => method)).not.toContain('getFile');
  });

  it('asks for a face once, and shows the hub’s picture of it', async () => {
    const asked: string[] = [];
    rig = await openRig(
      (port): Partial<HubPort> => ({
        media: {
          ...port.media,
          async picture(key) {
            asked.push(key);
            return `/media/${key}`;
          },
        },
      }),
    );
    rig.server.world.photos.set(BEN.id, 'file-9');
    await rig.start();
    for (const text of ['one', 'two']) rig.server.userPosts(rig.group, BEN, { text });
    const heard = await rig.hears('message', 2);
    expect(heard.map(({ by }) => by.avatarUrl)).toEqual(['/media/u-file-9', '/media/u-file-9']);
    expect(asked).toEqual(['u-file-9']);
  });
});

describe('what changes', () => {
  it('reports no edit that changes nothing to be seen', async () => {
    rig = await openRig();
    await rig.start();
    const { id } = rig.server.userPosts(rig.group, BEN, { text: 'same' });
    rig.server.userEdits(rig.group, BEN, id, 'same');
    rig.server.userEdits(rig.group, BEN, id, 'other');
    await rig.hears('edit', 1);
    expect(rig.heard('edit').map(({ content }) => plainText(content.rich))).toEqual(['other']);
  });

  it('tells an edit again that was not stored', async () => {
    rig = await openRig();
    await rig.start();
    const { id } = rig.server.userPosts(rig.group, BEN, { text: 'frist' });
    await rig.hears('message', 1);
    rig.hub.answerStopping();
    rig.server.userEdits(rig.group, BEN, id, 'first');
    await rig.hears('edit', 1);
    rig.hub.answerAccepted();
    await rig.hears('edit', 2);
    await expect.poll(() => rig.server.confirmed()).toBe((rig.server.world.updates.at(-1)?.update_id ?? 0) + 1);
  });

  it('learns that it may restrain nobody any more, and tells the hub', async () => {
    rig = await openRig();
    await rig.start();
    expect(rig.can().sanction?.limits.acts).toEqual(['timeout', 'ban', 'lift']);
    rig.group.members.set(BOT.id, member(BOT));
    const chat = { id: rig.group.id, type: 'supergroup' };
    const change = { chat, from: ANN, date: 1, old_chat_member: member(BOT), new_chat_member: member(BOT) };
    rig.server.world.push({ my_chat_member: change as never });
    expect(await rig.hears('rights-changed', 1)).toEqual([{ kind: 'rights-changed', room: ROOM }]);
    expect(rig.can().sanction).toBe(undefined);
    expect(rig.can().redact?.limits.others).toBe(false);
  });

  it('takes the topics of a forum as rooms of their own', async () => {
    rig = await openRig();
    await rig.start();
    rig.server.userPosts(rig.forum, BEN, { text: 'in the topic', thread: 7 });
    rig.server.userPosts(rig.forum, BEN, { text: 'in general' });
    await rig.hears('message', 2);
    expect(rig.heard('message').map(({ ref }) => ref.room)).toEqual([TOPIC, `${FORUM}`]);
  });

  it('joins a room that is linked while it runs', async () => {
    rig = await openRig();
    await rig.start();
    const late = rig.server.group(-77, { type: 'group' });
    rig.hub.link(`${late.id}` as never);
    await expect.poll(() => textOf(rig.hub.states)).toContain('-77');
    await expect.poll(() => rig.can('-77' as never).sanction?.limits.acts).toEqual(['ban']);
  });

  it('says which room it cannot be in, and serves the others', async () => {
    rig = await openRig();
    rig.server.world.chats.delete(FORUM);
    await rig.start();
    const state = rig.hub.states.find(({ room }) => room === TOPIC)?.state;
    expect(state).toMatchObject({ kind: 'failed', failure: { kind: 'permanent', scope: 'portal' } });
    rig.server.userPosts(rig.group, BEN, { text: 'still here' });
    await rig.hears('message', 1);
  });

  it('looks again later at a chat about which Telegram gave no answer, and keeps what it knew meanwhile', async () => {
    rig = await openRig(() => ({
      clock: { ...systemClock, every: (ms: number, run: () => void) => systemClock.every(ms / 3_000, run) },
    }));
    rig.server.failNext('outage', 2, 'getChat');
    await rig.start();
    expect(rig.can().sanction).toBe(undefined);
    await expect.poll(() => rig.can().sanction?.limits.acts).toContain('timeout');
    rig.server.failNext('outage', 10_000, 'getChat');
    const asked = () => rig.server.asked.filter(({ method }) => method === 'getChat').length;
    const before = asked();
    await expect.poll(asked).toBeGreaterThan(before + 2);
    expect(rig.can().sanction?.limits.acts).toContain('timeout');
  });
});
