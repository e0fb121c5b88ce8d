import { Marked, type Token, type Tokens } from 'marked';

/** A link or a picture as a page has it. */
export interface Reference {
  readonly kind: 'link' | 'picture';
  readonly to: string;
  /** The words of a link, the alternative text of a picture. */
  readonly words: string;
}
/** A page as it was written. */
export interface Source {
  readonly file: string;
  readonly title: string;
  readonly tokens: readonly Token[];
  readonly headings: readonly Heading[];
  readonly references: readonly Reference[];
  /** What may not stand there. */
  readonly problems: readonly string[];
}
export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly anchor: string;
}

const markdown = new Marked({ gfm: true });
const LINE_BREAK = /^<br\s*\/?>$/;
const COMMENT = /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)+$/;

/** Reads a page. Raw HTML is refused, comments and line breaks in tables apart. */
export function readSource(file: string, text: string): Source {
  const tokens = markdown.lexer(text);
  const headings: Heading[] = [];
  const references: Reference[] = [];
  const problems: string[] = [];
  const nextAnchor = anchors();
  void markdown.walkTokens(tokens, (token) => {
    if (isHeading(token)) {
      const words = plainWords(token.tokens);
      headings.push({ depth: token.depth, text: words, anchor: nextAnchor(words) });
    } else if (isLink(token)) references.push({ kind: 'link', to: token.href, words: plainWords(token.tokens) });
    else if (isImage(token)) references.push({ kind: 'picture', to: token.href, words: token.text });
    else if (token.type === 'html' && !isHarmless(token.raw)) problems.push(`raw HTML: ${token.raw.trim()}`);
  });
  const title = headings.find(({ depth }) => depth === 1)?.text ?? null;
  if (title === null) problems.push('no title');
  return { file, title: title ?? file, tokens, headings, references, problems };
}

/** Whether this piece of HTML is one that pages may have. */
export function isHarmless(html: string): boolean {
  return LINE_BREAK.test(html.trim()) || COMMENT.test(html);
}

export function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading';
}
function isLink(token: Token): token is Tokens.Link {
  return token.type === 'link';
}
function isImage(token: Token): token is Tokens.Image {
  return token.type === 'image';
}

/** The words of a heading or a link without their marks. */
function plainWords(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if ('tokens' in token && token.tokens !== undefined) return plainWords(token.tokens);
      return 'text' in token ? String(token.text) : '';
    })
    .join('')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'");
}

/** Names headings as code hosts do, so that a link leads to the same place there and here. */
function anchors(): (words: string) => string {
  const taken = new Map<string, number>();
  return (words) => {
    const base = words
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const times = taken.get(base) ?? 0;
    taken.set(base, times + 1);
    return times === 0 ? base : `${base}-${times}`;
  };
}
