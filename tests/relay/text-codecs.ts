import { encodeRich as encodeDiscord } from '../../bridges/discord/encode.ts';
import { parseMarkup as decodeDiscord } from '../../bridges/discord/markup.ts';
import { decodeHtml } from '../../bridges/matrix/decode-html.ts';
import { encodeRich as encodeMatrix, MAX_TEXT as MATRIX_TEXT } from '../../bridges/matrix/encode.ts';
import { markupText } from '../../bridges/slipmat/markup-text.ts';
import { decodeText as decodeTelegram } from '../../bridges/telegram/decode-text.ts';
import { bare, encodeRich as encodeTelegram } from '../../bridges/telegram/encode.ts';
import { withEmotes } from '../../bridges/twitch/emotes.ts';
import { encodeText as encodeTwitch } from '../../bridges/twitch/encode.ts';
import { MAX_TEXT_UTF16, plainText, type Rich, type RichNode } from '../../core/domain/content.ts';
import { parseMarkup as decodeSlipmat } from '../../core/plugin/markup/parse.ts';
import type { PostLimits } from '../../core/relay/compose.ts';
import { decodeText as decodeIrc, stripText } from '../../examples/irc/src/decode-text.ts';
import { byteLength, encodeText as encodeIrc } from '../../examples/irc/src/encode-text.ts';
import { encode as encodeJukebox } from '../../examples/jukebox/src/encode.ts';

/** What became of one part of a message on its way to a platform. */
export interface Sent {
  /** As the platform reads it. */
  readonly seen: Rich;
  /** What is to be seen, where it is not the part as it stands. */
  readonly meant?: Rich;
  /** What would do something there: a ping, a second line, a command. */
  readonly faults: readonly string[];
}

/** How a bridge writes and reads texts. */
export interface TextCodec {
  readonly name: string;
  readonly limits: PostLimits;
  encode(part: Rich): Sent;
  /** Reads what somebody typed there. */
  decode(text: string): Rich;
}

const LIMITS: PostLimits = {
  text: 1_000,
  caption: 1_000,
  unit: 'utf16',
  speaker: 'prefix',
  reply: false,
  idempotent: false,
  takesSentAt: false,
  maxMedia: 0,
  maxMediaBytes: 0,
  spoiler: false,
};
const limits = (text: number, unit: PostLimits['unit'] = 'utf16'): PostLimits => ({
  ...LIMITS,
  text,
  caption: text,
  unit,
});
const plain = (text: string): Rich => [{ t: 'text', text }];
const faultsIn = (text: string, faults: Readonly<Record<string, RegExp>>): readonly string[] =>
  Object.entries(faults).flatMap(([fault, pattern]) =>
    pattern.test(text) ? [`${fault}: ${pattern.exec(text)?.[0]}`] : [],
  );
/** Within an address nobody is called. */
const withoutAddresses = (text: string): string => text.replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, '');
const tooLong = (size: number, most: number): readonly string[] => (size > most ? [`too long: ${size}`] : []);

