import type { Channel } from '../../domain/channel.ts';
import { type MessageId, parseUserId } from '../../domain/ids.ts';
import type { Found, PeopleFinder } from './find-people.ts';

/** Whom a command is about, and what stands after the name. */
export type Target =
  | { readonly ok: true; readonly who: Found; readonly rest: string }
  /** Several go by the name: `candidates` says how to tell them apart. */
  | { readonly ok: false; readonly say: string; readonly candidates: readonly Found[] };

export interface TargetCall {
  readonly channel: Channel;
  readonly rest: string;
  /** The message that the command answers. */
  readonly replyTo: MessageId | null;
  /** Who was picked or mentioned, as the platform knows them. */
  readonly picked: Found | null;
}

const MOST_NAME_WORDS = 6;
const MOST_CANDIDATES = 8;

/**
 * Reads `@Ann 5 spam`, `"Ann Lee" 5`, `Ann@telegram 5`, `u-… 5`; or `5 spam` as a reply to somebody's message. Of a name
 * of several words as many are taken as make a name that is known here.
 */
export async function readTarget(call: TargetCall, finder: PeopleFinder): Promise<Target> {
  const { channel, replyTo, picked } = call;
  const rest = call.rest.trim();
  if (picked !== null) return { ok: true, who: picked, rest: withoutPicked(rest, picked) };
  const [first = '', ...more] = rest.split(/\s+/);
  const id = parseUserId(first.replace(/^@/, ''));
  if (id !== null) return { ok: true, who: await finder.byId(id, channel), rest: more.join(' ') };
  const isNamed = /^[@"“„«]/u.test(first);
  if (replyTo !== null && !isNamed) {
    const author = await finder.authorOf(replyTo, channel);
    return author === null ? failed('That message is not known here.') : { ok: true, who: author, rest };
  }
  const quoted = /^@?["“„«]([^"”“»]{1,100})["”“»]\s*(.*)$/su.exec(rest);
  if (quoted !== null) {
    const [, name = '', after = ''] = quoted;
    return one(ofWords(name.trim().split(/\s+/).length, await named(name, channel, finder)), name, after);
  }
  const words = rest.replace(/^@/, '').split(/\s+/).filter(Boolean);
  if (words.length === 0) return failed('Say whom: by @name, as a reply to a message of theirs, or by id.');
  for (let taken = Math.min(MOST_NAME_WORDS, words.length); taken > 0; taken -= 1) {
    const name = words.slice(0, taken).join(' ');
    const found = ofWords(taken, await named(name, channel, finder));
    if (found.length === 0) continue;
    const others = await shorter(words.slice(0, taken), channel, finder);
    const more = others.filter(({ user }) => found.every((each) => each.user !== user));
    return one([...found, ...more], name, words.slice(taken).join(' '));
  }
  return failed(
    `Nobody called ${(words[0] ?? '').slice(0, 48)} is known here. A reply to a message of theirs always works.`,
  );
}

/** A name of one word is none of several, though both look alike: `Ann5` is not who is meant by `Ann 5`. */
function ofWords(count: number, found: readonly Found[]): readonly Found[] {
  if (count === 1) return found;
  return found.filter(({ name }) => (name ?? '').trim().split(/[\s_.-]+/u).length === count);
}

/** Whom else these words may mean: `Ann 5` is somebody of that name, or Ann for 5 minutes. */
async function shorter(words: readonly string[], channel: Channel, finder: PeopleFinder): Promise<readonly Found[]> {
  const length = words.findIndex((word, at) => at > 0 && /^\d/.test(word));
  if (length < 1) return [];
  return ofWords(length, await named(words.slice(0, length).join(' '), channel, finder));
}

/** By name; or by `name@platform`, where that is needed to tell two apart. */
async function named(name: string, channel: Channel, finder: PeopleFinder): Promise<readonly Found[]> {
  const found = await finder.byName(name, channel);
  const [, bare, platform] = /^(.+)@([\p{L}\d-]{2,32})$/u.exec(name) ?? [];
  if (found.length > 0 || bare === undefined || platform === undefined) return found;
  const there = await finder.byName(bare, channel);
  return there.filter((other) => other.platform === platform.toLowerCase());
}

function one(found: readonly Found[], name: string, rest: string): Target {
  const [who, ...others] = found;
  if (who === undefined) return failed(`Nobody called ${name.slice(0, 48)} is known here.`);
  if (others.length === 0) return { ok: true, who, rest };
  return { ok: false, say: severalOf(found, name), candidates: found };
}

/** Names alone do not tell them apart; ids do. */
export function severalOf(found: readonly Found[], name: string): string {
  const lines = found.slice(0, MOST_CANDIDATES).map((each) => `${shownName(each)}: ${each.user}`);
  const left = found.length - lines.length;
  const more = left > 0 ? [`and ${left} more`] : [];
  return [`Several people go by ${name.slice(0, 48)}; name one by the id, or reply to them:`, ...lines, ...more].join(
    '\n',
  );
}

/** `Ann (telegram)`. */
export function shownName({ user, name, platform }: Found): string {
  if (name === null) return user;
  return platform === null ? name : `${name} (${platform})`;
}

/** The name stands in the text too, as the platform writes it. */
function withoutPicked(rest: string, { name }: Found): string {
  if (!rest.startsWith('@')) return rest;
  const mention = `@${name ?? ''}`;
  return (rest.startsWith(mention) ? rest.slice(mention.length) : rest.replace(/^\S+/, '')).trim();
}

function failed(say: string): Target {
  return { ok: false, say, candidates: [] };
}
