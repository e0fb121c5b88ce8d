import type { Channel } from '../domain/channel.ts';
import {
  type Attachment,
  type Content,
  cutAt,
  MAX_ATTACHMENTS,
  MAX_RICH_DEPTH,
  MAX_RICH_NODES,
  MAX_TEXT_UTF16,
  plainText,
  quoteText,
  type Rich,
  type RichNode,
} from '../domain/content.ts';
import type { EpochMs, MessageId } from '../domain/ids.ts';
import type { Author, ChatMessage, Origin, Quote } from '../domain/message.ts';
import { type Receipt, refused } from '../domain/receipt.ts';

const MAX_NAME_GRAPHEMES = 48;
/** One grapheme may be of any length: marks can be stacked without end. */
const MAX_NAME_UTF16 = 200;
/** Anything that can be seen; blanks and fillers cannot, though some of them count as letters. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u;
/** Controls but tab and line feed; the marks that turn the direction of text around, which could fake a name or a link. */
const UNWANTED = /[[\p{Cc}--[\t\n]]\u202a-\u202e\u2066-\u2069]/gv;

/** What the route knows once it is addressed. */
export interface Addressed {
  readonly channel: Channel;
  readonly author: Author;
  readonly content: Content;
  readonly replyTo: Quote | null;
  readonly origin: Origin;
}

/** Pure: clean text, bounded tree, one immutable message. */
export function normalize(addressed: Addressed, at: EpochMs, id: MessageId): ChatMessage {
  return {
    id,
    channel: addressed.channel.id,
    author: { ...addressed.author, name: cleanName(addressed.author.name) },
    content: cleanContent(addressed.content),
    replyTo: addressed.replyTo,
    sentAt: at,
    revision: 0,
    editedAt: null,
    redaction: null,
    origin: addressed.origin,
  };
}

/** Bounds text, nodes and depth, whatever the edge let through; cuts at a whole character. */
export function cleanContent(content: Content): Content {
  const budget = { utf16: MAX_TEXT_UTF16, nodes: MAX_RICH_NODES };
  return {
    rich: trimEnds(cleanRich(content.rich, budget, MAX_RICH_DEPTH)),
    attachments: content.attachments.slice(0, MAX_ATTACHMENTS).map(cleanAttachment),
  };
}

/** Whether anything is left to show. */
export function isEmpty(content: Content): boolean {
  return content.attachments.length === 0 && !VISIBLE.test(plainText(content.rich)) && !hasEmoji(content.rich);
}

/** Why somebody is told that nothing is left to show. */
export function nothingIn(asked: Content): Receipt {
  const isTakenAway = asked.attachments.length > 0;
  return isTakenAway
    ? refused('against-rules', 'A moderator has removed this picture here.')
    : refused('bad-request', 'text: there is nothing in it.');
}

/** One line, no controls, at most 48 graphemes; never empty or invisible. */
export function cleanName(name: string): string {
  const line = cutAt(cleanText(name).replace(/\s+/gu, ' ').trim(), MAX_NAME_UTF16);
  if (!VISIBLE.test(line)) return 'somebody';
  // Nothing to count in most names: no grapheme is shorter than one UTF-16 unit.
  if (line.length <= MAX_NAME_GRAPHEMES) return line;
  const cut = [...new Intl.Segmenter().segment(line)].slice(0, MAX_NAME_GRAPHEMES).map((part) => part.segment);
  return cut.join('').trim();
}

const MAX_REASON_UTF16 = 300;

/** One line that somebody gave as a reason on a platform. Null: there is nothing to be seen in it. */
export function cleanReason(reason: string | null): string | null {
  const line = cutAt(
    cleanText(reason ?? '')
      .replace(/\s+/gu, ' ')
      .trim(),
    MAX_REASON_UTF16,
  );
  return VISIBLE.test(line) ? line : null;
}

/** What stands above a reply. */
export function quoteOf(id: MessageId, name: string, content: Content): Quote {
  return { id, name, text: quoteText(content) };
}

/** A single emoji as people pick it, or the `:name:` of a custom one. */
export function isReactionEmoji(emoji: string): boolean {
  return emoji.length <= 64 && (/^\p{RGI_Emoji}$/v.test(emoji) || /^:[a-z0-9_+-]{1,60}:$/i.test(emoji));
}

type Branch = Extract<RichNode, { readonly children: Rich }>;

interface Budget {
  utf16: number;
  nodes: number;
}

function cleanRich(rich: Rich, budget: Budget, depth: number): RichNode[] {
  const kept: RichNode[] = [];
  for (const node of rich) {
    if (budget.nodes <= 0 || budget.utf16 <= 0) break;
    budget.nodes -= 1;
    const cleaned = cleanNode(node, budget, depth);
    if (cleaned !== null) kept.push(cleaned);
  }
  return kept;
}

