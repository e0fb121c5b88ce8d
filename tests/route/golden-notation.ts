import type { Rich } from '../../core/domain/content.ts';

/*
 * One notation for what is seen, whatever the platform: `**bold**`, `_italic_`, `~~struck~~`, `||covered||`, `` `code` ``.
 * Each place reads it from its own kind of formatting, and speaks it in its own.
 */

export type Style = 'bold' | 'italic' | 'strike' | 'spoiler' | 'code' | 'underline';
export interface Piece {
  readonly text: string;
  readonly style: Style | null;
}

export const MARKS: Readonly<Record<Style, string>> = {
  bold: '**',
  italic: '_',
  strike: '~~',
  spoiler: '||',
  code: '`',
  underline: '__',
};

/** A text in the notation, in pieces of one style each. Styles do not nest here. */
export function piecesOf(notation: string): readonly Piece[] {
  return notation.split(/(\*\*.+?\*\*|~~.+?~~|\|\|.+?\|\||_[^_]+_|`.+?`)/).flatMap((part): Piece[] => {
    if (part === '') return [];
    for (const style of ['bold', 'strike', 'spoiler', 'italic', 'code'] as const) {
      const mark = MARKS[style];
      if (part.length > 2 * mark.length && part.startsWith(mark) && part.endsWith(mark)) {
        return [{ text: part.slice(mark.length, -mark.length), style }];
      }
    }
    return [{ text: part, style: null }];
  });
}

export function plainOf(notation: string): string {
  return piecesOf(notation)
    .map(({ text }) => text)
    .join('');
}

export function marked(text: string, style: Style): string {
  return `${MARKS[style]}${text}${MARKS[style]}`;
}

/** The hub's own tree. */
export function richNotation(rich: Rich): string {
  return rich
    .map((node) => {
      switch (node.t) {
        case 'text':
          return node.text;
        case 'bold':
        case 'italic':
        case 'underline':
        case 'strike':
        case 'spoiler':
          return marked(richNotation(node.children), node.t);
        case 'quote':
          return `> ${richNotation(node.children)}`;
        case 'code':
        case 'pre':
          return marked(node.text, 'code');
        case 'link':
          return linkNotation(richNotation(node.children), node.url);
        case 'mention':
          return `@${node.name}`;
        case 'channel':
          return `#${node.name}`;
        case 'emoji':
          return `:${node.name}:`;
        default:
          return node satisfies never;
      }
    })
    .join('');
}

export function linkNotation(label: string, url: string): string {
  return label === url ? url : `[${label}](${url})`;
}

/** What differs from run to run: the secret part of links to what the hub keeps. */
export function steady(line: string): string {
  return line
    .replace(/https:\/\/chat\.example\/media\/[^\s)"]*?([^/\s)"]+\.(?:png|jpg|webp))/g, 'https://chat.example/…/$1')
    .replaceAll('\u200b', '');
}

/** The end of a line: what it answers, what comes with it, and whom it calls. */
export function details(parts: {
  readonly answers?: string | null;
  readonly files?: readonly string[];
  readonly pings?: readonly string[];
}): string {
  const { answers = null, files = [], pings = [] } = parts;
  return [
    ...(answers === null ? [] : [` {answers "${answers}"}`]),
    ...files.map((one) => ` {${one}}`),
    ...pings.map((one) => ` {PINGS ${one}}`),
  ].join('');
}
