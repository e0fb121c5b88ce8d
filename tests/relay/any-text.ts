import fc from 'fast-check';
import type { Rich, RichNode } from '../../core/domain/content.ts';
import type { ChannelId } from '../../core/domain/ids.ts';

/** Pieces that some platform or other takes for more than text. */
const PIECES = [
  ...['@everyone', '@here', '@all', '@room', '@ann', 'ann', 'Ann', '<@123456789012345678>', '<@!123456789012345678>'],
  ...['<@&123456789012345678>', '<#123456789012345678>', '<:wave:123456789012345678>', '</ban:123456789012345678>'],
  ...['<!here>', '!here', '@', '<', '>', '<@', '&lt;', '<b>', '</b>', 'tg://user?id=1', '[a](tg://user?id=1)'],
  ...['**', '__', '*', '_', '~~', '~', '||', '|', '`', '``', '```', '```js\n', '\n```', '\\', '\\\\', '\\*'],
  ...['\n> ', '> ', '\n>>> ', '\n# ', '# ', '\n- ', '\n-# ', '\n1. ', '[', ']', '(', ')', '[a](https://e.example/)'],
  ...['https://e.example/@here?a=*b*_c_', 'https://e.example/a_(b)', 'http://e.example', 'www.e.example', ':wave:'],
  ...['\n', '\n\n', '\r\n', '\r', '\u2028', '\u0085', ' ', '   ', '\t', '/ban ann', '.timeout ann 600', '!ban ann'],
  ...[
    '\u0000',
    '\u0001ACTION',
    '\x02',
    '\x03',
    '\x0304,05',
    '\x0f',
    '\x1b[31m',
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufeff',
  ],
  ...[
    '\u202e',
    '\u2066',
    '\u2069',
    '\ud800',
    '\udc00',
    '\u{e0000}',
    '😀',
    '👨‍👩‍👧‍👦',
    '🏳️‍🌈',
    '1️⃣',
    'é',
    'e\u0301',
    'ﬀ',
    '漢字',
  ],
  ...['שלום', 'مرحبا بكم', 'नमस्ते', '[Discord] Ann: ', 'PRIVMSG #a :b', 'QUIT :bye', 'word', 'some words in a row', '0'],
];

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const short = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
/** Some of them many times the limit of any platform. */
const long = fc
  .tuple(short, fc.integer({ min: 2, max: 400 }))
  .map(([text, times]) => text.repeat(times).slice(0, 6_000));
export const anyText: fc.Arbitrary<string> = fc.oneof({ weight: 12, arbitrary: short }, { weight: 1, arbitrary: long });

const name = fc.oneof(
  fc.constantFrom('everyone', 'here', 'ann', '@here', 'a`b', '<@1>', 'x\ny', '*b*'),
  fc.string({ maxLength: 12 }),
);
const url = fc.oneof(
  fc.constantFrom(
    'https://e.example/',
    'https://e.example/@here',
    'https://e.example/a)b*c*|`',
    'tg://user?id=1',
    'javascript:alert(1)',
    'https://e.example/ @everyone\n> a',
  ),
  fc.webUrl(),
);

const { rich } = fc.letrec<{ node: RichNode; rich: Rich }>((tie) => ({
  rich: fc.array(tie('node'), { maxLength: 5, depthIdentifier: 'tree' }),
  node: fc.oneof(
    { depthIdentifier: 'tree', maxDepth: 3, withCrossShrink: true },
    { weight: 6, arbitrary: anyText.map((text): RichNode => ({ t: 'text', text })) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('bold', 'italic', 'underline', 'strike', 'spoiler', 'quote'), tie('rich'))
        .map(([t, children]): RichNode => ({ t, children })),
    },
    { weight: 1, arbitrary: short.map((text): RichNode => ({ t: 'code', text })) },
    {
      weight: 1,
      arbitrary: fc.tuple(anyText, fc.option(name)).map(([text, language]): RichNode => ({ t: 'pre', text, language })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(url, tie('rich')).map(([href, children]): RichNode => ({ t: 'link', url: href, children })),
    },
    { weight: 1, arbitrary: name.map((of): RichNode => ({ t: 'mention', user: null, name: of })) },
    { weight: 1, arbitrary: name.map((of): RichNode => ({ t: 'channel', channel: 'lobby' as ChannelId, name: of })) },
    { weight: 1, arbitrary: name.map((of): RichNode => ({ t: 'emoji', name: of, url: null })) },
  ),
}));

/** A tree of any formatting around any text. */
export const anyRich: fc.Arbitrary<Rich> = rich;
