import { plainText, type Rich, type RichNode } from '../domain/content.ts';
import { firstGraphemes, fittingLength } from './measure.ts';

const MAX_NAME_CHARACTERS = 32;
/** One character may be made of many marks; a prefix must leave room for the text on every platform. */
const MAX_NAME_UTF16 = 64;
/** Controls, formats (bidi, zero width), surrogates without a partner, and unassigned ones; joiners of emoji apart. */
const INVISIBLE = /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;
/** Look-alikes that neither ping nor end a prefix. */
const TAMED: Readonly<Record<string, string>> = {
  '@': '\uff20',
  '[': '(',
  ']': ')',
  ':': '\ua789',
  '<': '‹',
  '>': '›',
};

/** What ends a line on any platform; between it and a bracket there may stand what nobody sees. */
const LINE_END = '[\\n\\r\\v\\f\\u0085\\u2028\\u2029]';
const UNSEEN = `[[\\s\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}\\u2800]--${LINE_END}]*`;
const BRACKET_AFTER_LINE_END = new RegExp(`(${LINE_END}${UNSEEN})\\[`, 'gv');
const BRACKET_FIRST = new RegExp(`^(${UNSEEN})\\[`, 'v');
const ENDS_AT_LINE_START = new RegExp(`${LINE_END}${UNSEEN}$`, 'v');
const ONLY_UNSEEN = new RegExp(`^${UNSEEN}$`, 'v');

/** A display name that can neither ping nor be taken for a prefix. Never empty. */
export function tameName(name: string): string {
  const visible = name
    .replace(/\s+/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(/[@[\]:<>]/g, (character) => TAMED[character] ?? '')
    .trim();
  const bounded = visible.slice(0, fittingLength(visible, MAX_NAME_UTF16, 'utf16'));
  return firstGraphemes(bounded, MAX_NAME_CHARACTERS).trim() || 'somebody';
}

/** How a platform is called in what people read. */
export type Label = (platform: string) => string;

/** `[Discord] Ann: `, put before each part where the platform cannot show another name. */
export function prefixOf(
  author: { readonly name: string; readonly platform: string },
  label: Label = platformLabel,
): string {
  return `[${label(author.platform)}] ${tameName(author.name)}: `;
}

/** A platform's name as people write it: its first letter large. */
export function platformLabel(platform: string): string {
  return platform.slice(0, 1).toUpperCase() + platform.slice(1);
}

/**
 * A body that cannot show the prefix of somebody else at the start of a line: an opening bracket there becomes
 * its full-width twin. The first line is safe, for the true prefix stands before it.
 */
export function withoutFakePrefixes(rich: Rich): Rich {
  return guard(rich, false).nodes;
}

interface Guarded {
  readonly nodes: Rich;
  readonly atLineStart: boolean;
}

function guard(rich: Rich, atStart: boolean): Guarded {
  const nodes: RichNode[] = [];
  let atLineStart = atStart;
  for (const node of rich) {
    nodes.push(guardNode(node, atLineStart));
    atLineStart = endsAtLineStart(plainText([node]), atLineStart);
  }
  return { nodes, atLineStart };
}

function guardNode(node: RichNode, atLineStart: boolean): RichNode {
  switch (node.t) {
    case 'text':
    case 'code':
    case 'pre':
      return { ...node, text: guardText(node.text, atLineStart || node.t === 'pre') };
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
    case 'quote':
    case 'link':
      return { ...node, children: guard(node.children, atLineStart || node.t === 'quote').nodes };
    case 'mention':
    case 'channel':
    case 'emoji':
      return node;
    default:
      return node satisfies never;
  }
}

function guardText(text: string, atLineStart: boolean): string {
  const inside = text.replace(BRACKET_AFTER_LINE_END, '$1\uff3b');
  return atLineStart ? inside.replace(BRACKET_FIRST, '$1\uff3b') : inside;
}

function endsAtLineStart(text: string, before: boolean): boolean {
  return ONLY_UNSEEN.test(text) ? before : ENDS_AT_LINE_START.test(text);
}
