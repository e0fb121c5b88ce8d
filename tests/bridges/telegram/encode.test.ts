import fc from 'fast-check';
import type { MessageEntity } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { bare, type Encoded, encodeRich } from '../../../bridges/telegram/encode.ts';
import { plainText, type Rich, type RichNode } from '../../../core/domain/content.ts';
import { pingedBy } from '../../fakes/telegram-chats.ts';

const pieces = fc.constantFrom(
  '@ann',
  '@',
  'ann',
  '@channel ',
  ' ',
  '\n',
  '🎧',
  '👩‍🚀',
  '\u200b',
  'שלום',
  '**b**',
  '<b>',
  '```',
  '[x](tg://user?id=1)',
  'https://example.com/@ann',
  'https://@ann',
  'a@b.org',
  '/start@Bot',
  'é',
  '_',
  '.@joe',
  'https://a.co/)@joe',
  'tg://user?id=1',
);
const text = fc.oneof(
  fc.array(pieces, { maxLength: 8 }).map((all) => all.join('')),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const url = fc.oneof(
  fc.constantFrom(
    'https://example.com/a',
    'tg://user?id=41',
    'javascript:alert(1)',
    'https://ann@example.com',
    'not a url',
    '',
  ),
  fc.webUrl(),
);
const { rich } = fc.letrec<{ rich: Rich; node: RichNode }>((tie) => ({
  rich: fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'rich' }),
  node: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'rich' },
    fc.record({ t: fc.constant('text' as const), text }),
    fc.record({ t: fc.constant('code' as const), text }),
    fc.record({ t: fc.constant('pre' as const), text, language: fc.option(fc.constantFrom('js', '')) }),
    fc.record({ t: fc.constant('mention' as const), user: fc.constant(null), name: text }),
    fc.record({ t: fc.constant('channel' as const), channel: fc.constant('lobby' as never), name: text }),
    fc.record({ t: fc.constant('emoji' as const), name: text, url: fc.constant(null) }),
    fc.record({ t: fc.constant('link' as const), url, children: tie('rich') }),
    fc.record({
      t: fc.constantFrom('bold', 'italic', 'underline', 'strike', 'spoiler', 'quote'),
      children: tie('rich'),
    }) as fc.Arbitrary<RichNode>,
  ),
}));

/** What Telegram lays down for entities. */
function problemsOf({ text: said, entities }: Encoded): readonly string[] {
  const found: string[] = [];
  const isCode = ({ type }: MessageEntity) => type === 'code' || type === 'pre';
  for (const [index, one] of entities.entries()) {
    const end = one.offset + one.length;
    if (one.length <= 0 || one.offset < 0 || end > said.length) found.push(`${one.type} leaves the text`);
    if (one.type === 'mention' || one.type === 'text_mention') found.push('a mention');
    if (one.type === 'text_link' && !/^https?:/i.test(one.url)) found.push(`a link to ${one.url}`);
    for (const other of entities.slice(index + 1)) {
      const stop = other.offset + other.length;
      const isApart = other.offset >= end || stop <= one.offset;
      const isWithin = other.offset >= one.offset && stop <= end;
      if (!isApart && !isWithin) found.push(`${one.type} and ${other.type} overlap`);
      if (!isApart && isCode(one)) found.push(`${other.type} in ${one.type}`);
      if (!isApart && isCode(other) && one.type !== 'blockquote') found.push(`${other.type} in ${one.type}`);
      if (!isApart && one.type === 'blockquote' && other.type === 'blockquote') found.push('a quotation in another');
    }
  }
  return entities.length > 100 ? [...found, 'too many'] : found;
}
const untamed = (said: string) => said.replaceAll('\uff20', '@');

describe('ten thousand trees', () => {
  it('keep their text, nest as Telegram demands, and ping nobody', () => {
    fc.assert(
      fc.property(rich, (tree) => {
        const said = encodeRich(tree);
        expect(untamed(said.text)).toBe(untamed(plainText(tree)));
        expect(problemsOf(said)).toEqual([]);
        expect(pingedBy(said)).toEqual([]);
        expect(pingedBy(bare(said))).toEqual([]);
        expect(bare(said).text).toHaveLength(said.text.length);
      }),
      { numRuns: 10_000 },
    );
  });
});

const t = (value: string): RichNode => ({ t: 'text', text: value });

it.each([
  ['a name', [{ t: 'mention', user: null, name: 'Ann' }], '＠Ann'],
  ['a name over two nodes', [t('@'), { t: 'bold', children: [t('ann')] }], '＠ann'],
  ['an address that has one in its path', [t('see https://example.com/@ann now')], 'see https://example.com/@ann now'],
  ['a letter box', [t('mail ann@example.com')], 'mail ann@example.com'],
  ['code', [{ t: 'code', text: '@Override' }], '@Override'],
] as const)('tames %s no more than it must', (_, tree, said) => {
  expect(encodeRich(tree as Rich).text).toBe(said);
});

it('splits formatting around code, and keeps a quotation whole', () => {
  const inner: Rich = [t('a '), { t: 'code', text: 'b' }, t(' c')];
  expect(encodeRich([{ t: 'bold', children: inner }]).entities).toEqual([
    { type: 'bold', offset: 0, length: 2 },
    { type: 'code', offset: 2, length: 1 },
    { type: 'bold', offset: 3, length: 2 },
  ]);
  expect(encodeRich([{ t: 'quote', children: inner }]).entities).toEqual([
    { type: 'blockquote', offset: 0, length: 5 },
    { type: 'code', offset: 2, length: 1 },
  ]);
});
