import { EMPTY_CONTENT } from '../../domain/content.ts';
import type { MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { Reaction, Redaction } from '../../domain/message.ts';
import type { HistoryMessage, WireChatMessage, WireEntry } from '../../domain/wire.ts';
import type { HotMessage } from '../ports.ts';

/*
 * How entries become messages as they stand. Pure, and the only place that knows: the archiver folds what it carries
 * over, the history folds what is still hot, and both must come to the same.
 */

type WireEdit = Extract<WireEntry, { type: 'edit' }>;

/** A body that this version cannot read: damaged, or written by another one. */
export class UnreadableEntry extends Error {
  override readonly name = 'UnreadableEntry';
}

const WIRE_TYPES: ReadonlySet<unknown> = new Set([
  'message',
  'edit',
  'redaction',
  'shown',
  'reaction',
  'mark',
  'notice',
]);

/** Reads the body of an entry for readers. The hub wrote it itself: only its type is looked at. @throws {UnreadableEntry} */
export function parseWire(body: string): WireEntry {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new UnreadableEntry('not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || !WIRE_TYPES.has(value.type)) {
    throw new UnreadableEntry('not an entry for readers');
  }
  return value as WireEntry;
}

/** Reads a message as the archive keeps it. */
export function parseMessage(json: string): WireChatMessage {
  return JSON.parse(json) as WireChatMessage;
}

/** The message with a newer edit; an older one changes nothing, and nothing comes back after a redaction. */
export function withEdit(message: WireChatMessage, edit: WireEdit): WireChatMessage {
  if (message.redaction !== null || edit.revision <= message.revision) return message;
  return { ...message, content: edit.content, revision: edit.revision, editedAt: edit.at };
}

/** The message with its content gone. What reports hide, a moderator may still remove. */
export function withRedaction(message: WireChatMessage, redaction: Redaction): WireChatMessage {
  if (message.redaction !== null && (message.redaction.by !== 'reports' || redaction.by === 'reports')) return message;
  return { ...message, content: EMPTY_CONTENT, replyTo: null, redaction };
}

/** The body of a message or an edit once the message is redacted; others stay as they are. */
export function blankBody(body: string, redaction: Redaction): string {
  const wire = parseWire(body);
  switch (wire.type) {
    case 'message':
    case 'shown':
      return JSON.stringify({ ...wire, message: withRedaction(wire.message, redaction) });
    case 'edit':
      return JSON.stringify({ ...wire, content: EMPTY_CONTENT });
    case 'redaction':
    case 'reaction':
    case 'mark':
    case 'notice':
      return body;
  }
}

/** The message with this above it, where it is a reply. */
export function withQuote(message: WireChatMessage, text: string): WireChatMessage {
  const { replyTo } = message;
  return replyTo === null || replyTo.text === text ? message : { ...message, replyTo: { ...replyTo, text } };
}

/** Stands in the body of a reply and nowhere else: within a text its quotation marks would be escaped. */
const REPLY = '"replyTo":{';

/** The message that the one in this body answers; bodies of others are not parsed. */
export function quotedIn(body: string): MessageId | null {
  if (!body.includes(REPLY)) return null;
  const wire = parseWire(body);
  return wire.type === 'message' ? (wire.message.replyTo?.id ?? null) : null;
}

/** The body of a reply once what it answers is redacted; others stay as they are. */
export function blankQuote(body: string): string {
  const wire = parseWire(body);
  return wire.type === 'message' ? JSON.stringify({ ...wire, message: withQuote(wire.message, '') }) : body;
}

/** The body without what it answers. */
export function unquoted(body: string): string {
  const wire = parseWire(body);
  return wire.type === 'message' ? JSON.stringify({ ...wire, message: { ...wire.message, replyTo: null } }) : body;
}

/** One emoji of one person. */
export interface Reacted {
  readonly emoji: string;
  readonly user: UserId;
}

/** Gathers by emoji, in an order that does not depend on who asks or when. */
export function tally(reacted: Iterable<Reacted>): readonly Reaction[] {
  const users = new Map<string, Set<UserId>>();
  for (const { emoji, user } of reacted) {
    const known = users.get(emoji);
    if (known === undefined) users.set(emoji, new Set([user]));
    else known.add(user);
  }
  return [...users]
    .sort(([a], [b]) => compareText(a, b))
    .map(([emoji, who]) => ({ emoji, users: [...who].sort(compareText) }));
}

/** A row of history. A redacted message has no reactions. */
export function asHistory(seq: Seq, message: WireChatMessage, reacted: Iterable<Reacted>): HistoryMessage {
  return { seq, message, reactions: message.redaction === null ? tally(reacted) : [] };
}

/** A message that is wholly hot; null when the message itself is archived already. */
export function fromHot(hot: HotMessage): HistoryMessage | null {
  if (hot.seq === null || hot.body === null) return null;
  const wire = parseWire(hot.body);
  if (wire.type !== 'message') throw new UnreadableEntry('not a message');
  return overlay({ seq: hot.seq, message: wire.message, reactions: [] }, hot);
}

/** Lays what is hot over a message, archived or not. */
export function overlay(row: HistoryMessage, hot: HotMessage): HistoryMessage {
  const edit = hot.edit === null ? null : parseWire(hot.edit);
  const shown = hot.shown === null ? null : parseWire(hot.shown);
  let message = row.message;
  if (shown?.type === 'shown' && message.redaction?.by === 'reports') message = shown.message;
  if (edit?.type === 'edit') message = withEdit(message, edit);
  if (hot.redaction !== null) message = withRedaction(message, hot.redaction);
  const off = new Set(hot.reactions.filter(({ on }) => !on).map(reactedKey));
  const before = row.reactions.flatMap(({ emoji, users }) => users.map((user) => ({ emoji, user })));
  const now = hot.reactions.filter(({ on }) => on);
  return asHistory(row.seq, message, [...before.filter((one) => !off.has(reactedKey(one))), ...now]);
}

function reactedKey({ emoji, user }: Reacted): string {
  return JSON.stringify([emoji, user]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
