import { MAX_RICH_NODES, MAX_TEXT_UTF16, type Rich, type RichNode } from '../../domain/content.ts';
import { type FoundLink, findLinks } from './links.ts';

type MarkKind = 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler';
type Mark = '**' | '*' | '__' | '_' | '~~' | '||';
const KIND: Readonly<Record<Mark, MarkKind>> = {
  '**': 'bold',
  '*': 'italic',
  __: 'underline',
  _: 'italic',
  '~~': 'strike',
  '||': 'spoiler',
};
/** What a backslash takes the meaning from. */
const ESCAPABLE = /[\\*_~|`>]/;
const WORD = /[\p{L}\p{N}]/u;
const SPACE = /\s/u;
const LANGUAGE = /^[A-Za-z0-9+#.-]{1,20}\n/;

/**
 * Light markup as a rich tree. Pure, never throws; time grows with the length alone. Whatever is not closed, or goes
 * over the bounds of a message, stays as the text it is. Links are found by themselves, http and https only.
 */
export function parseMarkup(input: string): Rich {
  const text = input.slice(0, MAX_TEXT_UTF16).replace(/\r\n?/g, '\n');
  const rich = parseBlocks(text);
  return countNodes(rich, MAX_RICH_NODES) > MAX_RICH_NODES ? [{ t: 'text', text }] : rich;
}

/** Code blocks first, for nothing inside them counts; then quotes, line by line. */
function parseBlocks(text: string): Rich {
  const out: RichNode[] = [];
  let at = 0;
  while (at < text.length) {
    const open = findFence(text, at);
    const close = open < 0 ? -1 : text.indexOf('```', open + 3);
    if (close < 0 || close === open + 3) {
      const end = close < 0 ? text.length : close + 3;
      append(out, parseQuotes(text.slice(at, end)));
      at = end;
      continue;
    }
    append(out, parseQuotes(withoutLast(text.slice(at, open), '\n')));
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
  const language = LANGUAGE.exec(inner)?.[0];
  const code = language === undefined ? inner : inner.slice(language.length);
  const trimmed = withoutLast(code.startsWith('\n') ? code.slice(1) : code, '\n');
  return { t: 'pre', text: trimmed, language: language === undefined ? null : language.trim() };
}

function withoutLast(text: string, end: string): string {
  return text.endsWith(end) ? text.slice(0, -end.length) : text;
}

function parseQuotes(text: string): Rich {
  if (!text.includes('>')) return parseInline(text);
  const out: RichNode[] = [];
  let lines: string[] = [];
  let isQuote = false;
  const flush = (): void => {
    if (lines.length === 0) return;
    const inline = parseInline(lines.join('\n'));
    append(out, isQuote && inline.length > 0 ? [{ t: 'quote', children: inline }] : inline);
  };
  for (const line of text.split('\n')) {
    const quoted = /^>(?: |$)/.test(line);
    if (quoted !== isQuote) {
      flush();
      lines = [];
      isQuote = quoted;
    }
    lines.push(quoted ? line.slice(2) : line);
  }
  flush();
  return out;
}

/** An open mark with what stands inside it so far. */
interface Level {
  readonly mark: Mark | null;
  children: RichNode[];
}

/** One pass with a stack in which each mark stands at most once: bounded depth, whatever comes. */
function parseInline(text: string): Rich {
  const levels: Level[] = [{ mark: null, children: [] }];
  const links = findLinks(text);
  let nextLink = 0;
  let at = 0;
  let lastTick = -1;
  while (at < text.length) {
    const link = links[nextLink];
    if (link !== undefined && at >= link.start) {
      if (at === link.start) {
        add(levels, linkNode(text, link));
        at = link.end;
      }
      nextLink += 1;
      continue;
    }
    const stop = nextSpecial(text, at, link?.start ?? text.length);
    if (stop > at) {
      add(levels, { t: 'text', text: text.slice(at, stop) });
      at = stop;
      continue;
    }
    const next = text[at + 1];
    if (text[at] === '\\' && next !== undefined && ESCAPABLE.test(next)) {
      add(levels, { t: 'text', text: next });
      at += 2;
    } else if (text[at] === '`') {
      if (lastTick <= at) lastTick = closingTick(text, at);
      at = addCode(levels, text, at, lastTick);
    } else {
      at += addMark(levels, text, at);
    }
  }
  while (levels.length > 1) unwind(levels);
  return levels[0]?.children ?? [];
}

const SPECIAL = /[\\*_~|`]/g;
function nextSpecial(text: string, from: number, before: number): number {
  SPECIAL.lastIndex = from;
  return Math.min(SPECIAL.exec(text)?.index ?? text.length, before);
}

/** @returns the end of the text where there is none */
function closingTick(text: string, at: number): number {
  const close = text.indexOf('`', at + 1);
  return close < 0 ? text.length : close;
}

function addCode(levels: readonly Level[], text: string, at: number, close: number): number {
  if (close >= text.length || close === at + 1) {
    const end = close === at + 1 ? close + 1 : at + 1;
    add(levels, { t: 'text', text: text.slice(at, end) });
    return end;
  }
  add(levels, { t: 'code', text: text.slice(at + 1, close) });
  return close + 1;
}

function linkNode(text: string, link: FoundLink): RichNode {
  return { t: 'link', url: link.url, children: [{ t: 'text', text: text.slice(link.start, link.end) }] };
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
  const isInWord = mark.startsWith('_') && WORD.test(before) && WORD.test(after);
  const isOpen = levels.some((level) => level.mark === mark);
  if (isOpen && canClose(levels, mark, before, after)) close(levels, mark);
  else if (!isOpen && !isInWord && !SPACE.test(after) && !(mark.startsWith('_') && WORD.test(before)))
    levels.push({ mark, children: [] });
  else add(levels, { t: 'text', text: mark });
  return mark.length;
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

function canClose(levels: readonly Level[], mark: Mark, before: string, after: string): boolean {
  if (SPACE.test(before) || (mark.startsWith('_') && WORD.test(after))) return false;
  const top = levels.at(-1);
  return top?.mark !== mark || top.children.length > 0;
}

function close(levels: Level[], mark: Mark): void {
  while (levels.at(-1)?.mark !== mark) unwind(levels);
  const level = levels.pop();
  if (level !== undefined) add(levels, { t: KIND[mark], children: level.children });
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

/** Joins neighbours of the same kind, so that a tree has one form. */
function append(out: RichNode[], nodes: Rich): void {
  for (const node of nodes) {
    const last = out.at(-1);
    if (node.t === 'text' && last?.t === 'text') out[out.length - 1] = { t: 'text', text: last.text + node.text };
    else if (node.t !== 'text' || node.text !== '') out.push(node);
  }
}

function countNodes(rich: Rich, upTo: number): number {
  let count = 0;
  for (const node of rich) {
    count += 1 + ('children' in node ? countNodes(node.children, upTo) : 0);
    if (count > upTo) return count;
  }
  return count;
}
