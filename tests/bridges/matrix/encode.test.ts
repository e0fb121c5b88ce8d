import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHtml } from '../../../bridges/matrix/decode-html.ts';
import { encodeRich, escapeHtml } from '../../../bridges/matrix/encode.ts';
import { plainText, type Rich } from '../../../core/domain/content.ts';
import { cleanContent } from '../../../core/pipeline/normalize.ts';
import { spentMs } from '../../fakes/spent.ts';
import { anyRich, anyText } from '../../relay/any-text.ts';
import { NAMES } from './fixtures.ts';

const text = (said: string): Rich => [{ t: 'text', text: said }];
const html = (rich: Rich): string => encodeRich(rich).formatted_body ?? '';

describe('encodeRich', () => {
  it.each<[string, Rich, string]>([
    ['styles', [{ t: 'bold', children: [{ t: 'italic', children: text('a') }] }], '<strong><em>a</em></strong>'],
    [
      'strike and underline',
      [
        { t: 'strike', children: text('a') },
        { t: 'underline', children: text('b') },
      ],
      '<del>a</del><u>b</u>',
    ],
    ['a spoiler', [{ t: 'spoiler', children: text('who') }], '<span data-mx-spoiler>who</span>'],
    ['a quote', [{ t: 'quote', children: text('a\nb') }], '<blockquote>a<br>b</blockquote>'],
    ['code', [{ t: 'code', text: 'a<b' }], '<code>a&lt;b</code>'],
    [
      'a block of code',
      [{ t: 'pre', text: 'a\n b', language: 'js' }],
      '<pre><code class="language-js">a\n b</code></pre>',
    ],
    ['a language that is none', [{ t: 'pre', text: 'a', language: '"><script>' }], '<pre><code>a</code></pre>'],
    [
      'a link',
      [{ t: 'link', url: 'https://e.example/?a=1&b="', children: text('a') }],
      '<a href="https://e.example/?a=1&amp;b=&quot;">a</a>',
    ],
    ['a link that does something', [{ t: 'link', url: 'javascript:alert(1)', children: text('a') }], 'a'],
    ['a link to an account', [{ t: 'link', url: 'https://matrix.to/#/@ann:e.example', children: text('Ann') }], 'Ann'],
    [
      'names',
      [
        { t: 'mention', user: null, name: '<b>Ann' },
        { t: 'emoji', name: 'x"', url: null },
      ],
      '@&lt;b&gt;Ann:x&quot;:',
    ],
  ])('writes %s', (_, rich, expected) => {
    expect(html(rich)).toBe(expected);
  });

  it('keeps a text without formatting plain, sign by sign', () => {
    expect(encodeRich(text('a <b>b</b> **c** @room\n`d`'))).toEqual({ body: 'a <b>b</b> **c** @room\n`d`' });
  });

  it('hides what a spoiler hides from those who see no formatting, and shows them where a link leads', () => {
    const rich: Rich = [
      { t: 'spoiler', children: text('the killer') },
      { t: 'link', url: 'https://e.example/', children: text(' here') },
    ];
    expect(encodeRich(rich).body).toBe('[spoiler] here (https://e.example/)');
  });

  it('any tree gives HTML of our own tags alone, well nested, and an event that fits', () => {
    fc.assert(
      fc.property(anyRich, (rich) => {
        const { rich: said } = cleanContent({ rich, attachments: [] });
        const encoded = encodeRich(said);
        expect(Buffer.byteLength(JSON.stringify(encoded))).toBeLessThan(60_000);
        const open: string[] = [];
        for (const [tag, end, name, rest] of (encoded.formatted_body ?? '').matchAll(/<(\/?)([^\s>]*)([^>]*)>/g)) {
          expect(tag).toMatch(TAG);
          if (name === 'br') continue;
          if (end === '/') expect(open.pop()).toBe(name);
          else open.push(name ?? '');
          expect(rest).not.toMatch(/\bon\w+=|javascript:|matrix\.to/i);
        }
        expect(open).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('any text comes back as it was through its own HTML', () => {
    fc.assert(
      fc.property(anyText, (said) => {
        const clean = plainText(cleanContent({ rich: text(said), attachments: [] }).rich).replace(
          /[ \t\n\u00a0]+/g,
          ' ',
        );
        expect(plainText(decodeHtml(`<b>.</b>${escapeHtml(clean)}`, NAMES))).toBe(`.${clean}`);
      }),
      { numRuns: 2_000 },
    );
  });
});

const TAG =
  /^<(?:\/?(?:strong|em|u|del|blockquote|code|pre|a|span)|br|span data-mx-spoiler|code class="language-[A-Za-z0-9+#.-]{1,20}"|a href="https?:[^"<>]*")>$/;

describe('decodeHtml', () => {
  it('never throws, and stays bounded', () => {
    const piece = fc.constantFrom(
      '<b>',
      '</b>',
      '<p>',
      '<a href="',
      '">',
      '<',
      '>',
      '&lt;',
      '&#0;',
      '&#x110000;',
      '<!--',
      '<mx-reply>',
      'text',
      '<ul><li>',
      "<img alt='",
      '</',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, anyText), { maxLength: 60 }), (pieces) => {
        const rich = decodeHtml(pieces.join(''), NAMES);
        expect(JSON.stringify(rich).length).toBeLessThan(1_000_000);
        cleanContent({ rich, attachments: [] });
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['tags without end', `${'<b>'.repeat(20_000)}x`],
    ['signs that begin a tag', '<'.repeat(60_000)],
    ['an attribute without end', `<a href="${'x'.repeat(60_000)}`],
    ['blanks within a tag', `<a${' '.repeat(60_000)}`],
    ['entities', '&#1;'.repeat(15_000)],
    ['comments', '<!--'.repeat(15_000)],
    ['crossed tags', '<b><i></b></i>'.repeat(4_000)],
  ])('takes 60 KB of %s in no time', (_, bad) => {
    expect(spentMs(() => decodeHtml(bad, NAMES))).toBeLessThan(1_000);
  });
});
