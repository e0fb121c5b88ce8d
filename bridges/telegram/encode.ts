import type { MessageEntity } from 'grammy/types';
import { assertNever, type Rich, type RichNode } from '../../core/domain/content.ts';

/** Text as Telegram takes it: no markup in it, formatting beside it. */
export interface Encoded {
  readonly text: string;
  readonly entities: MessageEntity[];
}

/** Telegram heeds no more. */
const MAX_ENTITIES = 100;

const STYLES = ['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'blockquote'] as const;

type Style = Kind & { readonly offset: number; readonly length: number };

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A tree as text and entities. No name in it becomes a mention: the `@` in front of it is its full-width twin, which is
 * as long. Code holds no formatting and stands in none, as Telegram demands.
 */
export function encodeRich(rich: Rich): Encoded {
  const out: Draft = { text: '', styles: [], codes: [] };
  add(rich, out, false);
  const codes = out.codes.map(spanOf);
  const quotes = out.styles.filter(({ type }) => type === 'blockquote').map(spanOf);
  const entities = [...out.styles.flatMap((style) => around(style, codes, quotes)), ...out.codes]
    .toSorted((a, b) => a.offset - b.offset || b.length - a.length)
    .slice(0, MAX_ENTITIES);
  return { text: tame(out.text, codes), entities };
}

/** The same text bare, for when Telegram does not like the entities. */
export function bare({ text }: Encoded): Encoded {
  return { text: tame(text, []), entities: [] };
}

function spanOf({ offset, length }: { readonly offset: number; readonly length: number }): Span {
  return { start: offset, end: offset + length };
}

interface Draft {
  text: string;
  readonly styles: Style[];
  readonly codes: MessageEntity[];
}

function add(rich: Rich, out: Draft, isQuoted: boolean): void {
  for (const node of rich) addNode(node, out, isQuoted);
}

function addNode(node: RichNode, out: Draft, isQuoted: boolean): void {
  switch (node.t) {
    case 'text':
      out.text += node.text;
      break;
    case 'code':
      addCode(node.text, { type: 'code' }, out);
      break;
    case 'pre':
      addCode(node.text, { type: 'pre', ...(node.language !== null && { language: node.language }) }, out);
      break;
    case 'mention':
      out.text += `@${node.name}`;
      break;
    case 'channel':
      out.text += `#${node.name}`;
      break;
    case 'emoji':
      out.text += `:${node.name}:`;
      break;
    case 'bold':
    case 'italic':
    case 'underline':
    case 'spoiler':
      addStyled(node.children, { type: node.t }, out, isQuoted);
      break;
    case 'strike':
      addStyled(node.children, { type: 'strikethrough' }, out, isQuoted);
      break;
    case 'quote':
      // Quotations do not nest.
      addStyled(node.children, isQuoted ? null : { type: 'blockquote' }, out, true);
      break;
    case 'link':
      addStyled(node.children, isWebUrl(node.url) ? { type: 'text_link', url: node.url } : null, out, isQuoted);
      break;
    default:
      assertNever(node);
  }
}

type Kind = { readonly type: (typeof STYLES)[number] } | { readonly type: 'text_link'; readonly url: string };
type CodeKind = { readonly type: 'code' } | { readonly type: 'pre'; readonly language?: string };

function addCode(text: string, kind: CodeKind, out: Draft): void {
  if (text !== '') out.codes.push({ ...kind, offset: out.text.length, length: text.length });
  out.text += text;
}

/** @param kind null: no formatting of its own */
function addStyled(children: Rich, kind: Kind | null, out: Draft, isQuoted: boolean): void {
  const offset = out.text.length;
  const place = out.styles.length;
  add(children, out, isQuoted);
  const length = out.text.length - offset;
  // In front of what stands within it: of two of the same extent the outer one comes first.
  if (length > 0 && kind !== null) out.styles.splice(place, 0, { ...kind, offset, length });
}

/** The pieces of a style that are outside of code, none of them partly in a quotation. A quotation may hold code. */
function around(style: Style, codes: readonly Span[], quotes: readonly Span[]): readonly MessageEntity[] {
  if (style.type === 'blockquote') return [style];
  const end = style.offset + style.length;
  const edges = [...codes, ...quotes].flatMap((span) => [span.start, span.end]);
  const cuts = [...new Set([...edges.filter((at) => style.offset < at && at < end), end])].toSorted((a, b) => a - b);
  const pieces: MessageEntity[] = [];
  let at = style.offset;
  for (const cut of cuts) {
    const from = at;
    at = cut;
    if (!codes.some((code) => code.start <= from && from < code.end)) {
      pieces.push({ ...style, offset: from, length: cut - from });
    }
  }
  return pieces;
}

/** A link to `tg://user` would be a mention; a name in front of the host could pretend to be another address. */
function isWebUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.hostname !== '';
}

/** Addresses such as `https://example.com/@ann`: what Telegram takes as one address holds no mention. */
const WEB_ADDRESS = /\bhttps?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}(?::\d+)?(?:\/[\w~%.:?=&#+@-]+)*/gi;

/** Telegram finds mentions by itself in any text that is not code. */
function tame(text: string, codes: readonly Span[]): string {
  if (!text.includes('@')) return text;
  const addresses = [...text.matchAll(WEB_ADDRESS)].map(({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
  }));
  const isWithin = (spans: readonly Span[], at: number): boolean =>
    spans.some(({ start, end }) => start <= at && at < end);
  return text.replace(/(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])/g, (found, at: number) => {
    const isPath = text[at - 1] === '/' && isWithin(addresses, at);
    return isPath || isWithin(codes, at) ? found : '\uff20';
  });
}
