/*
 * How Discord shows a text, written apart from the bridge's own reading of it: what is left when the marks are gone,
 * which pieces are formatted, and who is named.
 */

export interface Shown {
  readonly text: string;
  /** Pieces under a mark, in code, or behind a label. Bare links apart. */
  readonly formatted: readonly string[];
}

const RULES: readonly (readonly [RegExp, (found: RegExpExecArray) => Piece])[] = [
  [/^```(?:[A-Za-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```/, (found) => code(found[1] ?? '')],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, (found) => code((found[2] ?? '').replace(/^ (?= *`)|(` *) $/g, '$1'))],
  [/^\\([^0-9A-Za-z\s])/, (found) => plain(found[1] ?? '')],
  [/^<(https?:\/\/[^\s<>]+)>/, (found) => plain(found[1] ?? '')],
  [/^https?:\/\/[^\s<]+[^<.,:;"'\]\s]/, (found) => plain(found[0])],
  [/^\[([^[\]\n]+)\]\(<?(https?:\/\/[^\s<>)]+)>?\)/, (found) => marked(found[1] ?? '')],
  [/^<(?:@[!&]?|#)\d+>/, (found) => ({ text: found[0], formatted: [found[0]] })],
  [/^<a?:\w+:\d+>/, (found) => ({ text: found[0], formatted: [found[0]] })],
  [/^<t:-?\d+(?::\w)?>/, (found) => ({ text: found[0], formatted: [found[0]] })],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, (found) => marked(found[1] ?? '')],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, (found) => marked(found[1] ?? '')],
  [/^~~((?:\\[\s\S]|[^\\])+?)~~(?!_)/, (found) => marked(found[1] ?? '')],
  [/^\|\|((?:\\[\s\S]|[^\\])+?)\|\|/, (found) => marked(found[1] ?? '')],
  [/^\*(?=\S)((?:\\[\s\S]|\*\*|\s+(?:\\[\s\S]|[^\\*\s]|\*\*)|[^\s*\\])+?)\*(?!\*)/, (found) => marked(found[1] ?? '')],
  [/^_((?:__|\\[\s\S]|[^\\_])+?)_(?![\p{L}\p{N}_])/u, (found) => marked(found[1] ?? '')],
];
/** Marks at the beginning of a line. */
const LINE_MARKS: readonly RegExp[] = [/^(?:>>> |> )/, /^#{1,3} +(?=\S)/, /^-# +(?=\S)/, /^ *[-*] (?=\S)/];

interface Piece {
  readonly text: string;
  readonly formatted: readonly string[];
}

export function shown(content: string): Shown {
  const { text, formatted } = inline(content, true);
  return { text: text.replaceAll('\u200b', ''), formatted };
}

/** Whom the text calls, by what the post allows. */
export function pingsIn(content: string, allowed: { readonly parse?: readonly string[] } | null): readonly string[] {
  const parse = allowed?.parse ?? ['everyone', 'users', 'roles'];
  return [
    ...(parse.includes('everyone') ? (content.match(/@(?:everyone|here)/g) ?? []) : []),
    ...(parse.includes('users') ? (content.match(/<@!?\d+>/g) ?? []) : []),
    ...(parse.includes('roles') ? (content.match(/<@&\d+>/g) ?? []) : []),
  ];
}

function inline(content: string, isTop: boolean): Piece {
  let text = '';
  const formatted: string[] = [];
  let at = 0;
  while (at < content.length) {
    if (isTop && (at === 0 || content[at - 1] === '\n')) {
      const mark = LINE_MARKS.map((rule) => rule.exec(content.slice(at))?.[0]).find((one) => one !== undefined);
      if (mark !== undefined) {
        formatted.push(content.slice(at).split('\n', 1)[0] ?? '');
        at += mark.length;
        continue;
      }
    }
    const piece = pieceAt(content, at);
    text += piece.text;
    formatted.push(...piece.formatted);
    at += piece.length;
  }
  return { text, formatted };
}

function pieceAt(content: string, at: number): Piece & { readonly length: number } {
  const rest = content.slice(at);
  const isInWord = /[\p{L}\p{N}_]$/u.test(content.slice(0, at));
  for (const [rule, read] of RULES) {
    if (isInWord && rest.startsWith('_') && !rest.startsWith('__')) continue;
    const found = rule.exec(rest);
    if (found !== null) return { ...read(found), length: found[0].length };
  }
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return { text: character, formatted: [], length: character.length };
}

function plain(text: string): Piece {
  return { text, formatted: [] };
}

function code(text: string): Piece {
  return { text, formatted: [text] };
}

function marked(content: string): Piece {
  const inner = inline(content, false);
  return { text: inner.text, formatted: [inner.text, ...inner.formatted] };
}