function cleanNode(node: RichNode, budget: Budget, depth: number): RichNode | null {
  switch (node.t) {
    case 'text':
      return withText(node, take(node.text, budget));
    case 'code':
      return withText(node, take(node.text, budget));
    case 'pre':
      return withText({ ...node, language: languageOf(node.language) }, take(node.text, budget));
    case 'mention':
    case 'channel':
    case 'emoji':
      budget.utf16 -= node.name.length;
      return { ...node, name: cleanName(node.name) };
    case 'link':
      return isWebUrl(node.url)
        ? withChildren({ t: 'link', url: wholeUrl(node.url), children: honest(node) }, budget, depth)
        : flatten(node.children, budget);
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
    case 'quote':
      return withChildren(node, budget, depth);
  }
}

function withText<N extends { readonly text: string }>(node: N, text: string): N | null {
  return text === '' ? null : { ...node, text };
}

function withChildren(node: Branch, budget: Budget, depth: number): RichNode | null {
  if (depth <= 1) return flatten(node.children, budget);
  const children = cleanRich(node.children, budget, depth - 1);
  return children.length === 0 ? null : { ...node, children };
}

/** A name such as `c++`; anything else could be taken for more than that. */
function languageOf(language: string | null): string | null {
  return language !== null && /^[A-Za-z0-9+#.-]{1,20}$/.test(language) ? language : null;
}

/** A blank, quote or bracket would end the address in the middle wherever it is written out. */
function wholeUrl(url: string): string {
  const escaped = /[\s\p{Cc}<>"`|\\^{}]/u.test(url) ? (URL.parse(url)?.href ?? url) : url;
  return escaped.replace(/[<>"`|\\^{}]/g, (sign) => encodeURIComponent(sign));
}

/** A link within a link leads nowhere: its words stay. */
function unlinked(rich: Rich): Rich {
  return rich.flatMap((node): Rich => {
    if (node.t === 'link') return unlinked(node.children);
    return 'children' in node ? [{ ...node, children: unlinked(node.children) }] : [node];
  });
}

/** Words that are the address of another place would lie about where the link leads: it shows its own instead. */
function honest({ url, children }: Extract<RichNode, { t: 'link' }>): Rich {
  const to = hostOf(url);
  const isLie = addressesIn(plainText(children)).some((address) => hostOf(address) !== to);
  return isLie ? [{ t: 'text', text: wholeUrl(url) }] : unlinked(children);
}

/** Wherever they begin as an address does; without that where nothing else is said. */
function addressesIn(words: string): readonly string[] {
  const seen = words
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim();
  const marked = seen.match(/https?:\/\/[^\s/?#]+/gi) ?? [];
  return BARE_ADDRESS.test(seen) ? [...marked, `https://${seen}`] : marked;
}
const BARE_ADDRESS = /^(?:[\p{L}\p{N}_-]{1,63}\.){1,8}\p{L}{2,24}(?::\d{1,5})?(?:[/?#]\S*)?$/u;

function hostOf(url: string): string {
  return (URL.parse(url)?.hostname ?? '').replace(/^www\./, '').replace(/\.$/, '');
}

/** A tree too deep, or a link that leads nowhere safe, goes on as its text. */
function flatten(children: Rich, budget: Budget): RichNode | null {
  const text = take(plainTextBounded(children), budget);
  return text === '' ? null : { t: 'text', text };
}

function plainTextBounded(rich: Rich): string {
  return plainText(rich).slice(0, MAX_TEXT_UTF16);
}

function take(text: string, budget: Budget): string {
  const cut = cutAt(cleanText(text), budget.utf16);
  budget.utf16 -= cut.length;
  return cut;
}

function cleanText(text: string): string {
  return text.replace(/\r\n?/g, '\n').toWellFormed().normalize('NFC').replace(UNWANTED, '');
}

function trimEnds(rich: RichNode[]): RichNode[] {
  const [first] = rich;
  if (first?.t === 'text') rich[0] = { ...first, text: first.text.trimStart() };
  const last = rich.at(-1);
  if (last?.t === 'text') rich[rich.length - 1] = { ...last, text: last.text.trimEnd() };
  return rich.filter((node) => node.t !== 'text' || node.text !== '');
}

function hasEmoji(rich: Rich): boolean {
  return rich.some((node) => node.t === 'emoji' || ('children' in node && hasEmoji(node.children)));
}

function isWebUrl(url: string): boolean {
  if (url.length > 2_048) return false;
  const parsed = URL.parse(url);
  const isWeb = parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:');
  return isWeb && parsed.username === '' && parsed.password === '';
}

function cleanAttachment(attachment: Attachment): Attachment {
  return {
    ...attachment,
    name: cleanName(attachment.name),
    alt: attachment.alt === null ? null : cutAt(cleanText(attachment.alt), 1_000),
  };
}
