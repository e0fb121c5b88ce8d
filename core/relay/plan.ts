import type { Content, Rich } from '../domain/content.ts';
import { plainText } from '../domain/content.ts';
import type { EpochMs, MessageId, PortalId, RoomId, UserId } from '../domain/ids.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { WireChatMessage } from '../domain/wire.ts';
import type { Capabilities, Edit, Operations, Post, React, Redact, Speaker } from '../plugin/operations.ts';
import { compose, type Outlook, type PostLimits, speakerOf } from './compose.ts';
import { measure } from './measure.ts';

/** One thing to ask of a bridge. */
export type Command =
  | { readonly op: 'post'; readonly command: Post }
  | { readonly op: 'edit'; readonly command: Edit }
  | { readonly op: 'redact'; readonly command: Redact }
  | { readonly op: 'react'; readonly command: React };

/** Why something falls back or falls away; counted under this name. */
export type Reason =
  | 'own-origin'
  | 'redacted'
  | 'gone'
  | 'empty'
  | 'no-copy'
  | 'same-text'
  | 'same-look'
  | 'superseded'
  | 'others-react'
  | 'too-old'
  | 'outdated'
  | 'stays'
  | 'away'
  | 'over-budget'
  | `no-${'post' | 'edit' | 'redact' | 'react' | 'emoji'}`;

/** Native, a fallback that says nearly the same, or nothing. */
export type Plan =
  | { readonly kind: 'native'; readonly commands: readonly Command[] }
  | { readonly kind: 'repost'; readonly commands: readonly Command[]; readonly reason: Reason }
  | { readonly kind: 'drop'; readonly reason: Reason };

/** What the room can do, without the doing. */
export type Limits = { readonly [K in keyof Operations]?: Operations[K][2] };

export interface Target extends Outlook {
  readonly portal: PortalId;
  readonly room: RoomId;
  readonly limits: Limits;
  readonly now: EpochMs;
}

/** The message as it is to be seen, and where its copies are by now. */
export interface Subject {
  readonly message: WireChatMessage;
  /** Where the message that it answers stands in this room; null if it has no copy here. */
  readonly replyRef: RemoteRef | null;
  readonly copies: readonly RemoteRef[];
}

export function limitsOf(can: Capabilities): Limits {
  return {
    ...(can.post && { post: can.post.limits }),
    ...(can.edit && { edit: can.edit.limits }),
    ...(can.redact && { redact: can.redact.limits }),
    ...(can.react && { react: can.react.limits }),
  };
}

/** A new message: one post, or up to three when it is long. */
export function planPost({ message, replyRef }: Subject, target: Target): Plan {
  const { post } = target.limits;
  if (post === undefined) return drop('no-post');
  if (message.redaction !== null) return drop('redacted');
  if (isEmpty(message.content)) return drop('empty');
  return { kind: 'native', commands: postsOf({ message, replyRef }, post, target, '') };
}

/**
 * An edit in place, part by part: three parts into two are edit, edit, redact. Where that cannot be, `edited: …` as a
 * reply to the old copy.
 * @param before plain text that stands there now, where it is known
 */
export function planEdit(subject: Subject, target: Target, before: string | null): Plan {
  const { message, copies } = subject;
  const { post, edit } = target.limits;
  const [first] = copies;
  if (first === undefined) return drop('no-copy');
  if (message.redaction !== null) return drop('redacted');
  if (before === plainText(message.content.rich)) return drop('same-text');
  if (post === undefined) return drop('no-post');
  if (edit === undefined) return editAsReply(subject, first, target, post, 'no-edit');
  if (isPast(edit.windowMs, message.sentAt, target.now)) {
    return editAsReply(subject, first, target, post, 'too-old');
  }
  return { kind: 'native', commands: editsOf(subject, post, target) };
}

/** Removes every copy. Nothing is ever posted instead. */
export function planRedaction(
  copies: readonly RemoteRef[],
  sentAt: EpochMs,
  reason: string | null,
  target: Target,
): Plan {
  const { redact } = target.limits;
  if (copies.length === 0) return drop('no-copy');
  if (redact === undefined) return drop('no-redact');
  if (isPast(redact.windowMs, sentAt, target.now)) return drop('too-old');
  const commands = chunks(copies, Math.max(redact.maxRefs, 1)).map(
    (refs): Command => ({ op: 'redact', command: { refs, reason } }),
  );
  return { kind: 'native', commands };
}

export interface Reacted {
  readonly message: MessageId;
  readonly user: UserId;
  readonly name: string;
  /** That they reacted from, where it is known. */
  readonly platform?: string;
  readonly emoji: string;
  readonly on: boolean;
  readonly at: EpochMs;
  /** Whether somebody else has this emoji on the message now. */
  readonly others: boolean;
}

