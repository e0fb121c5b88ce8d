import { plainText, type Rich, type RichNode } from 'slipmat-hub/plugin';

const ENCODER = new TextEncoder();
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const NEW_LINE = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
/** Everything that could be taken for formatting or for the end of a line. */
const CONTROLS = /[\0-\x09\x0b-\x1f\x7f-\x9f]/g;
const CODES = { bold: '\x02', italic: '\x1d', underline: '\x1f', strike: '\x1e' } as const;
const MONOSPACE = '\x11';
/** Black on black, until all formatting ends. */
const HIDDEN = '\x0301,01';
const RESET = '\x0f';
const ZERO_WIDTH = '\u200b';
/** As written here. */
const WRITTEN_CODES = /(\x0301,01|[\x02\x0f\x11\x1d-\x1f])/;
/** A link is left whole, else it would lead nowhere. */
const LINK_OR_WORD = /[a-z][a-z0-9+.-]*:\/\/\S+|[\p{L}\p{N}]{2,}/giu;
const CONTINUED = '… ';
/** One character of any kind. */
const LEAST_BYTES = 4;

export interface LineLimits {
  /** Of the text of one line. */
  readonly bytes: number;
  /** As `People.nickCores` gives them: these are broken, so that nobody is called by what others say. */
  readonly nicks: ReadonlySet<string>;
}

/**
 * A tree as lines that each fit. One line as a rule: line breaks become ` / `, and formatting goes before text does.
 * @returns no line for a text that shows nothing
 */
export function encodeText(rich: Rich, { bytes, nicks }: LineLimits): readonly string[] {
  const styled = breakNicks(inOneLine(write(rich, { isStyled: true, active: [] })), nicks);
  if (!/[^\s\p{C}]/u.test(styled)) return [];
  if (byteLength(styled) <= bytes) return [styled];
  const bare = inOneLine(write(rich, { isStyled: false, active: [] }));
  const whole = breakNicks(bare, nicks);
  return byteLength(whole) <= bytes ? [whole] : split(bare, { bytes, nicks });
}

export function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}

interface Writing {
  readonly isStyled: boolean;
  readonly active: readonly string[];
}

function write(rich: Rich, how: Writing): string {
  return rich.map((node) => writeNode(node, how)).join('');
}

function writeNode(node: RichNode, how: Writing): string {
  switch (node.t) {
    case 'text':
      return clean(node.text);
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
      return within(CODES[node.t], how, (inner) => write(node.children, inner));
    case 'code':
    case 'pre':
      return within(MONOSPACE, how, () => clean(node.text));
    case 'spoiler':
      return hidden(node.children, how);
    case 'quote':
      return `> ${write(node.children, how)}`;
    case 'link':
      return link(node, how);
    case 'mention':
      return `@${clean(node.name)}`;
    case 'channel':
      return `#${clean(node.name)}`;
    case 'emoji':
      return `:${clean(node.name)}:`;
    default:
      return node satisfies never;
  }
}

/** The codes toggle: one inside its like would end it. */
function within(code: string, how: Writing, inner: (how: Writing) => string): string {
  if (!how.isStyled || how.active.includes(code)) return inner(how);
  const text = inner({ ...how, active: [...how.active, code] });
  return text === '' ? '' : code + text + code;
}

function hidden(children: Rich, how: Writing): string {
  if (!how.isStyled || how.active.includes(HIDDEN)) return write(children, how);
  const inner = write(children, { ...how, active: [...how.active, HIDDEN] });
  return HIDDEN + inner + RESET + how.active.join('');
}

function link(node: Extract<RichNode, { t: 'link' }>, how: Writing): string {
  const url = clean(node.url).replaceAll('\n', '').replaceAll(' ', '%20');
  return plainText(node.children).trim() === node.url ? url : `${write(node.children, how)} <${url}>`;
}

function clean(text: string): string {
  return text.replace(NEW_LINE, '\n').replaceAll('\t', ' ').replace(CONTROLS, '').toWellFormed();
}

function inOneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' / ');
}

/** The same to read, and no longer the words that clients look for: codes within a word do not hide it from them. */
function breakNicks(line: string, nicks: ReadonlySet<string>): string {
  if (nicks.size === 0) return line;
  const pieces = line.split(WRITTEN_CODES);
  const shown = pieces.filter((_, index) => index % 2 === 0).join('');
  const cuts = [...shown.matchAll(LINK_OR_WORD)]
    .filter(([found]) => nicks.has(found.toLowerCase()))
    .map(({ index, 0: found }) => index + ([...found][0]?.length ?? 0));
  return withCuts(pieces, new Set(cuts));
}

/** @param pieces text and code in turn */
function withCuts(pieces: readonly string[], cuts: ReadonlySet<number>): string {
  let at = 0;
  let out = '';
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 1) out += piece;
    else {
      for (const unit of piece.split('')) {
        out += unit;
        at += 1;
        if (cuts.has(at)) out += ZERO_WIDTH;
      }
    }
  }
  return out;
}

/** Cuts between words, else between characters; all but the first begin with a mark, so that none is taken for another's. */
function split(text: string, limits: LineLimits): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '') {
    const { line, taken } = nextLine(rest, lines.length === 0 ? '' : CONTINUED, limits);
    lines.push(line);
    rest = rest.slice(taken).trimStart();
  }
  return lines;
}

/** Breaking nicks makes a line longer: then less is taken. */
function nextLine(rest: string, mark: string, { bytes, nicks }: LineLimits): { line: string; taken: number } {
  let room = Math.max(bytes - byteLength(mark), LEAST_BYTES);
  for (;;) {
    const fits = fitting(rest, room);
    const word = fits < rest.length ? rest.slice(0, fits + 1).search(/\s\S*$/u) : -1;
    const taken = word > fits / 2 ? word : fits;
    const line = mark + breakNicks(rest.slice(0, taken), nicks);
    const over = byteLength(line) - bytes;
    if (over <= 0 || room === LEAST_BYTES) return { line, taken };
    room = Math.max(room - over, LEAST_BYTES);
  }
}

function fitting(text: string, bytes: number): number {
  let taken = 0;
  let size = 0;
  for (const { segment } of GRAPHEMES.segment(text.slice(0, bytes + 1))) {
    size += byteLength(segment);
    if (size > bytes) break;
    taken += segment.length;
  }
  if (taken > 0) return taken;
  // One character of many marks: between code points, so that there is an end.
  for (const point of text) {
    size = byteLength(text.slice(0, taken + point.length));
    if (size > bytes) break;
    taken += point.length;
  }
  return taken;
}
