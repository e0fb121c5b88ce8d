import { plainText, type Rich, type RichNode } from '../../core/domain/content.ts';

/** Parts two characters that would mean something together; it takes no room. */
export const BREAK = '\u200b';
/** What Discord takes in one message. */
export const MAX_CONTENT = 2_000;
/** What the hub is told to keep to, so that there is room for what escaping adds. */
export const MAX_TEXT = 1_900;

/** The custom emoji of this name that can be used here, as it is written: `<:name:1>`. */
export type EmojiOf = (name: string) => string | null;

const NO_EMOJI: EmojiOf = () => null;

/**
 * A rich tree as the text of a post: nothing in it can ping, and only what is formatted in the tree is shown formatted.
 * Where markup makes it too long, it goes without; where even escaping does, with look-alikes of the same length.
 * @returns at most 2,000 UTF-16 units
 */
export function encodeRich(rich: Rich, emojiOf: EmojiOf = NO_EMOJI, limit: number = MAX_CONTENT): string {
  const full = shown(rich, emojiOf);
  if (full.length <= limit) return full;
  const plain = plainText(rich);
  const escaped = escapeText(plain, true);
  if (escaped.length <= limit) return escaped;
  return cutWhole(
    plain.replace(/[\\*_~|`<>@#[\]-]/g, (sign) => TWINS[sign] ?? sign),
    limit,
  );
}

/** Outside of brackets, where it goes on as far as it can. */
const ENDS_WITH_URL = /(?<![<\p{L}\p{N}_])https?:\/\/[^\s<>]+$/u;

const TWINS: Readonly<Record<string, string>> = {
  '\\': '\uff3c',
  '*': '\uff0a',
  _: '\uff3f',
  '~': '\uff5e',
  '|': '\uff5c',
  '`': '\uff40',
  '<': '\uff1c',
  '>': '\uff1e',
  '@': '\uff20',
  '#': '\uff03',
  '[': '\uff3b',
  ']': '\uff3d',
  '-': '\u2010',
};

function shown(rich: Rich, emojiOf: EmojiOf): string {
  let out = '';
  for (const [index, node] of rich.entries())
    out = join(out, encodeNode(node, emojiOf), isBlock(rich[index - 1]), node);
  return out;
}

/** Blocks stand on lines of their own; two marks side by side must not become one. */
function join(out: string, piece: string, isAfterBlock: boolean, node: RichNode): string {
  if (piece === '' || out === '') return out + piece;
  if (isAfterBlock || isBlock(node)) {
    const needed = out.endsWith('\n') || (isAfterBlock && piece.startsWith('\n') && !isBlock(node));
    return needed ? out + piece : `${out}\n${piece}`;
  }
  // What follows a bare address at once would become a part of it; behind a word it is none.
  if (ENDS_WITH_URL.test(out) && !/^[\s<]/.test(piece)) return `${out} ${piece}`;
  if (/[\p{L}\p{N}_]$/u.test(out) && /^https?:\/\//.test(piece)) return `${out} ${piece}`;
  const last = out.at(-1) ?? '';
  return '*_~|`'.includes(last) && piece.startsWith(last) ? out + BREAK + piece : out + piece;
}

/** A mark around a block does not hold, so whatever holds a block stands like one. */
function isBlock(node: RichNode | undefined): boolean {
  if (node === undefined || node.t === 'link') return false;
  return node.t === 'quote' || node.t === 'pre' || ('children' in node && node.children.some(isBlock));
}

function encodeNode(node: RichNode, emojiOf: EmojiOf): string {
  switch (node.t) {
    case 'text':
      return escapeText(node.text, true);
    case 'bold':
      return wrap('**', node.children, emojiOf);
    case 'italic':
      return wrap('*', node.children, emojiOf);
    case 'underline':
      return wrap('__', node.children, emojiOf);
    case 'strike':
      return wrap('~~', node.children, emojiOf);
    case 'spoiler':
      return wrap('||', node.children, emojiOf);
    case 'quote':
      return shown(node.children, emojiOf)
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n');
    case 'code':
      return inlineCode(node.text);
    case 'pre':
      return fence(node.text, node.language);
    case 'link':
      return link(node.url, plainText(node.children));
    case 'mention':
      return `@${BREAK}${escapeText(node.name, false)}`;
    case 'channel':
      return `\\#${escapeText(node.name, false)}`;
    case 'emoji':
      return emojiOf(node.name) ?? escapeText(`:${node.name}:`, false);
    default:
      return node satisfies never;
  }
}

/** Blanks at the edges go outside, for a mark beside a blank is none. */
function wrap(mark: string, children: Rich, emojiOf: EmojiOf): string {
  const inner = shown(children, emojiOf);
  if (inner.trim() === '' || children.some(isBlock)) return inner;
  const body = inner.trim().replace(ENDS_WITH_URL, '<$&>');
  const from = inner.length - inner.trimStart().length;
  const sign = mark.slice(0, 1);
  const left = body.startsWith(sign) ? BREAK : '';
  const right = body.endsWith(sign) || body.endsWith('\\') ? BREAK : '';
  return `${inner.slice(0, from)}${mark}${left}${body}${right}${mark}${inner.slice(inner.trimEnd().length)}`;
}

function inlineCode(text: string): string {
  if (text.trim() === '') return text;
  // A line break in it would let the next line begin a quote or a heading.
  const safe = withoutPings(text.replace(/\s*[\r\n]+\s*/g, ' ').trim());
  if (!safe.includes('`')) return `\`${safe}\``;
  const inner = safe.replaceAll('``', `\`${BREAK}\``).replaceAll('``', `\`${BREAK}\``);
  return `\`\`${inner.startsWith('`') ? ' ' : ''}${inner}${inner.endsWith('`') ? ' ' : ''}\`\``;
}

/** Three backticks in a row would end it. */
function fence(text: string, language: string | null): string {
  if (text.trim() === '') return text;
  const head = language !== null && /^[A-Za-z0-9_+.#-]{1,20}$/.test(language) ? language : '';
  const inner = withoutPings(text).replaceAll('``', `\`${BREAK}\``).replaceAll('``', `\`${BREAK}\``);
  return `\`\`\`${head}\n${inner}\n\`\`\``;
}

const BARE_URL = /(?<![\p{L}\p{N}_])https?:\/\/[^\s<>`]+/gu;
const AFTER_URL = /[.,:;"'\])!?*_~|`\\]+$/;
const MAX_AFTER = 20;
const HARMLESS_AFTER = /^[.,:;"'!?)]{0,19}(?:\s|$)/;

function link(url: string, label: string): string {
  const safe = safeUrl(url);
  if (safe === null) return escapeText(label, false);
  const shownUrl = label.trim();
  if (shownUrl === '' || shownUrl === url || shownUrl === safe) return safe;
  // Discord shows no label that holds an address of its own, for it might lie.
  if (/https?:|discord\.gg|www\./i.test(label)) return `${escapeText(label, false)} (${safe})`;
  return `[${escapeText(label.replace(/\s+/gu, ' '), false)}](<${safe}>)`;
}

/** An address that ends nowhere before its end, and holds no sign that ends markup around it. */
function safeUrl(url: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return null;
  return parsed.href.replace(/[<>()*|`\\\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Signs that a backslash takes the meaning from; a line may also begin with one of `LINE_START`. */
const SIGNS = /[\\*_~|`<[\]]/g;
const LINE_START = /^([ \t]*)(>|#|-|\+|\d{1,9}[.)](?=\s))/gm;

/** Text that shows as it is. Bare addresses in it keep working: nothing in them is read as a mark. */
function escapeText(text: string, keepsLinks: boolean): string {
  if (!keepsLinks || !text.includes('://')) return escapePlain(text);
  let out = '';
  let at = 0;
  for (const found of text.matchAll(BARE_URL)) {
    const url = found[0].replace(AFTER_URL, '');
    const end = found.index + url.length;
    // A name before an `@` pretends to be the host: such an address is no link.
    if ((URL.parse(url)?.username ?? '@') !== '') continue;
    // What follows at once, and is not set off by itself, would become a part of the address.
    const isSetOff = HARMLESS_AFTER.test(text.slice(end, end + MAX_AFTER));
    out += escapePlain(text.slice(at, found.index)) + (isSetOff ? withoutPings(url) : `<${withoutPings(url)}>`);
    at = end;
  }
  return out + escapePlain(text.slice(at));
}

function escapePlain(text: string): string {
  return withoutPings(
    text
      .replace(SIGNS, '\\$&')
      .replace(LINE_START, (_, blank: string, sign: string) =>
        /\d/.test(sign) ? `${blank}${sign.slice(0, -1)}\\${sign.slice(-1)}` : `${blank}\\${sign}`,
      )
      // What is no address here must be none on Discord, which takes backslashes for a part of it.
      .replace(/https?:(?=\/\/)/gi, `$&${BREAK}`),
  );
}

/** No tag and no call to everybody is left whole, whatever stands around it. */
function withoutPings(text: string): string {
  return text.replace(/<(?=[@#:/]|a:|t:|id:)/g, `<${BREAK}`).replace(/@(?=everyone|here|[!&]?\d)/gi, `@${BREAK}`);
}

/** Cuts at a whole code point. */
function cutWhole(text: string, utf16: number): string {
  if (text.length <= utf16) return text;
  const last = text.charCodeAt(utf16 - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? utf16 - 1 : utf16);
}
