import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountId, EpochMs, RoomId } from '../../../core/domain/ids.ts';
import type { Sanction } from '../../../core/plugin/operations.ts';
import { testClock } from '../../accounts/harness.ts';
import { type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';
import { removeMessage } from '../../fakes/twitch-helix.ts';
import { ALL_SCOPES } from '../../fakes/twitch-world.ts';
import { closeRigs, createRig, failureOf, type Rig } from './rig.ts';

const COMMAND = { kind: 'permanent', scope: 'command' };
const PORTAL = { kind: 'permanent', scope: 'portal' };

let twitch: FakeTwitch;
let dj: RoomId;
let ben: AccountId;
beforeEach(async () => {
  twitch = await startTwitch();
  [dj] = twitch.rooms;
  ben = twitch.ben as AccountId;
});
afterEach(async () => {
  await closeRigs();
  await twitch.stop();
});

async function started(options: Parameters<typeof createRig>[0] = {}): Promise<Rig> {
  const rig = await createRig({ twitch, ...options });
  await rig.start();
  return rig;
}
const never = (): AbortSignal => new AbortController().signal;
const posted = (): readonly string[] => twitch.posted(dj).map(({ text }) => text);
/** The bot has no standing in the channel. */
const asGuest = (): boolean => twitch.world.moderators.delete(`${dj}/${twitch.bot}`);

describe('a post', () => {
  it('answers natively, and is said all the same when what it answers is gone', async () => {
    const rig = await started();
    const id = twitch.says(dj, twitch.ben, 'a question');
    const [ref] = await rig.post('an answer', { replyTo: { room: dj, id } });
    expect(twitch.world.messages.find((one) => one.id === ref?.id)?.replyTo).toBe(id);
    removeMessage(twitch.world, id);
    await rig.post('another', { replyTo: { room: dj, id } });
    expect(posted()).toEqual(['an answer', 'another']);
    expect(twitch.helix.posts).toHaveLength(3);
  });

  it.each([
    ['msg_banned', PORTAL],
    ['msg_channel_suspended', PORTAL],
    ['msg_requires_verified_phone_number', PORTAL],
    ['msg_ratelimit', { kind: 'retryable', delivered: 'no', retryAfterMs: 30_000 }],
    ['msg_timedout', { kind: 'retryable', delivered: 'no', retryAfterMs: 60_000 }],
    ['msg_slowmode', { kind: 'retryable', delivered: 'no', retryAfterMs: 5_000 }],
    ['msg_rejected', COMMAND],
    ['msg_duplicate', COMMAND],
    ['msg_followersonly', COMMAND],
    ['something new of theirs', COMMAND],
    ['constructor', COMMAND],
  ])('that Twitch drops as %s fails so, though the answer was 200', async (code, failure) => {
    const rig = await started();
    twitch.helix.dropNext(code);
    expect(await failureOf(rig.post('dropped'))).toEqual(failure);
    expect(posted()).toEqual([]);
  });

  it('waits out slow mode as long as the channel says', async () => {
    const rig = await started();
    twitch.world.tell(dj, `@room-id=${dj};slow=120 :tmi.twitch.tv ROOMSTATE #dj_kool`);
    twitch.says(dj, twitch.ben, 'after it');
    await expect.poll(rig.texts).toEqual(['after it']);
    twitch.helix.dropNext('msg_slowmode');
    expect(await failureOf(rig.post('slow'))).toMatchObject({ retryAfterMs: 120_000 });
  });

  it('is certainly not there when nothing could be reached, and in doubt when no answer came', async () => {
    const rig = await started();
    twitch.helix.failNext('cut');
    expect(await failureOf(rig.post('in doubt'))).toEqual({ kind: 'retryable', delivered: 'unknown' });
    expect(posted()).toEqual(['in doubt']);
    twitch.helix.failNext('outage');
    expect(await failureOf(rig.post('not there'))).toEqual({ kind: 'retryable', delivered: 'unknown' });
    await twitch.helix.stop();
    // a connection that was kept open breaks at the first
    await failureOf(rig.post('one'));
    expect(await failureOf(rig.post('not there either'))).toEqual({ kind: 'retryable', delivered: 'no' });
  });

  it('of nothing that can be seen is refused before it is sent', async () => {
    const rig = await started();
    expect(await failureOf(rig.post(' \n\t'))).toEqual(COMMAND);
    expect(twitch.helix.posts).toEqual([]);
  });

  it('to a channel that does not exist pauses that portal alone', async () => {
    const rig = await started({ rooms: [dj, '99999'] });
    expect(await failureOf(rig.post('nobody', { room: '99999' as RoomId }))).toEqual(PORTAL);
    await rig.post('somebody');
    expect(posted()).toEqual(['somebody']);
  });

  it('before the start is not delivered', async () => {
    const rig = await createRig({ twitch });
    expect(await failureOf(rig.post('early'))).toEqual({ kind: 'retryable', delivered: 'no' });
  });
});

describe('where the bot has no standing', () => {
  it('it declares less: fewer posts, shorter ones, no moderation', async () => {
    asGuest();
    const rig = await started();
    const { post, redact, sanction, direct, edit, react, find } = rig.can();
    expect(post?.limits).toMatchObject({
      text: 498,
      unit: 'code-point',
      reply: true,
      idempotent: false,
      budget: { bucket: 'account', count: 20, perMs: 30_000 },
    });
    expect([redact, sanction, direct, edit, react, find]).toEqual(Array.from({ length: 6 }, () => undefined));
    expect(rig.can(twitch.rooms[1]).post?.limits).toMatchObject({
      text: 500,
      budget: { bucket: 'account', count: 100 },
    });
  });

  it('a VIP may say as much as a moderator', async () => {
    asGuest();
    twitch.world.vips.add(`${dj}/${twitch.bot}`);
    const rig = await started();
    await expect.poll(() => rig.can().post?.limits.budget?.count).toBe(100);
    expect(rig.can().sanction).toBe(undefined);
  });

  it('the same text again passes the filter for duplicates, and posts keep a second apart', async () => {
    asGuest();
    const rig = await started();
    const full = 'x'.repeat(498);
    await rig.post('lol');
    await Promise.all(['lol', full, full].map((text) => rig.post(text)));
    const seen = posted().map((text) => text.replace(/[\s\u{e0000}]+$/u, ''));
    expect(seen).toEqual(['lol', 'lol', full, full]);
    const at = twitch.world.messages.map((one) => one.at);
    expect(at.slice(1).every((time, index) => time - (at[index] ?? 0) >= 1_000)).toBe(true);
    expect(twitch.helix.posts.every(({ message }) => [...String(message)].length <= 500)).toBe(true);
  });

  it('a command that is given up while it waits its turn is not sent', async () => {
    asGuest();
    const rig = await started();
    await rig.post('first');
    const giveUp = new AbortController();
    const post = rig.can().post;
    const command = { room: dj, speaker: { kind: 'hub' }, text: [{ t: 'text', text: 'second' }] } as const;
    const waiting = post?.run(
      { ...command, media: [], replyTo: null, key: 'k', sentAt: Date.now() as EpochMs },
      giveUp.signal,
    );
    giveUp.abort();
    expect(await failureOf(waiting ?? Promise.resolve())).toEqual({ kind: 'retryable', delivered: 'no' });
    expect(posted()).toEqual(['first']);
  });
});

describe('a removal', () => {
  it('takes one message away, never the whole chat', async () => {
    const rig = await started();
    const id = twitch.says(dj, twitch.ben, 'oops');
    const other = twitch.says(dj, twitch.ben, 'fine');
    const remove = (message: string) =>
      rig.can().redact?.run({ refs: [{ room: dj, id: message }], reason: null }, never()) ?? Promise.resolve();
    for (const nothing of ['', ' ', `${id}#notice`, 'a&message_id=']) {
      expect(await failureOf(remove(nothing))).toEqual(COMMAND);
    }
    await remove(id);
    await remove(id);
    const standing = twitch.world.messages.flatMap((one) => (one.isGone ? [] : [one.id]));
    expect(standing).toEqual([other]);
  });

  it('of the broadcaster is refused for good', async () => {
    const rig = await started();
    const id = twitch.says(dj, dj, 'mine');
    const attempt = rig.can().redact?.run({ refs: [{ room: dj, id }], reason: null }, never());
    expect(await failureOf(attempt ?? Promise.resolve())).toEqual(COMMAND);
  });

  it('is offered for six hours, one message at a time', async () => {
    const rig = await started();
    expect(rig.can().redact?.limits).toEqual({ windowMs: 6 * 3_600_000, maxRefs: 1, others: true });
  });
});

describe('a sanction', () => {
  const now = 1_800_000_000_000;
  const sanction = (more: Partial<Sanction>): Sanction => ({
    room: dj,
    account: ben,
    act: 'timeout',
    until: (now + 90_500) as EpochMs,
    reason: 'spam',
    ...more,
  });
  const standing = () => twitch.world.bans.get(`${dj}/${ben}`);
  let rig: Rig;
  const run = (more: Partial<Sanction>) => rig.can().sanction?.run(sanction(more), never()) ?? Promise.resolve();

  beforeEach(async () => {
    twitch.world.now = () => now;
    twitch.world.tokens.clear();
    const clock = testClock(now);
    const { access, refresh } = twitch.world.authorize(twitch.bot);
    rig = await started({ clock, fields: { accessToken: access, refreshToken: refresh } });
  });

  it('M1: is a timeout of whole seconds from the moment of sending, with its reason', async () => {
    await run({});
    expect(standing()).toEqual({ until: now + 91_000, reason: 'spam' });
    await run({ until: (now + 30 * 86_400_000) as EpochMs, reason: 'x'.repeat(600) });
    expect(standing()).toEqual({ until: now + 1_209_600_000, reason: 'x'.repeat(500) });
  });

  it('never becomes a ban for want of an end', async () => {
    for (const until of [null, Number.NaN as EpochMs, Number.POSITIVE_INFINITY as EpochMs]) {
      expect(await failureOf(run({ until }))).toEqual(COMMAND);
    }
    await run({ until: (now - 1) as EpochMs });
    expect(standing()).toBe(undefined);
  });

  it('that is in force already, or lifted already, is done', async () => {
    await run({ act: 'ban', until: null });
    await run({ act: 'ban', until: null });
    expect(standing()).toEqual({ until: null, reason: 'spam' });
    await run({ act: 'lift' });
    await run({ act: 'lift' });
    expect(standing()).toBe(undefined);
  });

  it('on a moderator or the broadcaster is refused for good, and leaves no trace in what is heard next', async () => {
    expect(await failureOf(run({ account: dj as string as AccountId }))).toEqual(COMMAND);
    twitch.world.moderators.add(`${dj}/${ben}`);
    expect(await failureOf(run({}))).toEqual(COMMAND);
  });
});

describe('what the token does not allow', () => {
  it.each([
    ['user:write:chat', 'post'],
    ['moderator:manage:chat_messages', 'redact'],
    ['moderator:manage:banned_users', 'sanction'],
  ] as const)('without %s there is no %s', async (scope, operation) => {
    const scopes = ALL_SCOPES.filter((one) => one !== scope);
    const { access, refresh } = twitch.world.authorize(twitch.bot, scopes);
    const rig = await started({ fields: { accessToken: access, refreshToken: refresh } });
    expect(rig.can()[operation]).toBe(undefined);
    expect(Object.keys(rig.can())).toHaveLength(3);
  });
});

describe('who somebody is on Twitch', () => {
  const standing = async (rig: Rig, account: string) =>
    rig.can().authority?.run({ room: dj, account: account as AccountId }, never());

  it('is the owner by id, a moderator by the badge of the last message, else a member', async () => {
    const rig = await started();
    twitch.world.moderators.add(`${dj}/${ben}`);
    twitch.says(dj, ben, 'with the badge');
    await expect.poll(rig.texts).toHaveLength(1);
    expect(await standing(rig, dj)).toBe('owner');
    expect(await standing(rig, ben)).toBe('moderator');
    expect(await standing(rig, '77')).toBe('member');
    twitch.world.moderators.delete(`${dj}/${ben}`);
    twitch.says(dj, ben, 'without it');
    await expect.poll(rig.texts).toHaveLength(2);
    expect(await standing(rig, ben)).toBe('member');
  });

  it('is asked of Twitch where the token is that of the broadcaster', async () => {
    const { access, refresh } = twitch.world.authorize(dj, [...ALL_SCOPES, 'moderation:read']);
    const rig = await started({ fields: { accessToken: access, refreshToken: refresh } });
    twitch.world.moderators.add(`${dj}/${ben}`);
    expect(await standing(rig, ben)).toBe('moderator');
    expect(await standing(rig, '77')).toBe('member');
    expect(rig.can().sanction).toBeDefined();
  });
});
