import { expect, it } from 'vitest';
import type { Attachment } from '../../core/domain/content.ts';
import type { EpochMs, MessageId, PortalId, RoomId, UserId } from '../../core/domain/ids.ts';
import { asMarked, withBlur, withMark } from '../../core/domain/picture-mark.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import type { Limits, Target } from '../../core/relay/plan.ts';
import { planAnew, planMark } from '../../core/relay/plan-mark.ts';

const PICTURE = 'a'.repeat(64);
const picture = (more: Partial<Attachment> = {}): Attachment => ({
  url: '/media/AAAAAAAAAAAAAAAAAAAAAA/x.png',
  name: 'x.png',
  mediaType: 'image/png',
  bytes: 10,
  width: 1,
  height: 1,
  alt: null,
  isSpoiler: false,
  picture: PICTURE,
  ...more,
});
const message = (attachments: readonly Attachment[], text = 'look'): WireChatMessage => ({
  id: '018f0000-0000-7000-8000-000000000000' as MessageId,
  author: { user: 'u-x' as UserId, name: 'Ann', platform: 'here', avatarUrl: null, badge: null },
  content: { rich: text === '' ? [] : [{ t: 'text', text }], attachments },
  replyTo: null,
  sentAt: 0 as EpochMs,
  revision: 0,
  editedAt: null,
  redaction: null,
});
const post = {
  text: 1_000,
  caption: 1_000,
  unit: 'utf16',
  speaker: 'native',
  reply: true,
  idempotent: false,
  takesSentAt: false,
  maxMedia: 10,
  maxMediaBytes: 1_000,
  spoiler: true,
} as const;
const redact = { windowMs: 100, maxRefs: 10, others: false } as const;
const ref = { room: 'r' as RoomId, id: '1' };

function planned(limits: Limits, now: readonly Attachment[], was: readonly Attachment[], more: Partial<Target> = {}) {
  const target: Target = {
    portal: 'p' as PortalId,
    room: 'r' as RoomId,
    limits,
    now: 10 as EpochMs,
    publicUrl: 'https://hub.example',
    ...more,
  };
  const plan = planMark({ message: message(now), copies: [ref], replyRef: null }, message(was), target, null);
  return plan.kind === 'drop' ? plan.reason : [plan.kind, ...plan.commands.map(({ op }) => op)].join(' ');
}
const covered = picture({ isSpoiler: true, mark: 'nsfw' });

it.each([
  [
    'in place, where files of a post can be shown in another way',
    { post, redact, edit: { windowMs: null, media: 'any' } },
    'native edit',
  ],
  ['anew, where they cannot', { post, redact, edit: { windowMs: null } }, 'repost redact post'],
  [
    'anew, where an edit would be too late',
    { post, redact, edit: { windowMs: 1, media: 'any' } },
    'repost redact post',
  ],
  [
    'anew as a link, where there are no covers',
    { post: { ...post, spoiler: false }, redact, edit: { windowMs: null, media: 'any' } },
    'repost redact post',
  ],
  ['not at all, where it was a link before', { post: { ...post, maxMedia: 0 }, redact }, 'same-look'],
  ['not at all, where the copy cannot be taken away: a second one would help nobody', { post }, 'no-redact'],
] as const)('M2: a picture is covered %s', (_, limits, outcome) => {
  expect(planned(limits, [covered], [picture()])).toBe(outcome);
});

it('M2: only one picture at a time is covered in place where the platform knows no more', () => {
  const one = { post, redact, edit: { windowMs: null, media: 'one' } } as const;
  expect(planned(one, [covered], [picture()])).toBe('native edit');
  expect(planned(one, [covered, picture()], [picture(), picture()])).toBe('repost redact post');
});

it('M2: what is too old to be taken away stays, and what is covered for nothing stays where it cannot be edited', () => {
  expect(planned({ post, redact }, [covered], [picture()], { now: 1_000 as EpochMs })).toBe('too-old');
  expect(planned({ post, redact }, [picture({ mark: 'safe' })], [covered])).toBe('no-edit');
  const subject = { message: message([covered]), copies: [ref], replyRef: null };
  const target: Target = {
    portal: 'p' as PortalId,
    room: 'r' as RoomId,
    limits: { post, redact },
    now: 10 as EpochMs,
    publicUrl: null,
  };
  expect(planAnew(subject, target)).toMatchObject({ kind: 'repost', commands: [{ op: 'redact' }, { op: 'post' }] });
});

it('M2: the cover that its author gave a picture stays, whatever is said of it in between', () => {
  const own = picture({ isSpoiler: true });
  const nsfw = asMarked(own, 'nsfw');
  expect(nsfw).toMatchObject({ isSpoiler: true, mark: 'nsfw' });
  expect(nsfw && asMarked(nsfw, 'safe')).toMatchObject({ isSpoiler: true, mark: 'safe' });
  expect(nsfw && asMarked(nsfw, null)).toEqual(own);
  const open = asMarked(picture(), 'nsfw');
  expect(open && asMarked(open, null)).toEqual(picture());
  expect(asMarked(own, 'remove')).toBeNull();
  const { attachments } = withBlur({ rich: [], attachments: [picture(), own, picture({ mark: 'safe' })] });
  expect(attachments.map(({ isBlurred }) => isBlurred)).toEqual([true, undefined, undefined]);
  const content = { rich: [], attachments: [picture({ isBlurred: true }), picture({ picture: 'b' })] };
  expect(withMark(content, 'c', 'nsfw')).toBe(content);
  expect(withMark(content, PICTURE, 'safe').attachments).toEqual([
    picture({ mark: 'safe' }),
    picture({ picture: 'b' }),
  ]);
});