/** On the last part of the copy: it stands nearest to what follows. */
export function planReaction(reacted: Reacted, copies: readonly RemoteRef[], target: Target): Plan {
  const { react } = target.limits;
  const ref = copies.at(-1);
  if (ref === undefined) return drop('no-copy');
  if (react === undefined) return drop('no-react');
  if (react.emoji !== 'any' && !react.emoji.includes(reacted.emoji)) return drop('no-emoji');
  if (!react.perUser && !reacted.on && reacted.others) return drop('others-react');
  const speaker: Speaker = react.perUser
    ? {
        kind: 'user',
        name: reacted.name,
        avatarUrl: null,
        key: reacted.user,
        ...(reacted.platform !== undefined && { platform: reacted.platform }),
      }
    : { kind: 'hub' };
  const key = keyOf(target.portal, reacted.message, reacted.user, reacted.emoji, reacted.on, reacted.at);
  return {
    kind: 'native',
    commands: [{ op: 'react', command: { ref, speaker, emoji: reacted.emoji, on: reacted.on, key } }],
  };
}

/**
 * One line by the hub itself, in place of messages that were not sent by themselves.
 * @param what tells this line from every other: the same on every try
 * @param texts from the fullest to the shortest: the first that fits
 */
export function planDigest(what: readonly [after: number, upTo: number], texts: readonly Rich[], target: Target): Plan {
  const { post } = target.limits;
  if (post === undefined) return drop('no-post');
  const text = texts.find((one) => measure(plainText(one), post.unit) <= post.text) ?? texts.at(-1) ?? [];
  const command: Post = {
    room: target.room,
    speaker: { kind: 'hub' },
    text,
    media: [],
    replyTo: null,
    sentAt: target.now,
    key: keyOf(target.portal, 'digest', ...what),
  };
  return { kind: 'native', commands: [{ op: 'post', command }] };
}

/** @param variant tells the posts of one message apart: of its first form, or of a later revision */
export function postsOf(
  said: Pick<Subject, 'message' | 'replyRef'>,
  limits: PostLimits,
  target: Target,
  variant: string,
): readonly Command[] {
  const { message, replyRef } = said;
  const { parts, media } = compose(message, limits, replyRef !== null, target);
  return parts.map((text, part): Command => {
    const command: Post = {
      room: target.room,
      speaker: speakerOf(message.author, limits, target.publicUrl),
      text,
      media: part === 0 ? media : [],
      replyTo: part === 0 && limits.reply ? replyRef : null,
      sentAt: message.sentAt,
      key: keyOf(target.portal, message.id, variant, part),
    };
    return { op: 'post', command };
  });
}

function editsOf(subject: Subject, limits: PostLimits, target: Target): readonly Command[] {
  const { message, copies } = subject;
  const posts = postsOf(subject, limits, target, `r${message.revision}`);
  const surplus = copies.slice(posts.length);
  const commands = posts.map((post, part): Command => {
    const ref = copies[part];
    if (ref === undefined || post.op !== 'post') return post;
    const { speaker, text, key } = post.command;
    return { op: 'edit', command: { ref, speaker, text, key } };
  });
  if (surplus.length === 0) return commands;
  return target.limits.redact === undefined
    ? [...commands, ...surplus.map((ref, part): Command => blank(ref, message, limits, target, part))]
    : [...commands, { op: 'redact', command: { refs: surplus, reason: null } }];
}

/** A part that is not needed any more, where it cannot be taken away. */
function blank(ref: RemoteRef, message: WireChatMessage, limits: PostLimits, target: Target, part: number): Command {
  const key = keyOf(target.portal, message.id, `r${message.revision}-blank`, part);
  return {
    op: 'edit',
    command: {
      ref,
      speaker: speakerOf(message.author, limits, target.publicUrl),
      text: [{ t: 'text', text: '...' }],
      key,
    },
  };
}

function editAsReply(subject: Subject, first: RemoteRef, target: Target, limits: PostLimits, reason: Reason): Plan {
  const { message } = subject;
  const rich: Rich = [{ t: 'text', text: 'edited: ' }, ...message.content.rich];
  const edited = { ...message, replyTo: null, content: { rich, attachments: [] } };
  const commands = postsOf({ message: edited, replyRef: first }, limits, target, `r${message.revision}`);
  return { kind: 'repost', commands, reason };
}

/** The same for every try of the same thing. Its parts hold no separator, so two different things never collide. */
function keyOf(...parts: readonly (string | number | boolean)[]): string {
  return parts.map(String).join('/');
}

function isEmpty(content: Content): boolean {
  return content.attachments.length === 0 && plainText(content.rich).trim() === '';
}

export function isPast(windowMs: number | null, since: EpochMs, now: EpochMs): boolean {
  return windowMs !== null && now - since > windowMs;
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const found: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) found.push(items.slice(start, start + size));
  return found;
}

function drop(reason: Reason): Plan {
  return { kind: 'drop', reason };
}
