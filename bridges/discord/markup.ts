import { MAX_RICH_NODES, MAX_TEXT_UTF16, type Rich, type RichNode } from '../../core/domain/content.ts';
import { type Named, tagNode } from './tags.ts';

type Wrap = 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler';
type Mark = '**' | '*' | '__' | '_' | '~~' | '||';
const WRAP: Readonly<Record<Mark, Wrap>> = {
  '**': 'bold',
  '*': 'italic',
  __: 'underline',
  _: 'italic',
  '~~': 'strike',
  '||': 'spoiler',
};
const WORD = /[\p{L}\p{N}_]/u;
const SPACE = /\s/u;
const FENCE_HEAD = /^([A-Za-z0-9_+.#-]{1,20})\n/;
/** A link with a label, at one place; every part is bounded, and no two of them can take the same character. */
const MASKED =
  /\[([^[\]\n]{1,300})\]\((?:<(https?:\/\/[^\s<>]{1,2000})>|(https?:\/\/(?:[^\s<>()]|\([^\s<>()]{0,200}\)){1,1000}))(?: +"[^"\n]{0,200}")?\)/y;
const BARE = /https?:\/\/[^\s<>]{1,2000}/y;
/** What stands behind an address rather than in it. */
const AFTER_BARE = /[.,:;"'\])*_~|!?]+$/;

/**
 * Text as people type it on Discord, as a rich tree. Pure, never throws; time grows with the length alone. Headings
 * come out bold, list marks as bullets; whatever is not closed stays as the text it is.
 */
export function parseMarkup(input: string, named: Named): Rich {
  const text = input.slice(0, MAX_TEXT_UTF16).replace(/\r\n?/g, '\n');
  const rich = parseBlocks(text, named);
  return countNodes(rich) > MAX_RICH_NODES ? [{ t: 'text', text }] : rich;
}

/** Code blocks first, for nothing inside them counts; then quotes and headings, line by line. */
function parseBlocks(text: string, named: Named): Rich {
  const out: RichNode[] = [];
  let at = 0;
  while (at < text.length) {
    const open = findFence(text, at);
    const close = open < 0 ? -1 : text.indexOf('```', open + 3);
    if (close < 0 || text.slice(open + 3, close).trim() === '') {
      const end = close < 0 ? text.length : close + 3;
      append(out, parseLines(text.slice(at, end), named));
      at = end;
      continue;
    }
    append(out, parseLines(withoutLastBreak(text.slice(at, open)), named));
    append(out, [fenced(text.slice(open + 3, close))]);
    at = text[close + 3] === '\n' ? close + 4 : close + 3;
  }
  return out;
}

function findFence(text: string, from: number): number {
  let open = text.indexOf('```', from);
  while (open > 0 && isEscaped(text, open)) open = text.indexOf('```', open + 3);
  return open;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

function fenced(inner: string): RichNode {
  const found = FENCE_HEAD.exec(inner);
  const head = found !== null && inner.slice(found[0].length).trim() !== '' ? found : null;
  const code = head === null ? inner : inner.slice(head[0].length);
  return { t: 'pre', text: withoutLastBreak(code.replace(/^\n/, '')), language: head?.[1] ?? null };
}

function withoutLastBreak(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

type LineKind = 'plain' | 'quote' | 'heading';

function parseLines(text: string, named: Named): Rich {
  const out: RichNode[] = [];
  let lines: string[] = [];
  let kind: LineKind = 'plain';
  const flush = (): void => {
    if (lines.length === 0) return;
    const inline = parseInline(lines.join('\n'), named, true);
    if (kind === 'quote') append(out, [{ t: 'quote', children: inline }]);
    else if (kind === 'heading') append(out, [{ t: 'bold', children: inline }]);
    else append(out, inline);
    lines = [];
  };
  let isRest = false;
  let isFirst = true;
  for (const line of text.split('\n')) {
    const read: Line = isRest ? { kind: 'quote', text: line, isRest: true } : readLine(line);
    isRest = read.isRest;
    if (read.kind !== kind || read.kind === 'heading') {
      flush();
      // A quote stands on lines of its own as it is; between a heading and its neighbours the break has to stay.
      if (!isFirst && kind !== 'quote' && read.kind !== 'quote') append(out, [{ t: 'text', text: '\n' }]);
      kind = read.kind;
    }
    lines.push(read.text);
    isFirst = false;
  }
  flush();
  return out;
}

interface Line {
  readonly kind: LineKind;
  readonly text: string;
  /** Everything after it belongs to the same quote. */
  readonly isRest: boolean;
}

function readLine(line: string): Line {
  if (line.startsWith('>>> ')) return { kind: 'quote', text: line.slice(4), isRest: true };
  if (line.startsWith('> ')) return { kind: 'quote', text: line.slice(2), isRest: false };
  const heading = /^#{1,3} +(?=\S)/.exec(line);
  if (heading !== null) return { kind: 'heading', text: line.slice(heading[0].length), isRest: false };
  if (/^-# +\S/.test(line)) return { kind: 'plain', text: line.slice(2).trimStart(), isRest: false };
  return { kind: 'plain', text: line.replace(/^( {0,8})[-*] (?=\S)/, '$1• '), isRest: false };
}

/** An open mark with what stands inside it so far. */
interface Level {
  readonly mark: Mark | null;
  readonly children: RichNode[];
}

/** One pass with a stack in which each mark stands at most once: bounded depth, whatever comes. */
function parseInline(text: string, named: Named, takesLinks: boolean): Rich {
  const levels: Level[] = [{ mark: null, children: [] }];
  const ticks = ticksOf(text);
  let at = 0;
  while (at < text.length) {
    const stop = nextSpecial(text, at);
    if (stop > at) {
      add(levels, { t: 'text', text: text.slice(at, stop) });
      at = stop;
      continue;
    }
    const taken = atom(text, at, named, takesLinks, ticks);
    if (taken === null) {
      at += addMark(levels, text, at);
    } else {
      add(levels, taken.node);
      at += taken.length;
    }
  }
  while (levels.length > 1) unwind(levels);
  return levels[0]?.children ?? [];
}

interface Taken {
  readonly node: RichNode;
  readonly length: number;
}

/** What is whole in itself: an escaped character, code, a tag, a link. */
function atom(
  text: string,
  at: number,
  named: Named,
  takesLinks: boolean,
  ticks: ReadonlyMap<number, number>,
): Taken | null {
  switch (text[at]) {
    case '\\':
      return escaped(text, at);
    case '`':
      return code(text, at, ticks);
    case '<':
      return tagNode(text, at, named);
    case '[':
      return takesLinks ? maskedLink(text, at, named) : null;
    case 'h':
      return takesLinks ? bareLink(text, at) : null;
    default:
      return null;
  }
}

const SPECIAL = /[\\*_~|`<[]|https?:\/\//g;
function nextSpecial(text: string, from: number): number {
  SPECIAL.lastIndex = from;
  return SPECIAL.exec(text)?.index ?? text.length;
}

function escaped(text: string, at: number): Taken | null {
  const next = text.codePointAt(at + 1);
  if (next === undefined) return null;
  const character = String.fromCodePoint(next);
  if (/[\p{L}\p{N}\s]/u.test(character)) return null;
  return { node: { t: 'text', text: character }, length: 1 + character.length };
}

/** Runs of backticks, each with the place of the next run of the same length. */
function ticksOf(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open = new Map<number, number>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const earlier = open.get(run.length);
    if (earlier !== undefined) closing.set(earlier, index);
    open.set(run.length, index);
  }
  return closing;
}

function code(text: string, at: number, ticks: ReadonlyMap<number, number>): Taken {
  const run = /`+/y;
  run.lastIndex = at;
  const length = run.exec(text)?.[0].length ?? 1;
  const close = ticks.get(at);
  if (close === undefined) return { node: { t: 'text', text: text.slice(at, at + length) }, length };
  const inner = text
    .slice(at + length, close)
    .replace(/^ (?= *`)/, '')
    .replace(/(` *) $/, '$1');
  return { node: { t: 'code', text: inner }, length: close + length - at };
}

function maskedLink(text: string, at: number, named: Named): Taken | null {
  MASKED.lastIndex = at;
  const found = MASKED.exec(text);
  const url = webUrl(found?.[2] ?? found?.[3] ?? '');
  if (found === null || url === null) return null;
  return { node: { t: 'link', url, children: parseInline(found[1] ?? '', named, false) }, length: found[0].length };
}

function bareLink(text: string, at: number): Taken | null {
  BARE.lastIndex = at;
  const shown = BARE.exec(text)?.[0].replace(AFTER_BARE, '') ?? '';
  const url = webUrl(shown);
  return url === null
    ? null
    : { node: { t: 'link', url, children: [{ t: 'text', text: shown }] }, length: shown.length };
}

/** Only http and https, never one with a name before an `@`. */
export function webUrl(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '') return null;
  return url.href;
}

/** Opens or closes the mark here, or takes it as text. @returns how many characters it took */
function addMark(levels: Level[], text: string, at: number): number {
  const mark = markAt(levels, text, at);
  if (mark === null) {
    add(levels, { t: 'text', text: text.slice(at, at + 1) });
    return 1;
  }
  const before = text[at - 1] ?? ' ';
  const after = text[at + mark.length] ?? ' ';
  const top = levels.at(-1);
  const isOpen = levels.some((level) => level.mark === mark);
  const isFilled = top?.mark !== mark || top.children.length > 0;
  if (isOpen && isFilled && mayClose(mark, before, after)) close(levels, mark);
  else if (!isOpen && mayOpen(mark, before, after)) levels.push({ mark, children: [] });
  else add(levels, { t: 'text', text: mark });
  return mark.length;
}

/** An asterisk alone embraces words, an underscore alone whole words; the double ones take anything. */
function mayOpen(mark: Mark, before: string, after: string): boolean {
  if (mark === '*') return !SPACE.test(after);
  return mark !== '_' || (!WORD.test(before) && !SPACE.test(after));
}

function mayClose(mark: Mark, before: string, after: string): boolean {
  if (mark === '*') return !SPACE.test(before);
  return mark !== '_' || !WORD.test(after);
}

function markAt(levels: readonly Level[], text: string, at: number): Mark | null {
  const sign = text[at];
  const isDouble = text[at + 1] === sign;
  switch (sign) {
    case '*':
    case '_':
      // Of three in a row the inner mark closes first.
      if (isDouble && text[at + 2] === sign && levels.at(-1)?.mark === sign) return sign;
      if (isDouble) return sign === '*' ? '**' : '__';
      return sign;
    case '~':
      return isDouble ? '~~' : null;
    case '|':
      return isDouble ? '||' : null;
    default:
      return null;
  }
}

function close(levels: Level[], mark: Mark): void {
  while (levels.at(-1)?.mark !== mark) unwind(levels);
  const level = levels.pop();
  if (level !== undefined) add(levels, { t: WRAP[mark], children: level.children });
}

/** A mark that was never closed is text after all. */
function unwind(levels: Level[]): void {
  const level = levels.pop();
  if (level === undefined || level.mark === null) return;
  add(levels, { t: 'text', text: level.mark });
  for (const child of level.children) add(levels, child);
}

function add(levels: readonly Level[], node: RichNode): void {
  const level = levels.at(-1);
  if (level !== undefined) append(level.children, [node]);
}

/** Joins neighbours of text, so that a tree has one form. */
export function append(out: RichNode[], nodes: Rich): void {
  for (const node of nodes) {
    const last = out.at(-1);
    if (node.t === 'text' && last?.t === 'text') out[out.length - 1] = { t: 'text', text: last.text + node.text };
    else if (node.t !== 'text' || node.text !== '') out.push(node);
  }
}

function countNodes(rich: Rich): number {
  let count = 0;
  for (const node of rich) count += 1 + ('children' in node ? countNodes(node.children) : 0);
  return count;
}
