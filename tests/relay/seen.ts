import { plainText, type Rich, type RichNode } from '../../core/domain/content.ts';

/** A letter, digit or picture of a text, with the formatting that it stands in. Marks and blanks may be written otherwise. */
export interface Letter {
  readonly letter: string;
  readonly styles: ReadonlySet<string>;
}

const LETTER = /[\p{L}\p{N}\p{Extended_Pictographic}]/gu;

export function lettersOf(rich: Rich, styles: ReadonlySet<string> = new Set()): readonly Letter[] {
  return rich.flatMap((node) => lettersOfNode(node, styles));
}

function lettersOfNode(node: RichNode, styles: ReadonlySet<string>): readonly Letter[] {
  switch (node.t) {
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
    case 'quote':
      return lettersOf(node.children, new Set([...styles, node.t]));
    case 'link':
      return lettersOf(node.children, styles);
    case 'code':
    case 'pre':
      return found(node.text, new Set([...styles, 'code']));
    case 'mention':
      return found(node.name, new Set([...styles, 'mention']));
    case 'text':
    case 'channel':
    case 'emoji':
      return found(plainText([node]), styles);
    default:
      return node satisfies never;
  }
}

function found(text: string, styles: ReadonlySet<string>): readonly Letter[] {
  return (text.match(LETTER) ?? []).map((letter) => ({ letter, styles }));
}

/**
 * What is wrong with what people see, compared with what was meant: a letter that is not there any more, or only in
 * formatting which it did not have. More may be seen than was meant, such as the address of a link.
 */
export function wrongIn(meant: Rich, seen: Rich): string | null {
  const shown = lettersOf(seen);
  let at = 0;
  for (const one of lettersOf(meant)) {
    const found = indexFrom(shown, at, (other) => other.letter === one.letter && isWithin(other.styles, one.styles));
    if (found >= 0) {
      at = found + 1;
      continue;
    }
    const other = shown[indexFrom(shown, at, ({ letter }) => letter === one.letter)];
    return other === undefined
      ? `"${one.letter}" is not seen`
      : `"${one.letter}" became ${[...other.styles].join(', ')}`;
  }
  return null;
}

function indexFrom(letters: readonly Letter[], from: number, isIt: (letter: Letter) => boolean): number {
  for (let at = from; at < letters.length; at += 1) {
    const one = letters[at];
    if (one !== undefined && isIt(one)) return at;
  }
  return -1;
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every((style) => all.has(style));
}
