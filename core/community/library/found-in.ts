import { LinkifyIt } from 'linkify-it';
import { digestOf } from '../../async/mint.ts';
import type { Attachment, Content, Rich, RichNode } from '../../domain/content.ts';
import type { LibraryKind } from '../../domain/library.ts';
import { fileKindOf, linkKindOf, MUSIC_PLACES, musicPlaceOf } from './link-kinds.ts';
import { normalUrl } from './normal-url.ts';

/** What one message puts into the library. */
export interface FoundItem {
  readonly id: string;
  readonly kind: LibraryKind;
  readonly url: string;
  /** Null for a link. */
  readonly attachment: Attachment | null;
}

/** Of one message. */
const MOST_ITEMS = 20;
const MAX_URL = 2_048;

const finder = new LinkifyIt().set({ fuzzyLink: true, fuzzyEmail: false, maxLength: MAX_URL });

/** What may be a link or a file in the JSON of a message: others need not be looked through. */
const HOSTS = MUSIC_PLACES.flatMap(({ hosts }) => hosts).map((host) => host.replace(/^\./, '').replaceAll('.', '\\.'));
const MAYBE = new RegExp(`://|"attachments":\\[\\{|${HOSTS.join('|')}`, 'i');

export function mayHaveItems(json: string): boolean {
  return MAYBE.test(json);
}

/**
 * Links, whether their platform has marked them as such or not, and files, each once.
 * @param hashOf of the bytes behind an attachment; null: they are gone
 */
export function foundIn(content: Content, hashOf: (attachment: Attachment) => string | null): readonly FoundItem[] {
  const found = new Map<string, FoundItem>();
  for (const text of addressesIn(content.rich)) {
    const normal = normalUrl(text);
    const url = normal === null ? null : URL.parse(normal.url);
    if (normal === null || url === null) continue;
    const id = digestOf(['link', normal.key]);
    found.set(id, { id, kind: linkKindOf(url), url: normal.url, attachment: null });
  }
  for (const attachment of content.attachments) {
    const hash = hashOf(attachment);
    if (hash === null) continue;
    const id = digestOf(['file', hash]);
    found.set(id, { id, kind: fileKindOf(attachment.mediaType), url: attachment.url, attachment });
  }
  return [...found.values()].slice(0, MOST_ITEMS);
}

function addressesIn(rich: Rich): readonly string[] {
  return rich.flatMap(addressesOf);
}

function addressesOf(node: RichNode): readonly string[] {
  switch (node.t) {
    case 'link':
      return [node.url];
    case 'text':
      return writtenOut(node.text);
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
    case 'quote':
      return addressesIn(node.children);
    // what stands in code is shown, not linked
    case 'code':
    case 'pre':
    case 'mention':
    case 'channel':
    case 'emoji':
      return [];
  }
}

/** Without `https://` only where music is: other words with a dot in them are no links more often than not. */
function writtenOut(text: string): readonly string[] {
  if (!/\S[.:]\S/.test(text)) return [];
  return (finder.match(text) ?? []).flatMap(({ schema, url }) => {
    if (schema === 'http:' || schema === 'https:') return [url];
    const bare = schema === '' ? URL.parse(url.replace(/^http:/, 'https:')) : null;
    return bare !== null && musicPlaceOf(bare.hostname) !== null ? [bare.href] : [];
  });
}
