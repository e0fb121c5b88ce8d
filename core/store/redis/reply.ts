import type { ChannelMode } from '../../domain/channel-mode.ts';
import type { ChannelId, EpochMs, MessageId, Position, Rev, ScopeId, Seq, UserId } from '../../domain/ids.ts';
import type { Redaction } from '../../domain/message.ts';
import type { Audience, Entry, EntryKind, Head, HotMessage, LiveSnapshot, PresentUser, Stored } from '../ports.ts';
import { START } from '../ports.ts';
import { SEPARATOR } from './step-args.ts';

/* Parsers of what Redis answers. The hub wrote it all itself; what has another shape is a broken store. */

export class UnreadableReply extends Error {
  override readonly name = 'UnreadableReply';
}

export function list(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new UnreadableReply(`not a list: ${typeof reply}`);
  return reply;
}

export function text(reply: unknown): string {
  if (typeof reply === 'string') return reply;
  if (typeof reply === 'number') return String(reply);
  throw new UnreadableReply(`not a text: ${typeof reply}`);
}

export function orNull(reply: unknown): string | null {
  return reply === null || reply === undefined || reply === '' ? null : text(reply);
}

function seqOf(reply: unknown): Seq | null {
  const known = orNull(reply);
  return known === null ? null : (Number(known) as Seq);
}

/** Pairs of a flat list. */
export function pairs(reply: unknown): readonly (readonly [string, string])[] {
  const flat = list(reply);
  const found: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) found.push([text(flat[i]), text(flat[i + 1])]);
  return found;
}

/** What `append` answers to one step; null: the step has to wait for its turn. */
export function parseStored(reply: unknown): Stored | null {
  const [kind, first, second, third] = text(reply).split(SEPARATOR);
  switch (kind) {
    case 'stored':
    case 'duplicate':
      return {
        kind,
        message: orNull(first) as MessageId | null,
        seq: seqOf(second),
        position: text(third) as Position,
      };
    case 'unchanged':
    case 'key-reused':
    case 'full':
      return { kind };
    case 'slow':
      return { kind, retryAfterMs: Number(text(first)) };
    case 'stale':
      return { kind, rev: Number(text(first)) as Rev };
    case 'conflict':
      return { kind, what: text(first) as Extract<Stored, { kind: 'conflict' }>['what'] };
    case 'wait':
      return null;
    default:
      throw new UnreadableReply(`append answered ${String(kind)}`);
  }
}

/** One entry of a stream: its id and its fields, whose order never changes. */
export function parseEntry(shard: number, reply: unknown): Entry {
  const [id, fields] = list(reply);
  const [, seq, , packed] = list(fields);
  const [kind, audience, channel, message, at, note, body, key] = text(packed).split(SEPARATOR);
  return {
    shard,
    position: text(id) as Position,
    kind: text(kind) as EntryKind,
    audience: text(audience) as Audience,
    channel: orNull(channel) as ChannelId | null,
    seq: seqOf(seq),
    message: orNull(message) as MessageId | null,
    key: text(key),
    at: Number(text(at)) as EpochMs,
    body: text(body),
    note: text(note),
  };
}

/** An entry and the redaction of its message, if there is one. */
export function parseSince(
  shard: number,
  reply: unknown,
): { readonly entry: Entry; readonly redaction: Redaction | null } {
  const [, , redaction] = list(reply);
  return { entry: parseEntry(shard, reply), redaction: parseRedaction(orNull(redaction)) };
}

function parseRedaction(json: string | null): Redaction | null {
  return json === null ? null : (JSON.parse(json) as Redaction);
}

interface PackedHead {
  readonly author: UserId;
  readonly revision: number;
  readonly redaction: string;
  /** Absent in one that an earlier version wrote. */
  readonly hidden?: string;
  readonly channel: ChannelId;
}

/** Of a message that nothing has touched since it was said only author and channel are kept. */
function parseHead(packed: string): PackedHead {
  if (packed.startsWith('{')) return JSON.parse(packed) as PackedHead;
  const [author, channel] = packed.split(SEPARATOR);
  return { author: text(author) as UserId, revision: 0, redaction: '', channel: text(channel) as ChannelId };
}

