import type { EpochMs, UserId } from '../../domain/ids.ts';
import type { WireChatMessage } from '../../domain/wire.ts';
import { blankBody } from '../../store/archive/fold.ts';
import type { EntryKind } from '../../store/ports.ts';

/** Whoever is forgotten, and what stands in their place. */
export interface Forgotten {
  readonly users: readonly UserId[];
  readonly alias: UserId;
  /** As they were called. */
  readonly names: readonly string[];
}

export interface Written {
  readonly kind: EntryKind | string;
  readonly at: EpochMs;
  readonly body: string;
  readonly note: string;
}
export interface About {
  /** The entry makes or changes a message of theirs. */
  readonly isTheirs: boolean;
  /** It answers one. */
  readonly quotesThem: boolean;
}

export const GONE_NAME = 'Erased';
const WITH_WORDS: ReadonlySet<string> = new Set(['message', 'edit', 'shown', 'late']);

/** An entry without anything of theirs; null: there is nothing in it. Pure. */
export function scrubEntry(entry: Written, about: About, who: Forgotten): Pick<Written, 'body' | 'note'> | null {
  const isNamed = who.users.some((user) => entry.body.includes(user) || entry.note.includes(user));
  const isNotice = entry.kind === 'notice' && who.names.some((name) => entry.body.includes(name));
  if (!isNamed && !isNotice && !about.isTheirs && !about.quotesThem) return null;
  if (entry.kind === 'held') return about.isTheirs || isNamed ? { body: '{}', note: '{}' } : null;
  const blank = about.isTheirs && WITH_WORDS.has(entry.kind) ? blanked(entry) : entry.body;
  const body = withoutIds(scrubBody(blank, about, who), who);
  const note = withoutIds(scrubNote(entry.note, who), who);
  return body === entry.body && note === entry.note ? null : { body, note };
}

/** A message as it stands, without who wrote it. */
export function scrubMessage(message: WireChatMessage, { alias }: Pick<Forgotten, 'alias'>): WireChatMessage {
  const { platform } = message.author;
  return { ...message, author: { user: alias, name: GONE_NAME, platform, avatarUrl: null, badge: null } };
}

/** A reply to one of theirs. */
export function withoutQuote(message: WireChatMessage): WireChatMessage {
  const { replyTo } = message;
  return replyTo === null ? message : { ...message, replyTo: { ...replyTo, name: GONE_NAME, text: '' } };
}

/** Whether the note says that it is by them, of before they were forgotten; also where nothing was made of it. */
export function isBy({ note }: Pick<Written, 'note'>, users: readonly UserId[]): boolean {
  if (!users.some((user) => note.includes(user))) return false;
  const { author } = (parsed(note) ?? {}) as { readonly author?: UserId };
  return author !== undefined && users.includes(author);
}

function blanked({ body, at }: Written): string {
  return blankBody(body, { at, by: 'author' });
}

interface Loose {
  readonly type?: string;
  readonly key?: string | null;
  readonly message?: WireChatMessage;
  readonly user?: UserId;
  readonly name?: string;
  readonly say?: string;
  readonly reason?: string | null;
}

function scrubBody(json: string, about: About, who: Forgotten): string {
  const body = parsed(json) as Loose | null;
  if (body === null) return json;
  const isOf = (user: UserId | undefined): boolean => user !== undefined && who.users.includes(user);
  let next = body;
  if (body.message?.author !== undefined && isOf(body.message.author.user)) {
    next = { ...next, key: null, message: scrubMessage(body.message, who) };
  }
  if (about.quotesThem && next.message !== undefined) next = { ...next, message: withoutQuote(next.message) };
  if (body.type === 'reaction' && isOf(body.user)) next = { ...next, name: GONE_NAME };
  if (body.type === 'notice' && body.say !== undefined) next = { ...next, say: withoutNames(body.say, who.names) };
  if (typeof body.reason === 'string' && isOf(body.user)) next = { ...next, reason: null };
  return next === body ? json : JSON.stringify(next);
}

function scrubNote(json: string, { users }: Forgotten): string {
  const note = parsed(json) as {
    readonly author?: UserId;
    readonly reason?: string | null;
    readonly audit?: { readonly target: UserId | null; readonly reason: string | null };
  } | null;
  if (note === null) return json;
  const isOf = (user: UserId | null | undefined): boolean => typeof user === 'string' && users.includes(user);
  const { audit } = note;
  const isAbout = isOf(note.author) || isOf(audit?.target);
  if (!isAbout) return json;
  return JSON.stringify({
    ...note,
    ...(note.reason !== undefined && { reason: null }),
    ...(audit !== undefined && { audit: { ...audit, reason: null } }),
  });
}

function withoutIds(json: string, { users, alias }: Forgotten): string {
  return users.reduce((text, user) => text.replaceAll(user, alias), json);
}

function withoutNames(text: string, names: readonly string[]): string {
  return names.reduce((rest, name) => rest.replaceAll(name, GONE_NAME), text);
}

function parsed(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' ? value : null;
  } catch (error) {
    // it was kept as it came, and nobody reads it as anything but text
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
