/** A piece of HTML: what stands between tags, or a tag. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly isClosed: boolean;
    }
  | { readonly kind: 'close'; readonly name: string };

const MAX_ATTRIBUTES = 10;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  copy: '©',
};

/** Pure, in one pass; what is no tag is text. Comments and declarations are left out. */
export function* tokens(html: string): Generator<Token> {
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    const end = open < 0 ? html.length : open;
    if (end > at) yield { kind: 'text', text: decodeEntities(html.slice(at, end)) };
    if (open < 0) return;
    const skipped = skipOf(html, open);
    const tag = skipped === null ? readTag(html, open) : null;
    if (tag !== null) yield tag.token;
    else if (skipped === null) yield { kind: 'text', text: '<' };
    at = skipped ?? tag?.next ?? open + 1;
  }
}

/** Where a comment or declaration ends; null: it is none. */
function skipOf(html: string, open: number): number | null {
  if (html.startsWith('<!--', open)) {
    const end = html.indexOf('-->', open + 4);
    return end < 0 ? html.length : end + 3;
  }
  if (html[open + 1] !== '!' && html[open + 1] !== '?') return null;
  const end = html.indexOf('>', open);
  return end < 0 ? html.length : end + 1;
}

const NAME = /[a-z][a-z0-9-]{0,20}/iy;
const ATTRIBUTE = /[\s/]*([^\s"'>/=]{1,40})(?:\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]*)))?/y;
const TAG_END = /[\s/]*>/y;

function readTag(html: string, open: number): { readonly token: Token; readonly next: number } | null {
  const isClose = html[open + 1] === '/';
  const name = matchAt(NAME, html, open + (isClose ? 2 : 1))?.[0];
  if (name === undefined) return null;
  let at = open + (isClose ? 2 : 1) + name.length;
  const attributes = new Map<string, string>();
  for (;;) {
    const end = matchAt(TAG_END, html, at);
    if (end !== null) {
      const next = at + end[0].length;
      const lower = name.toLowerCase();
      if (isClose) return { token: { kind: 'close', name: lower }, next };
      return { token: { kind: 'open', name: lower, attributes, isClosed: end[0].includes('/') }, next };
    }
    const found = matchAt(ATTRIBUTE, html, at);
    if (found === null || found[0] === '') return null;
    at += found[0].length;
    const value = found[2] ?? found[3] ?? found[4] ?? '';
    if (attributes.size < MAX_ATTRIBUTES) attributes.set((found[1] ?? '').toLowerCase(), decodeEntities(value));
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, dec, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = dec === undefined ? Number.parseInt(String(hex), 16) : Number(dec);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '';
  });
}
