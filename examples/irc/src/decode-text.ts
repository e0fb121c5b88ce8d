import type { Rich, RichNode } from 'slipmat-hub/plugin';

/** Control characters that switch formatting on and off: https://modern.ircdocs.horse/formatting */
const CODES = {
  '\x02': 'bold',
  '\x1d': 'italic',
  '\x1f': 'underline',
  '\x1e': 'strike',
  '\x11': 'code',
  // here: what has the colour of its ground begins or ends
  '\x03': 'spoiler',
} as const;
type Style = (typeof CODES)[keyof typeof CODES];
const ORDER = ['spoiler', 'bold', 'italic', 'underline', 'strike'] as const;

/** Whatever colour the reader has set. */
const DEFAULT = 99;
const COLOUR = /\x03(?:(\d{1,2})(?:,(\d{1,2}))?)?|\x0f/g;
/** Colour in another form, reverse and what else has no meaning in a text. */
const DROPPED = /\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\0\x01\x05-\x0e\x10\x12-\x1c\x7f]/g;
const LINK = /\bhttps?:\/\/[^\s<>"]+/gi;
const PIECES = /([\x02\x03\x0f\x11\x1d-\x1f])/;

/** Text of IRC as a tree; colours are dropped, but what nobody can see in them is covered. */
export function decodeText(text: string): Rich {
  const on = new Set<Style>();
  const nodes: RichNode[] = [];
  for (const piece of withCovers(text).replace(DROPPED, '').split(PIECES)) {
    if (piece === '\x0f') on.clear();
    else if (isCode(piece)) toggle(on, CODES[piece]);
    else if (on.has('code') && piece !== '') nodes.push(styled({ t: 'code', text: piece }, on));
    else nodes.push(...linked(piece).map((node) => styled(node, on)));
  }
  return nodes;
}

/** Colours are gone but for one sign where a cover begins or ends. */
function withCovers(text: string): string {
  let ground: string | null = null;
  let isCovered = false;
  return text.replace(COLOUR, (code: string, ink?: string, under?: string) => {
    ground = ink === undefined ? null : (under ?? ground);
    const isNow = ground !== null && Number(ink) === Number(ground) && Number(ink) !== DEFAULT;
    const isChange = isNow !== isCovered;
    isCovered = isNow;
    if (code === '\x0f') return code;
    return isChange ? '\x03' : '';
  });
}

/** The text alone. */
export function stripText(text: string): string {
  return text
    .replace(COLOUR, '')
    .replace(DROPPED, '')
    .replace(/[\x02\x0f\x11\x1d-\x1f]/g, '');
}

function isCode(piece: string): piece is keyof typeof CODES {
  return Object.hasOwn(CODES, piece);
}

function toggle(on: Set<Style>, style: Style): void {
  if (!on.delete(style)) on.add(style);
}

function styled(inner: RichNode, on: ReadonlySet<Style>): RichNode {
  return ORDER.filter((style) => on.has(style)).reduceRight<RichNode>((node, t) => ({ t, children: [node] }), inner);
}

/** A text with its links, which end before the marks that end a sentence, and before a bracket that they do not open. */
function linked(text: string): Rich {
  const nodes: RichNode[] = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const url = found.includes('(') ? found.replace(/[.,;:!?'"]+$/, '') : found.replace(/[.,;:!?'")\]]+$/, '');
    if (!URL.canParse(url)) continue;
    if (index > done) nodes.push({ t: 'text', text: text.slice(done, index) });
    nodes.push({ t: 'link', url, children: [{ t: 'text', text: url }] });
    done = index + url.length;
  }
  return done === text.length ? nodes : [...nodes, { t: 'text', text: text.slice(done) }];
}
