import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMarkup } from '../../../bridges/discord/markup.ts';
import type { Named } from '../../../bridges/discord/tags.ts';
import { MAX_TEXT_UTF16, plainText, type Rich } from '../../../core/domain/content.ts';
import type { ChannelId, UserId } from '../../../core/domain/ids.ts';
import { spentMs } from '../../fakes/spent.ts';

const BEN = 'u-ben' as UserId;
const NAMED: Named = {
  user: (id) => (id === '1000000000000000101' ? { name: 'Ben', user: BEN } : null),
  role: (id) => (id === '1000000000000000031' ? 'Moderators' : null),
  channel(id) {
    if (id === '1000000000000000020') return { name: 'booth', channel: 'lobby' as ChannelId };
    return id === '1000000000000000021' ? { name: 'backstage', channel: null } : null;
  },
};
const parse = (text: string): Rich => parseMarkup(text, NAMED);
const text = (value: string) => ({ t: 'text', text: value }) as const;
const bold = (...children: Rich) => ({ t: 'bold', children }) as const;
const italic = (...children: Rich) => ({ t: 'italic', children }) as const;

describe('marks', () => {
  it.each<[string, Rich]>([
    ['**a**', [bold(text('a'))]],
    ['*a* _b_', [italic(text('a')), text(' '), italic(text('b'))]],
    ['__a__', [{ t: 'underline', children: [text('a')] }]],
    ['~~a~~', [{ t: 'strike', children: [text('a')] }]],
    ['||a||', [{ t: 'spoiler', children: [text('a')] }]],
    ['***a***', [bold(italic(text('a')))]],
    ['**a *b* c**', [bold(text('a '), italic(text('b')), text(' c'))]],
    ['**a *b**', [bold(text('a *b'))]],
    ['snake_case_name', [text('snake_case_name')]],
    ['2 * 3 * 4', [text('2 * 3 * 4')]],
    ['**open', [text('**open')]],
    ['****', [text('****')]],
    ['\\*a\\*', [text('*a*')]],
    ['a\\b', [text('a\\b')]],
    ['¯\\_(ツ)_/¯', [text('¯_(ツ)_/¯')]],
  ])('%s', (source, rich) => expect(parse(source)).toEqual(rich));
});

describe('code', () => {
  it.each<[string, Rich]>([
    ['`a*b*`', [{ t: 'code', text: 'a*b*' }]],
    ['``a`b``', [{ t: 'code', text: 'a`b' }]],
    ['`` ` ``', [{ t: 'code', text: '`' }]],
    ['`open', [text('`open')]],
    ['```js\nlet a = `b`;\n```', [{ t: 'pre', text: 'let a = `b`;', language: 'js' }]],
    ['```one line```', [{ t: 'pre', text: 'one line', language: null }]],
    ['a\n```\nx\n```\nb', [text('a'), { t: 'pre', text: 'x', language: null }, text('b')]],
    ['```open', [text('```open')]],
  ])('%j', (source, rich) => expect(parse(source)).toEqual(rich));
});

describe('lines', () => {
  it.each<[string, Rich]>([
    ['> a\n> b\nc', [{ t: 'quote', children: [text('a\nb')] }, text('c')]],
    ['>no quote', [text('>no quote')]],
    ['a\n>>> b\nc', [text('a'), { t: 'quote', children: [text('b\nc')] }]],
    ['# Big\nsmall', [bold(text('Big')), text('\nsmall')]],
    ['a\n## Two', [text('a\n'), bold(text('Two'))]],
    ['#no heading', [text('#no heading')]],
    ['-# fine print', [text('fine print')]],
    ['- a\n  * b', [text('• a\n  • b')]],
    ['a\r\nb', [text('a\nb')]],
  ])('%j', (source, rich) => expect(parse(source)).toEqual(rich));
});

describe('links and tags', () => {
  const link = (url: string, shown: string) => ({ t: 'link', url, children: [text(shown)] }) as const;
  it.each<[string, Rich]>([
    [
      'see https://e.example/a_b_(c).',
      [text('see '), link('https://e.example/a_b_(c', 'https://e.example/a_b_(c'), text(').')],
    ],
    ['**https://e.example/**', [bold(link('https://e.example/', 'https://e.example/'))]],
    ['<https://e.example/x>', [link('https://e.example/x', 'https://e.example/x')]],
    ['[here](https://e.example/x)', [link('https://e.example/x', 'here')]],
    ['[here](<https://e.example/x>)', [link('https://e.example/x', 'here')]],
    ['[here](javascript:alert)', [text('[here](javascript:alert)')]],
    ['https://user:pw@e.example/', [text('https://user:pw@e.example/')]],
    ['hi <@1000000000000000101>!', [text('hi '), { t: 'mention', user: BEN, name: 'Ben' }, text('!')]],
    ['<@!999999999999999999>', [{ t: 'mention', user: null, name: 'somebody' }]],
    ['<@&1000000000000000031>', [{ t: 'mention', user: null, name: 'Moderators' }]],
    ['<#1000000000000000020>', [{ t: 'channel', channel: 'lobby' as ChannelId, name: 'booth' }]],
    ['<#1000000000000000021> <#999999999999999999>', [text('#backstage #a channel')]],
    [
      '<a:pog:1000000000000000042>',
      [{ t: 'emoji', name: 'pog', url: 'https://cdn.discordapp.com/emojis/1000000000000000042.gif?size=64' }],
    ],
    ['<t:1700000000:R> <t:1700000000:d> <t:1700000000:t>', [text('2023-11-14 22:13 UTC 2023-11-14 22:13 UTC')]],
    ['<t:9999999999999>', [text('some time')]],
    ['</rules:1000000000000000042>', [text('/rules')]],
    ['a < b > c <3', [text('a < b > c <3')]],
  ])('%s', (source, rich) => expect(parse(source)).toEqual(rich));
});

describe('anything', () => {
  it('never throws and loses no letter', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '*',
        '**',
        '_',
        '__',
        '~~',
        '||',
        '`',
        '```',
        '\\',
        '[',
        '](',
        ')',
        '<',
        '>',
        '\n',
        '> ',
        '# ',
        'a',
        'b c',
        'https://e.example/',
        '<@1000000000000000101>',
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const source = parts.join('');
        const letters = (value: string): number => value.replace(/[^abc]/g, '').length;
        const tagless = source.replaceAll('https://e.example/', '').replaceAll('<@1000000000000000101>', '');
        const seen = plainText(parse(source)).replaceAll('https://e.example/', '').replaceAll('@Ben', '');
        expect(letters(seen)).toBeGreaterThanOrEqual(letters(tagless));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '*',
    '_',
    '**a',
    '`',
    '``a',
    '[',
    '[a](',
    '<',
    '<@',
    '||',
    '\\',
    'https://',
    '> ',
    '_a_ ',
    '```',
    '(https://a.b/(',
  ])('takes time by the length alone for many of %j', (piece) => {
    const source = piece.repeat(Math.ceil(MAX_TEXT_UTF16 / piece.length)).slice(0, MAX_TEXT_UTF16);
    expect(spentMs(() => parse(source))).toBeLessThan(100);
  });
});
