import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkup, markupText } from '../../bridges/slipmat/markup-text.ts';
import { MAX_RICH_DEPTH, MAX_RICH_NODES, plainText, type Rich } from '../../core/domain/content.ts';
import { findLinks } from '../../core/plugin/markup/links.ts';
import { parseMarkup } from '../../core/plugin/markup/parse.ts';
import { spentMs } from '../fakes/spent.ts';

const t = (text: string) => ({ t: 'text' as const, text });
const TABLE: readonly (readonly [string, Rich])[] = [
  ['hello', [t('hello')]],
  ['', []],
  [
    '**bold** and *italic*',
    [{ t: 'bold', children: [t('bold')] }, t(' and '), { t: 'italic', children: [t('italic')] }],
  ],
  ['_it_ snake_case_name', [{ t: 'italic', children: [t('it')] }, t(' snake_case_name')]],
  ['__under__', [{ t: 'underline', children: [t('under')] }]],
  ['~~gone~~ ||boo||', [{ t: 'strike', children: [t('gone')] }, t(' '), { t: 'spoiler', children: [t('boo')] }]],
  ['***both***', [{ t: 'bold', children: [{ t: 'italic', children: [t('both')] }] }]],
  ['**a *b* c**', [{ t: 'bold', children: [t('a '), { t: 'italic', children: [t('b')] }, t(' c')] }]],
  [
    '`*not*` **a `**` b**',
    [{ t: 'code', text: '*not*' }, t(' '), { t: 'bold', children: [t('a '), { t: 'code', text: '**' }, t(' b')] }],
  ],
  ['2 * 3 * 4', [t('2 * 3 * 4')]],
  ['**open', [t('**open')]],
  ['****', [t('****')]],
  ['\\*plain\\*', [t('*plain*')]],
  ['> one\n> two\nthree', [{ t: 'quote', children: [t('one\ntwo')] }, t('three')]],
  ['>no quote', [t('>no quote')]],
  ['x\n```js\nlet a = "*b*";\n```\ny', [t('x'), { t: 'pre', text: 'let a = "*b*";', language: 'js' }, t('y')]],
  ['```code```', [{ t: 'pre', text: 'code', language: null }]],
  ['```open', [t('```open')]],
  [
    'see https://x.org/a_b_c**d**, ok',
    [t('see '), { t: 'link', url: 'https://x.org/a_b_c**d', children: [t('https://x.org/a_b_c**d')] }, t('**, ok')],
  ],
  [
    '**https://x.org**',
    [{ t: 'bold', children: [{ t: 'link', url: 'https://x.org/', children: [t('https://x.org')] }] }],
  ],
  ['slipmat.io!', [{ t: 'link', url: 'https://slipmat.io/', children: [t('slipmat.io')] }, t('!')]],
];

describe('light markup', () => {
  it.each(TABLE)('reads %j', (text, rich) => {
    expect(parseMarkup(text)).toEqual(rich);
  });

  it.each([
    'readme.md',
    'main.ts',
    'a.zip',
    'clip.mov',
    'tool.py',
    'run.sh',
    'javascript:alert(1)',
    'mailto:a@b.org',
    'ftp://x.org/',
    '//x.org/a',
    'a@b.org',
    'https://google.com@evil.org/',
    'file:///etc/passwd',
    'v1.2.3',
  ])('makes no link of %s', (text) => {
    expect(findLinks(text).map(({ url }) => url)).toEqual([]);
  });

  const noise = fc.oneof(
    fc.string({ maxLength: 400, unit: 'binary' }),
    fc.string({
      maxLength: 400,
      unit: fc.constantFrom(...'*_~|`>\\ \nab', '**', '```', '||', '> ', 'http://a.io', '😀'),
    }),
  );

  it('never throws, keeps its bounds and says the same twice, whatever comes', () => {
    fc.assert(
      fc.property(noise, (text) => {
        const rich = parseMarkup(text);
        expect(count(rich)).toBeLessThanOrEqual(MAX_RICH_NODES);
        expect(depth(rich)).toBeLessThanOrEqual(MAX_RICH_DEPTH);
        expect(parseMarkup(text)).toEqual(rich);
        for (const url of urls(rich)) expect(url).toMatch(/^https?:\/\//);
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives escaped text back as it was, links apart', () => {
    fc.assert(
      fc.property(noise, (text) => {
        const clean = text.replace(/\r\n?/g, '\n');
        expect(plainText(parseMarkup(escapeMarkup(clean)))).toBe(clean);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(TABLE.map(([text]) => text))('gives %j back for editing, to be read as the same', (text) => {
    const rich = parseMarkup(text);
    expect(parseMarkup(markupText(rich))).toEqual(rich);
  });

  it('takes time by the length alone', () => {
    const worst = [
      '*',
      '_',
      '`',
      '||',
      '**a ',
      '*a _b ',
      '> ',
      '```',
      '\\',
      'a.',
      'http://',
      'x@y.',
      '(',
      '[a](',
      '*a~~b||',
    ];
    for (const piece of worst) {
      const text = piece.repeat(Math.floor(4_000 / piece.length));
      expect(
        spentMs(() => parseMarkup(text)),
        piece,
      ).toBeLessThan(150);
    }
  });
});

function count(rich: Rich): number {
  return rich.reduce((sum, node) => sum + 1 + ('children' in node ? count(node.children) : 0), 0);
}
function depth(rich: Rich): number {
  return Math.max(0, ...rich.map((node) => 1 + ('children' in node ? depth(node.children) : 0)));
}
function urls(rich: Rich): string[] {
  return rich.flatMap((node) => [
    ...(node.t === 'link' ? [node.url] : []),
    ...('children' in node ? urls(node.children) : []),
  ]);
}
