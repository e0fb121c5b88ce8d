import { bareHost, musicPlaceOf } from './link-kinds.ts';

/** What tells who shared a link and where, and nothing of where it leads. */
const TRACKING =
  /^(?:utm_\w+|(?:fb|g|d|ms|y|tw|tt)clid|li_fat_id|gclsrc|[gw]braid|igsh(?:id)?|si|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|__hs\w+|hsctatracking|oly_(?:anon|enc)_id|vero_(?:id|conv)|ref_(?:src|url)|_ga|_gl|_openstat|wickedid|rb_clickid|s_cid|ncid|cmpid|share_id|xtor)$/i;

export interface NormalUrl {
  /** The same for every address that leads to the same place, whatever its form. */
  readonly key: string;
  /** Without what tracks; it leads where the posted one does. */
  readonly url: string;
}

/** Pure. Null: no address of the web. */
export function normalUrl(text: string): NormalUrl | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  if (url.username !== '' || url.password !== '') return null;
  const place = musicPlaceOf(url.hostname);
  for (const name of new Set(url.searchParams.keys())) {
    const isKept = place === null ? !TRACKING.test(name) : place.keeps.includes(name);
    if (!isKept) url.searchParams.delete(name);
  }
  const key = place?.same?.(url) ?? plainKey(url);
  // pages for phones are the same pages
  return { key: place === null ? key : key.replace(/^m\./, ''), url: url.href };
}

/** A page is the same with and without `www.`, encryption, a slash at its end, in whatever order its query stands. */
function plainKey(url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  query.sort();
  const port = url.port === '' ? '' : `:${url.port}`;
  const path = url.pathname.replace(/\/+$/, '');
  // pages that are made in the browser are told apart by what stands behind such a sign; else it is a place in the page
  const route = /^#!?\//.test(url.hash) ? url.hash : '';
  const asked = query.size === 0 ? '' : `?${query}`;
  return `${bareHost(url.hostname)}${port}${path}${asked}${route}`;
}
