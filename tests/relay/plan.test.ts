import { describe, expect, it } from 'vitest';
import { type Attachment, plainText, textContent } from '../../core/domain/content.ts';
import type { EpochMs, MessageId, PortalId, RoomId, UserId } from '../../core/domain/ids.ts';
import type { RemoteRef } from '../../core/domain/message.ts';
import type { WireChatMessage } from '../../core/domain/wire.ts';
import * as plan from '../../core/relay/plan.ts';

const NOW = 1_000_000 as EpochMs;
const room = 'r' as RoomId;
const ref = (id: string): RemoteRef => ({ room, id });
const POST = {
  text: 100,
  caption: 40,
  unit: 'utf16',
  speaker: 'native',
  reply: true,
  idempotent: false,
  takesSentAt: false,
  maxMedia: 1,
  maxMediaBytes: 1_000,
  spoiler: false,
} as const;

function target(limits: plan.Limits, publicUrl: string | null = null): plan.Target {
  return { portal: 'p' as PortalId, room, limits, now: NOW, publicUrl };
}
function said(text: string, fields: Partial<WireChatMessage> = {}): WireChatMessage {
  return {
    id: 'm1' as MessageId,
    author: { user: 'u' as UserId, name: 'Ann', platform: 'discord', avatarUrl: 'https://x/a.png', badge: null },
    content: textContent(text),
    replyTo: null,
    sentAt: NOW,
    revision: 0,
    editedAt: null,
    redaction: null,
    ...fields,
  };
}
const picture: Attachment = {
  url: 'https://hub/m/1',
  name: 'cat.png',
  mediaType: 'image/png',
  bytes: 500,
  width: 1,
  height: 1,
  alt: null,
  isSpoiler: false,
};

/** The plan as a table row: what is done, and the text shown. */
function shown(planned: plan.Plan): readonly (readonly [string, string])[] | string {
  if (planned.kind === 'drop') return planned.reason;
  return planned.commands.map(({ op, command }) => {
    if ('text' in command) return [op, plainText(command.text)] as const;
    return [op, 'refs' in command ? command.refs.map(({ id }) => id).join(',') : command.emoji] as const;
  });
}
const posted = (message: WireChatMessage, limits: plan.Limits, replyRef: RemoteRef | null = null) =>
  plan.planPost({ message, replyRef, copies: [] }, target(limits));
const edited = (text: string, copies: readonly string[], limits: plan.Limits, before: string | null = null) =>
  plan.planEdit(
    { message: said(text, { revision: 1 }), replyRef: null, copies: copies.map(ref) },
    target(limits),
    before,
  );

describe('a message', () => {
  it('goes under its own name where the platform shows names, and with a prefix elsewhere', () => {
    const native = posted(said('hi'), { post: POST });
    expect(shown(native)).toEqual([['post', 'hi']]);
    expect(native).toMatchObject({ commands: [{ command: { speaker: { kind: 'user', name: 'Ann', key: 'u' } } }] });
    const prefixed = posted(said('hi'), { post: { ...POST, speaker: 'prefix' } });
    expect(shown(prefixed)).toEqual([['post', '[Discord] Ann: hi']]);
    expect(prefixed).toMatchObject({ commands: [{ command: { speaker: { kind: 'hub' } } }] });
  });

  it('is a reply where it can be, and has a one-line quote of 80 characters elsewhere', () => {
    const quote = { id: 'm0' as MessageId, name: 'Ben', text: `who\n${'x'.repeat(100)}` };
    const message = said('me', { replyTo: quote });
    expect(posted(message, { post: POST }, ref('old'))).toMatchObject({
      commands: [{ command: { replyTo: ref('old') } }],
    });
    const line = `> Ben: who ${'x'.repeat(76)}\nme`;
    expect(shown(posted(message, { post: { ...POST, text: 500 } }))).toEqual([['post', line]]);
    expect(shown(posted(message, { post: { ...POST, text: 500, reply: false } }, ref('old')))).toEqual([
      ['post', line],
    ]);
  });

  it('takes its pictures along where they fit, and links the others', () => {
    const content = {
      ...textContent('look'),
      attachments: [picture, { ...picture, url: 'https://hub/m/2', name: 'b.png' }],
    };
    const planned = posted(said('', { content }), { post: POST });
    expect(shown(planned)).toEqual([['post', 'look\nb.png: https://hub/m/2']]);
    expect(planned).toMatchObject({ commands: [{ command: { media: [{ url: 'https://hub/m/1' }] } }] });
  });

  it('links what the hub keeps where everybody can reach the hub, and names it elsewhere', () => {
    const content = { ...textContent('look'), attachments: [picture, picture].map((one) => ({ ...one, url: '/m/1' })) };
    const message = said('', { content, author: { ...said('').author, avatarUrl: '/m/2' } });
    const planned = (publicUrl: string | null) =>
      plan.planPost({ message, replyRef: null, copies: [] }, target({ post: POST }, publicUrl));
    expect(shown(planned('https://hub'))).toEqual([['post', 'look\ncat.png: https://hub/m/1']]);
    expect(planned('https://hub')).toMatchObject({
      commands: [
        {
          command: {
            media: [{ url: '/m/1', publicUrl: 'https://hub/m/1' }],
            speaker: { avatarUrl: 'https://hub/m/2', avatar: '/m/2' },
          },
        },
      ],
    });
    expect(shown(planned(null))).toEqual([['post', 'look\ncat.png']]);
    expect(planned(null)).toMatchObject({
      commands: [
        { command: { media: [{ url: '/m/1', publicUrl: null }], speaker: { avatarUrl: null, avatar: '/m/2' } } },
      ],
    });
  });

  it('never shows a covered picture where the platform has no cover', () => {
    const content = { rich: [], attachments: [{ ...picture, isSpoiler: true }] };
    const planned = posted(said('', { content }), { post: POST });
    expect(planned).toMatchObject({ commands: [{ command: { media: [] } }] });
    expect(shown(planned)).toEqual([['post', 'cat.png: https://hub/m/1']]);
  });

  it('has keys that are the same on every try and differ by part', () => {
    const message = said('word '.repeat(60));
    const keys = (planned: plan.Plan) =>
      planned.kind === 'drop' ? [] : planned.commands.map(({ command }) => ('key' in command ? command.key : ''));
    const first = keys(posted(message, { post: POST }));
    expect(keys(posted(message, { post: POST }))).toEqual(first);
    expect(new Set(first).size).toBe(3);
  });

  it('is not sent when it is redacted, empty, or there is no way to post', () => {
    expect(shown(posted(said('hi', { redaction: { at: NOW, by: 'author' } }), { post: POST }))).toBe('redacted');
    expect(shown(posted(said(' \n'), { post: POST }))).toBe('empty');
    expect(shown(posted(said('hi'), {}))).toBe('no-post');
  });
});

