import { plainText, type Rich, type RichNode } from '../../core/plugin/index.ts';
import { tokens } from './html-tokens.ts';

/** How addresses of people and rooms are shown. */
export interface Names {
  /** What a link to somebody or to a room is; null: a link as any other. */
  linked(target: string, text: string): RichNode | null;
}

const MAX_DEPTH = 40;
const MAX_NODES = 1_000;
/** What stands within is no text for people. */
const HIDDEN = new Set(['script', 'style', 'title', 'head', 'template', 'mx-reply', 'iframe', 'noscript', 'textarea']);
const BLOCKS = new Set([
  'p',
  'div',
  'ul',
  'ol',
  'li',
  'table',
  'tr',
  'thead',
  'tbody',
  'details',
  'summary',
  'hr',
  'pre',
  'blockquote',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
]);
const EMPTY = new Set(['br', 'hr', 'img']);
const STYLES: Readonly<Record<string, 'bold' | 'italic' | 'underline' | 'strike' | 'quote'>> = {
  b: 'bold',
  strong: 'bold',
  h1: 'bold',
  h2: 'bold',
  h3: 'bold',
  h4: 'bold',
  h5: 'bold',
  h6: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  blockquote: 'quote',
};

interface Frame {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: RichNode[];
  /** Of the next item of a numbered list. */
  count: number;
}

/**
 * HTML of a message as a tree. Only what Matrix lets pass in messages has a meaning; everything else is its text.
 * Bounded in depth and nodes; never throws.
 */
export function decodeHtml(html: string, names: Names): Rich {
  const root = frameOf('', new Map());
  const stack = [root];
  let nodes = 0;
  let hidden: { readonly name: string; depth: number } | null = null;

  const top = (): Frame => stack.at(-1) ?? root;
  const add = (node: RichNode): void => {
    const { children } = top();
    const last = children.at(-1);
    if (node.t === 'text' && last?.t === 'text') {
      children[children.length - 1] = { t: 'text', text: last.text + node.text };
      return;
    }
    nodes += 1;
    if (nodes <= MAX_NODES) children.push(node);
  };
  const addText = (text: string): void => {
    if (text !== '') add({ t: 'text', text });
  };
  const breakLine = (): void => {
    if (!endsLine(stack)) addText('\n');
  };
  const close = (): void => {
    const frame = stack.pop();
    if (frame === undefined) return;
    for (const node of nodesOf(frame, names)) add(node);
    if (BLOCKS.has(frame.name)) breakLine();
  };

  for (const token of tokens(html)) {
    if (hidden !== null) {
      if (token.kind === 'open' && token.name === hidden.name && !token.isClosed) hidden.depth += 1;
      if (token.kind === 'close' && token.name === hidden.name) hidden.depth -= 1;
      if (hidden.depth === 0) hidden = null;
      continue;
    }
    switch (token.kind) {
      case 'text': {
        const isVerbatim = stack.some(({ name }) => name === 'pre');
        addText(isVerbatim ? token.text : collapsed(token.text, endsLine(stack)));
        break;
      }
      case 'open': {
        const { name, attributes, isClosed } = token;
        if (HIDDEN.has(name)) {
          if (!isClosed) hidden = { name, depth: 1 };
          break;
        }
        if (name === 'br') addText('\n');
        else if (name === 'img') add(pictureOf(attributes));
        else if (name === 'hr') addText(`${endsLine(stack) ? '' : '\n'}---\n`);
        if (EMPTY.has(name) || isClosed) break;
        if (BLOCKS.has(name)) breakLine();
        if (name === 'li') addText(bulletOf(stack));
        if (stack.length <= MAX_DEPTH) stack.push(frameOf(name, attributes));
        break;
      }
      case 'close': {
        const at = stack.findLastIndex(({ name }) => name === token.name);
        while (at > 0 && stack.length > at) close();
        break;
      }
      default:
        token satisfies never;
    }
  }
  while (stack.length > 1) close();
  return root.children;
}