export function parseHot(reply: unknown): HotMessage {
  const [id, packed, seq, body, edit, reactions, shown] = list(reply);
  const { author, revision, redaction, hidden = '', channel } = parseHead(text(packed));
  const isRedacted = redaction !== '';
  const bare: Head = { id: text(id) as MessageId, channel, author, revision, isRedacted };
  const head: Head = hidden === '' ? bare : { ...bare, isHidden: true };
  return {
    head,
    seq: seqOf(seq),
    body: orNull(body),
    edit: orNull(edit),
    shown: orNull(shown),
    redaction: parseRedaction(orNull(redaction) ?? orNull(hidden)),
    reactions: pairs(reactions).map(([field, on]) => {
      const [emoji, user] = split(field);
      return { emoji, user: user as UserId, on: on === '1' };
    }),
  };
}

/** What stands before and after the first separator of a hash field. */
function split(field: string): readonly [string, string] {
  const at = field.indexOf(SEPARATOR);
  return [field.slice(0, at), field.slice(at + 1)];
}
export function parseSnapshot(reply: unknown): LiveSnapshot {
  const [at, rev, state, held] = list(reply);
  const sanctions: LiveSnapshot['sanctions'][number][] = [];
  const channels = new Map<ChannelId, 'open' | 'read-only'>();
  const modes = new Map<ChannelId, ChannelMode>();
  for (const [field, value] of pairs(state)) {
    const [kind, name] = split(field);
    if (kind === 'c') channels.set(name as ChannelId, value as 'open' | 'read-only');
    else if (kind === 'm') modes.set(name as ChannelId, parseMode(value));
    else sanctions.push(parseSanction(name, value));
  }
  return {
    at: parsePosition(at),
    rev: Number(text(rev)) as Rev,
    sanctions,
    channels,
    modes,
    held: pairs(held).map(parseHeld),
  };
}

function parseMode(value: string): ChannelMode {
  const [slowSeconds, shieldUntil] = split(value);
  return {
    slowSeconds: Number(slowSeconds),
    shieldUntil: shieldUntil === '' ? null : (Number(shieldUntil) as EpochMs),
  };
}

function parseHeld([id, value]: readonly [string, string]): LiveSnapshot['held'][number] {
  const [channel, afterChannel] = split(value);
  const [author, afterAuthor] = split(afterChannel);
  const [at, body] = split(afterAuthor);
  return {
    id: id as MessageId,
    channel: channel as ChannelId,
    author: author as UserId,
    at: Number(at) as EpochMs,
    body,
  };
}

function parseSanction(name: string, value: string): LiveSnapshot['sanctions'][number] {
  const [scope, user] = split(name);
  const [act, rest] = split(value);
  const [until, body] = rest.includes(SEPARATOR) ? split(rest) : [rest, ''];
  return {
    scope: scope as ScopeId,
    user: user as UserId,
    act: act as 'timeout' | 'ban',
    until: until === '' ? null : (Number(until) as EpochMs),
    body,
  };
}

export function parsePosition(reply: unknown): Position {
  return (orNull(reply) ?? START) as Position;
}

export function parseBounds(reply: unknown): { readonly lowest: Seq | null; readonly head: Seq | null } {
  const [lowest, head] = list(reply);
  return { lowest: seqOf(lowest), head: seqOf(head) };
}

/** Lists of people as the hubs said them, each person once. */
export function parsePresent(reply: unknown): readonly PresentUser[] {
  const people = new Map<UserId, PresentUser>();
  for (const json of list(reply)) {
    for (const one of JSON.parse(text(json)) as PresentUser[]) people.set(one.user, one);
  }
  return [...people.values()];
}

/** Fields of `INFO` by name. */
export function parseInfo(reply: unknown): ReadonlyMap<string, string> {
  const lines = text(reply).split(/\r?\n/);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const));
}
