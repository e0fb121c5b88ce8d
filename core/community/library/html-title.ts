const MAX_TITLE = 200;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  middot: '·',
  bull: '•',
  laquo: '«',
  raquo: '»',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
};
/** Controls, and the marks that turn the direction of text around. */
const UNWANTED = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const TAG = /<(title|meta|\/head|body)\b/gi;
const ATTRIBUTE = /([a-z:-]{1,30})\s{0,5}=\s{0,5}(?:"([^"]{0,1000})"|'([^']{0,1000})'|([^\s"'>]{1,1000}))/gi;

/** Pure, and linear in its length. What a page calls itself to those who link it, else its title; null: neither. */
export function titleOf(html: string): string | null {
  let title: string | null = null;
  TAG.lastIndex = 0;
  for (let found = TAG.exec(html); found !== null; found = TAG.exec(html)) {
    const name = found[1]?.toLowerCase();
    if (name === '/head' || name === 'body') break;
    const end = html.indexOf('>', TAG.lastIndex);
    if (end < 0) break;
    if (name === 'meta') {
      const shared = sharedTitle(html.slice(TAG.lastIndex, Math.min(end, TAG.lastIndex + MAX_TAG)));
      if (shared !== null) return shared;
    } else if (title === null) {
      const close = html.indexOf('</', end);
      title = clean(html.slice(end + 1, close < 0 ? end + 1 + MAX_TAG : Math.min(close, end + 1 + MAX_TAG)));
    }
    TAG.lastIndex = end;
  }
  return title;
}
const MAX_TAG = 4_000;

/** How the page says that it is written; null: it does not. */
export function charsetOf(head: string): string | null {
  return /<meta[^>]{0,200}?charset\s{0,3}=\s{0,3}["']?([a-z0-9_-]{2,30})/i.exec(head)?.[1] ?? null;
}

function sharedTitle(tag: string): string | null {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of tag.matchAll(ATTRIBUTE)) {
    attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '');
  }
  const key = attributes.get('property') ?? attributes.get('name');
  return key?.toLowerCase() === 'og:title' ? clean(attributes.get('content') ?? '') : null;
}

function clean(text: string): string | null {
  const line = decoded(text).replace(/\s+/gu, ' ').replace(UNWANTED, '').toWellFormed().trim();
  const letters = [...line];
  if (letters.length === 0) return null;
  return letters.length > MAX_TITLE ? `${letters.slice(0, MAX_TITLE).join('')}…` : line;
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : '';
  });
}