function frameOf(name: string, attributes: ReadonlyMap<string, string>): Frame {
  return { name, attributes, children: [], count: Number(attributes.get('start') ?? '1') || 1 };
}

function nodesOf({ name, attributes, children: inner }: Frame, names: Names): Rich {
  if (inner.length === 0) return [];
  const style = STYLES[name];
  if (style === 'quote') return [{ t: 'quote', children: withoutLastBreak(inner) }];
  if (style !== undefined) return [{ t: style, children: inner }];
  switch (name) {
    case 'span':
      return attributes.has('data-mx-spoiler') ? [{ t: 'spoiler', children: inner }] : inner;
    case 'pre':
      return [preOf(inner)];
    case 'code': {
      const language = /^language-([A-Za-z0-9+#.-]{1,20})$/.exec(attributes.get('class') ?? '')?.[1] ?? null;
      // within <pre> the language stands here
      return language === null
        ? [{ t: 'code', text: plainText(inner) }]
        : [{ t: 'pre', text: plainText(inner), language }];
    }
    case 'a':
      return [linkOf(attributes.get('href') ?? '', inner, names)];
    default:
      return inner;
  }
}

function preOf(inner: Rich): RichNode {
  const only = inner.length === 1 ? inner[0] : undefined;
  const language = only?.t === 'pre' ? only.language : null;
  return { t: 'pre', text: plainText(inner).replace(/\n$/, ''), language };
}

function linkOf(href: string, inner: Rich, names: Names): RichNode {
  const target = targetOf(href);
  const named = target === null ? null : names.linked(target, plainText(inner));
  return named ?? { t: 'link', url: href, children: inner };
}

/** `@ann:example.org` or `#room:example.org` behind a link of either kind; null: it is an ordinary link. */
export function targetOf(href: string): string | null {
  const matrixTo = /^https?:\/\/matrix\.to\/#\/([^/?]{1,300})/i.exec(href)?.[1];
  if (matrixTo !== undefined) return decoded(matrixTo);
  const uri = /^matrix:(u|r|user|room)\/([^/?]{1,300})/i.exec(href);
  if (uri === null) return null;
  const name = decoded(uri[2] ?? '');
  return name === null ? null : `${/^u/i.test(uri[1] ?? '') ? '@' : '#'}${name}`;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // a lone percent sign
    return null;
  }
}

function pictureOf(attributes: ReadonlyMap<string, string>): RichNode {
  const name = (attributes.get('alt') ?? attributes.get('title') ?? '').replaceAll(':', '').trim() || 'picture';
  return attributes.has('data-mx-emoticon') ? { t: 'emoji', name, url: null } : { t: 'text', text: `[${name}]` };
}

/** Outside of code line breaks and runs of blanks mean one blank, and none at the start of a line. */
function collapsed(text: string, isLineStart: boolean): string {
  const one = text.replace(/[ \t\r\n]+/g, ' ');
  return isLineStart ? one.replace(/^ /, '') : one;
}

function bulletOf(stack: readonly Frame[]): string {
  const list = stack.findLast(({ name }) => name === 'ol' || name === 'ul');
  const indent = '  '.repeat(Math.max(0, stack.filter(({ name }) => name === 'ol' || name === 'ul').length - 1));
  if (list?.name !== 'ol') return `${indent}• `;
  list.count += 1;
  return `${indent}${list.count - 1}. `;
}

/** Whether what comes next stands at the start of a line. */
function endsLine(stack: readonly Frame[]): boolean {
  for (const { children, name } of stack.toReversed()) {
    const last = children.at(-1);
    if (last !== undefined) return plainText([last]).endsWith('\n');
    if (name === 'blockquote' || name === 'pre') return true;
  }
  return true;
}

function withoutLastBreak(rich: Rich): Rich {
  const last = rich.at(-1);
  if (last?.t !== 'text') return rich;
  const text = last.text.replace(/\n+$/, '');
  return text === '' ? rich.slice(0, -1) : [...rich.slice(0, -1), { t: 'text', text }];
}
