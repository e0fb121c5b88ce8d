import type { ChannelId, UserId } from './ids.ts';

/** A neutral rich-text tree. Bridges decode into it and encode from it; nothing in it is ever HTML. */
export type RichNode =
  | { readonly t: 'text'; readonly text: string }
  | { readonly t: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler' | 'quote'; readonly children: Rich }
  | { readonly t: 'code'; readonly text: string }
  | { readonly t: 'pre'; readonly text: string; readonly language: string | null }
  | { readonly t: 'link'; readonly url: string; readonly children: Rich }
  /** `user` is null for somebody the hub does not know. `name` is shown without the `@`. */
  | { readonly t: 'mention'; readonly user: UserId | null; readonly name: string }
  | { readonly t: 'channel'; readonly channel: ChannelId; readonly name: string }
  /** A custom emoji or emote; `url` is a picture re-hosted by the hub, or null where there is none yet. */
  | { readonly t: 'emoji'; readonly name: string; readonly url: string | null };
export type Rich = readonly RichNode[];

export interface Attachment {
  /** Re-hosted by the hub; unguessable. */
  readonly url: string;
  readonly name: string;
  /** Sniffed, such as `image/png`. */
  readonly mediaType: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly alt: string | null;
  /** Covered until somebody wants to see it, wherever it is shown. */
  readonly isSpoiler: boolean;
  /** Of a picture: names its bytes, the same wherever it is posted again. */
  readonly picture?: string;
  /** What a moderator has said of the picture. Absent: nothing. */
  readonly mark?: 'safe' | 'nsfw';
  /** Marked `nsfw`, and covered by its author already. */
  readonly isOwnCover?: true;
  /** Nobody has looked at the picture yet: covered in the native client, by the settings of the channel. */
  readonly isBlurred?: true;
}

export interface Content {
  readonly rich: Rich;
  readonly attachments: readonly Attachment[];
}

export const EMPTY_CONTENT: Content = { rich: [], attachments: [] };

/** The bounds that `normalize` clamps to, for every platform. */
export const MAX_TEXT_UTF16 = 4_000;
export const MAX_RICH_DEPTH = 8;
export const MAX_RICH_NODES = 500;
export const MAX_ATTACHMENTS = 10;
export const MAX_QUOTE_UTF16 = 120;

/** Content of plain text alone. */
export function textContent(text: string): Content {
  return { rich: text === '' ? [] : [{ t: 'text', text }], attachments: [] };
}

/** The tree as one string without markup: what search, rules, notifications and screen readers use. */
export function plainText(rich: Rich): string {
  return rich.map(nodeText).join('');
}

function nodeText(node: RichNode): string {
  switch (node.t) {
    case 'text':
    case 'code':
    case 'pre':
      return node.text;
    case 'mention':
      return `@${node.name}`;
    case 'channel':
      return `#${node.name}`;
    case 'emoji':
      return `:${node.name}:`;
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
    case 'quote':
    case 'link':
      return plainText(node.children);
    default:
      return assertNever(node);
  }
}

/** What a reply shows of it: one line of at most 120 characters; names of files where there is no text. */
export function quoteText({ rich, attachments }: Content): string {
  const line = plainText(rich).replace(/\s+/gu, ' ').trim();
  return cutAt(line === '' ? attachments.map(({ name }) => name).join(', ') : line, MAX_QUOTE_UTF16);
}

/** Cuts at a whole code point. */
export function cutAt(text: string, utf16: number): string {
  if (text.length <= utf16) return text;
  const last = text.charCodeAt(utf16 - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? utf16 - 1 : utf16);
}

/** For the end of an exhaustive switch: a new kind fails to compile. */
export function assertNever(value: never): never {
  throw new Error(`unexpected kind: ${JSON.stringify(value)}`);
}
