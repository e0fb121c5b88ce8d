import type { ListedChannel } from '../../../core/domain/wire.ts';
import type { CommandSpec } from '../../../core/plugin/commands.ts';

/** What is being written at the caret and could be completed. */
export interface Token {
  readonly kind: 'person' | 'channel' | 'emoji' | 'command';
  /** Where it begins in the text, its sign included, and where the caret is. */
  readonly from: number;
  readonly to: number;
  /** Behind the sign. */
  readonly query: string;
}

export interface Candidate {
  readonly key: string;
  /** What takes the token's place. */
  readonly insert: string;
  readonly label: string;
  readonly note: string;
}

/** Where candidates come from; people with the most recent speaker first. */
export interface Sources {
  readonly people: readonly { readonly user: string; readonly name: string; readonly platform: string }[];
  readonly channels: readonly ListedChannel[];
  readonly commands: readonly CommandSpec[];
  /** By words, the best first; the table is fetched when it is first wanted. */
  readonly emoji: (words: string) => readonly { readonly char: string; readonly words: string }[];
}

const MOST = 8;
const SIGNS: Readonly<Record<string, Token['kind']>> = { '@': 'person', '#': 'channel', ':': 'emoji' };

/** Pure. The token that the caret stands in or behind; null: nothing is to be completed. */
export function tokenAt(text: string, caret: number): Token | null {
  const before = text.slice(0, caret);
  const command = /^\/([a-z]*)$/.exec(before);
  if (command !== null) return { kind: 'command', from: 0, to: caret, query: command[1] ?? '' };
  const found = /(?:^|[\s([{"'/])([@#:])([\p{L}\p{N}_.+-]{0,32})$/u.exec(before);
  const [, sign = '', query = ''] = found ?? [];
  const kind = SIGNS[sign];
  if (kind === undefined) return null;
  // a colon stands in times and sums: two letters first
  if (kind === 'emoji' && !/^\p{L}{2}/u.test(query)) return null;
  return { kind, from: caret - query.length - 1, to: caret, query };
}

/** Pure. The best first: what begins with the query, then what holds it. */
export function candidates(token: Token, sources: Sources): readonly Candidate[] {
  const wanted = token.query.toLocaleLowerCase();
  switch (token.kind) {
    case 'person':
      return ranked(sources.people, ({ name }) => name, wanted).map(({ user, name, platform }) => {
        return { key: user, insert: `@${name} `, label: name, note: platform };
      });
    case 'channel':
      return ranked(sources.channels, ({ name, id }) => `${name} ${id}`, wanted).map(({ id, name, topic }) => {
        return { key: id, insert: `#${id} `, label: name, note: topic };
      });
    case 'emoji':
      return sources
        .emoji(wanted)
        .slice(0, MOST)
        .map(({ char, words }) => ({ key: char, insert: `${char} `, label: `${char} ${words}`, note: '' }));
    case 'command':
      return ranked(sources.commands, ({ name }) => name, wanted).map((spec) => {
        return { key: spec.name, insert: `/${spec.name} `, label: usageOf(spec), note: spec.summary };
      });
  }
}

/** Such as `/timeout <person> [minutes]`. */
export function usageOf({ name, arguments: all }: CommandSpec): string {
  const words = all.map(({ name: argument, isRequired }) => (isRequired ? `<${argument}>` : `[${argument}]`));
  return [`/${name}`, ...words].join(' ');
}

function ranked<T>(all: readonly T[], textOf: (one: T) => string, wanted: string): readonly T[] {
  const texts = all.map((one) => ({ one, text: textOf(one).toLocaleLowerCase() }));
  const begins = texts.filter(({ text }) => text.startsWith(wanted));
  const holds = texts.filter(({ text }) => !text.startsWith(wanted) && text.includes(wanted));
  return [...begins, ...holds].slice(0, MOST).map(({ one }) => one);
}
