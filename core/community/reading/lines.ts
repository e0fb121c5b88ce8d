import type { Rich } from '../../domain/content.ts';
import type { MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { WireChatMessage } from '../../domain/wire.ts';

/** What counting needs to know of a message. */
export interface Line {
  readonly seq: Seq;
  readonly id: MessageId;
  readonly author: UserId;
  /** Who is mentioned in it. */
  readonly users: readonly UserId[];
  /** Its words where somebody may be called by name in them, lower-case; empty where nobody is. */
  readonly words: string;
  readonly answers: MessageId | null;
}

/** One who counts: with all accounts. */
export interface Reading {
  readonly users: readonly UserId[];
  /** Lower-case. */
  readonly names: readonly string[];
  readonly muted: ReadonlySet<UserId>;
}

/** Pure. Null: there is nothing to read in it any more. */
export function lineOf(seq: Seq, { id, author, content, replyTo, redaction }: WireChatMessage): Line | null {
  if (redaction !== null) return null;
  const users: UserId[] = [];
  const words = wordsIn(content.rich, users);
  const isCalling = words.includes('@');
  const answers = replyTo?.id ?? null;
  return { seq, id, author: author.user, users, words: isCalling ? words.toLowerCase() : '', answers };
}

function wordsIn(rich: Rich, users: UserId[]): string {
  let words = '';
  for (const node of rich) {
    if (node.t === 'text') words += node.text;
    else if (node.t === 'mention') {
      if (node.user === null) words += `@${node.name}`;
      else users.push(node.user);
    } else if ('children' in node && node.t !== 'quote') words += wordsIn(node.children, users);
  }
  return words;
}

/** Pure. Whether the words call this person: `@name`, and nothing that could go on the name. */
export function isCalled(words: string, names: readonly string[]): boolean {
  return names.some((name) => {
    for (let at = words.indexOf(`@${name}`); at >= 0; at = words.indexOf(`@${name}`, at + 1)) {
      if (!/^[\p{L}\p{N}_]/u.test(words.slice(at + 1 + name.length))) return true;
    }
    return false;
  });
}

/** Pure. Whether it is to be read by them: nobody reads what they wrote themselves, or what they want to hear nothing of. */
export function isFor({ author }: Line, { users, muted }: Reading): boolean {
  return !users.includes(author) && !muted.has(author);
}
