import { LinkifyIt } from 'linkify-it';
import tlds from 'tlds' with { type: 'json' };

/** Endings that people write as file names far more often than as hosts. */
const FILE_ENDINGS: ReadonlySet<string> = new Set(['md', 'ts', 'zip', 'mov', 'py', 'sh']);
/** Closing markup that the finder takes for a part of the address. */
const MARKUP_AT_END = /[*_~|\\]+$/;
const MAX_URL = 2_048;

const finder = new LinkifyIt()
  .set({ fuzzyLink: true, fuzzyEmail: false, maxLength: MAX_URL })
  .tlds(tlds.filter((tld) => !FILE_ENDINGS.has(tld)));

/** A web address in a text, from `start` up to `end`. */
export interface FoundLink {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** Every address has a dot or a colon within. Most texts have none, and the finder takes long to say so. */
const MAYBE_LINK = /\S[.:]\S/;

/** Web addresses in a text, in order, not overlapping. Only http and https, never one with a name before an `@`. */
export function findLinks(text: string): readonly FoundLink[] {
  const links: FoundLink[] = [];
  if (!MAYBE_LINK.test(text)) return links;
  for (const match of finder.match(text) ?? []) {
    if (match.schema !== 'http:' && match.schema !== 'https:' && match.schema !== '') continue;
    const shown = match.raw.replace(MARKUP_AT_END, '');
    const url = webUrl(match.schema === '' ? `https://${shown}` : shown);
    if (url !== null && text[match.lastIndex] !== '@')
      links.push({ start: match.index, end: match.index + shown.length, url });
  }
  return links;
}

function webUrl(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  return url.username === '' && url.password === '' && url.href.length <= MAX_URL ? url.href : null;
}