const NOBODY = { user: () => null, role: () => null, channel: () => null };
const discord: TextCodec = {
  name: 'Discord',
  limits: { ...limits(1_900), speaker: 'native' },
  encode(part) {
    const text = encodeDiscord(part);
    const pings = { everyone: /@(everyone|here)/i, tag: /<[@#][!&]?\d+>/, command: /<\/[^:>]+:\d+>/ };
    return {
      seen: decodeDiscord(text, NOBODY),
      faults: [...faultsIn(withoutAddresses(text), pings), ...tooLong(text.length, 2_000)],
    };
  },
  decode: (text) => decodeDiscord(text, NOBODY),
};

const telegram: TextCodec = {
  name: 'Telegram',
  limits: limits(4_096),
  encode(part) {
    const encoded = encodeTelegram(part);
    const { text, entities } = encoded;
    const spans = entities.map(({ type, offset, length }) => ({ type, from: offset, to: offset + length }));
    const isCode = (at: number): boolean =>
      spans.some(({ type, from, to }) => (type === 'code' || type === 'pre') && from <= at && at < to);
    const faults = [
      ...spans.flatMap(({ type, from, to }) =>
        from < 0 || to <= from || to > text.length ? [`${type} out of the text`] : [],
      ),
      ...spans.flatMap(({ type }) => (/mention|command/.test(type) ? [type] : [])),
      ...entities.flatMap((one) => (one.type === 'text_link' && !/^https?:/.test(one.url) ? [one.url] : [])),
      ...[...text.matchAll(/(?<![\w/])@\w+/g)].flatMap(({ index, 0: found }) => (isCode(index) ? [] : [found])),
      ...faultsIn(bare(encoded).text, { bare: /(?<![\w/])@\w+/ }),
      ...tooLong(text.length, 4_096),
    ];
    return { seen: decodeTelegram(text, entities), faults };
  },
  decode: (text) => decodeTelegram(text, []),
};

const twitch: TextCodec = {
  name: 'Twitch',
  limits: limits(500, 'code-point'),
  encode(part) {
    const text = encodeTwitch(part);
    const faults = { everyone: /@(everyone|here|all|room|channel)\b/i, command: /^[/.\\]/, line: /[\r\n\0]/ };
    return { seen: plain(text), faults: [...faultsIn(text, faults), ...tooLong([...text].length, 500)] };
  },
  decode: (text) => withEmotes(text, ''),
};

const matrix: TextCodec = {
  name: 'Matrix',
  limits: { ...limits(MATRIX_TEXT), speaker: 'native' },
  encode(part) {
    const encoded = encodeMatrix(part);
    const html = encoded.formatted_body;
    const faults = { pill: /href="(?!https?:)|matrix\.to/i, script: /<(?:script|img|iframe)/i };
    return {
      seen: html === undefined ? plain(encoded.body) : decodeHtml(html, { linked: () => null }),
      faults: [...faultsIn(html ?? '', faults), ...tooLong(byteLength(JSON.stringify(encoded)), 60_000)],
    };
  },
  decode: (text) => decodeHtml(text, { linked: () => null }),
};

const IRC_BYTES = 400;
const irc: TextCodec = {
  name: 'IRC',
  limits: limits(IRC_BYTES, 'byte'),
  encode(part) {
    const lines = encodeIrc(part, { bytes: IRC_BYTES, nicks: new Set(['ann']) });
    const shown = lines.map((line) => withoutAddresses(stripText(line)));
    return {
      seen: lines.flatMap((line) => decodeIrc(line)),
      faults: [
        ...lines.flatMap((line) => faultsIn(line, { line: /[\r\n\0]/ })),
        ...shown.flatMap((line) => faultsIn(line, { nick: /(?<![\p{L}\p{N}])ann(?![\p{L}\p{N}])/iu })),
        ...lines.flatMap((line) => tooLong(byteLength(line), IRC_BYTES)),
      ],
    };
  },
  decode: decodeIrc,
};

/** What is put into the field when a message is edited. Its author sees it before it is sent, so its words alone are held. */
const slipmat: TextCodec = {
  name: 'Slipmat',
  limits: { ...limits(MAX_TEXT_UTF16), speaker: 'native' },
  encode(part) {
    const text = markupText(part);
    const meant = withTrueAddresses(part);
    const seen = text.length > MAX_TEXT_UTF16 ? meant : decodeSlipmat(text);
    return { seen: plain(plainText(seen)), meant, faults: [] };
  },
  decode: decodeSlipmat,
};

/** A link whose words pretend to be another address stands as where it leads. */
function withTrueAddresses(rich: Rich): Rich {
  return rich.map((node): RichNode => {
    if (!('children' in node)) return node;
    const isAddress = node.t === 'link' && plainText(node.children).startsWith('http');
    return { ...node, children: isAddress ? plain(node.url) : withTrueAddresses(node.children) };
  });
}

const jukebox: TextCodec = {
  name: 'Jukebox',
  limits: limits(280, 'code-point'),
  encode(part) {
    const text = encodeJukebox(part);
    return { seen: jukeboxShows(text), faults: faultsIn(text, { ping: /@/, line: /[\r\n]/ }) };
  },
  decode: plain,
};

/** As its documents say: bold between asterisks, a backslash takes the meaning of what follows. */
function jukeboxShows(text: string): Rich {
  return text.split(/((?<!\\)(?:\\\\)*\*(?:\\.|[^\\*])*\*)/su).map((piece, index) => {
    const inner = plain(piece.replace(/\\(.)|\*/gsu, '$1'));
    return index % 2 === 1 ? { t: 'bold', children: inner } : { t: 'text', text: piece.replace(/\\(.)/gsu, '$1') };
  });
}

/** A bridge adds one line. */
export const textCodecs: readonly TextCodec[] = [discord, telegram, twitch, matrix, irc, slipmat, jukebox];