describe('an edit', () => {
  const can = { post: POST, edit: { windowMs: 60_000 }, redact: { windowMs: null, maxRefs: 10, others: false } };
  const long = 'word '.repeat(30).trim();

  it('changes the copy in place', () => {
    expect(shown(edited('new', ['1'], can))).toEqual([['edit', 'new']]);
  });

  it('from three parts to two is edit, edit, redact', () => {
    expect(shown(edited(long, ['1', '2', '3'], can))).toMatchObject([
      ['edit', expect.anything()],
      ['edit', expect.anything()],
      ['redact', '3'],
    ]);
  });

  it('posts the parts it grew by', () => {
    expect(shown(edited(long, ['1'], can))).toMatchObject([
      ['edit', expect.anything()],
      ['post', expect.anything()],
    ]);
  });

  it('blanks parts it does not need where they cannot be taken away', () => {
    expect(shown(edited('new', ['1', '2'], { post: POST, edit: can.edit }))).toEqual([
      ['edit', 'new'],
      ['edit', '...'],
    ]);
  });

  it('becomes "edited: ..." as a reply where the platform cannot edit, or not any more', () => {
    const asReply = { kind: 'repost', commands: [{ op: 'post', command: { replyTo: ref('1') } }] };
    expect(edited('new', ['1'], { post: POST })).toMatchObject({ ...asReply, reason: 'no-edit' });
    const old = said('new', { revision: 1, sentAt: (NOW - 60_001) as EpochMs });
    const late = plan.planEdit({ message: old, replyRef: null, copies: [ref('1')] }, target(can), null);
    expect(late).toMatchObject({ ...asReply, reason: 'too-old' });
    expect(shown(late)).toEqual([['post', 'edited: new']]);
  });

  it('is left out when nothing visible changes, or there is no copy', () => {
    expect(shown(edited('same', ['1'], can, 'same'))).toBe('same-text');
    expect(shown(edited('new', [], can))).toBe('no-copy');
  });
});

describe('a redaction', () => {
  const redacted = (copies: readonly string[], limits: plan.Limits, sentAt: EpochMs = NOW) =>
    shown(plan.planRedaction(copies.map(ref), sentAt, null, target(limits)));

  it('takes every part away, as many at once as the platform allows', () => {
    const limits = { redact: { windowMs: null, maxRefs: 2, others: false } };
    expect(redacted(['1', '2', '3'], limits)).toEqual([
      ['redact', '1,2'],
      ['redact', '3'],
    ]);
  });

  it('posts nothing where it cannot be done', () => {
    expect(redacted(['1'], { post: POST })).toBe('no-redact');
    expect(redacted(['1'], { redact: { windowMs: 10, maxRefs: 1, others: false } }, (NOW - 11) as EpochMs)).toBe(
      'too-old',
    );
    expect(redacted([], { redact: { windowMs: null, maxRefs: 1, others: false } })).toBe('no-copy');
  });
});

describe('a reaction', () => {
  const reacted = (limits: plan.Limits, fields: Partial<plan.Reacted> = {}) =>
    plan.planReaction(
      {
        message: 'm1' as MessageId,
        user: 'u' as UserId,
        name: 'Ben',
        emoji: '🔥',
        on: true,
        at: NOW,
        others: false,
        ...fields,
      },
      [ref('1'), ref('2')],
      target(limits),
    );

  it('is put on the last part', () => {
    expect(reacted({ react: { perUser: true, emoji: 'any' } })).toMatchObject({
      commands: [{ command: { ref: ref('2'), speaker: { kind: 'user', name: 'Ben' } } }],
    });
  });

  it('stays while others have it, where the hub reacts for everyone', () => {
    const limits = { react: { perUser: false, emoji: 'any' } } as const;
    expect(shown(reacted(limits, { on: false, others: true }))).toBe('others-react');
    expect(shown(reacted(limits, { on: false }))).toEqual([['react', '🔥']]);
  });

  it('falls away where the platform has none, or not this one', () => {
    expect(shown(reacted({}))).toBe('no-react');
    expect(shown(reacted({ react: { perUser: true, emoji: ['👍'] } }))).toBe('no-emoji');
  });
});
