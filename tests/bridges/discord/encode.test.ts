import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BREAK, encodeRich, MAX_CONTENT, MAX_TEXT } from '../../../bridges/discord/encode.ts';
import { parseMarkup } from '../../../bridges/discord/markup.ts';
import type { Named } from '../../../bridges/discord/tags.ts';
import { plainText, type Rich, type RichNode } from '../../../core/domain/content.ts';
import { pingsIn, shown } from '../../fakes/discord-shown.ts';

const NOBODY: Named = { user: () => null, role: () => null, channel: () => null };
const text = (value: string): Rich => [{ t: 'text', text: value }];
const withoutBreaks = (value: string): string => value.replaceAll(BREAK, '');

describe('text as it stands', () => {
  it.each([
    ['a **b** __u__ ~~s~~ ||p|| `c`', 'a \\*\\*b\\*\\* \\_\\_u\\_\\_ \\~\\~s\\~\\~ \\|\\|p\\|\\| \\`c\\`'],
    ['# head', '\\# head'],
    ['> quote', '\\> quote'],
    ['- item', '\\- item'],
    ['1. one', '1\\. one'],
    ['[t](https://e.example/a)', '\\[t\\](https://e.example/a)'],
    ['see https://e.example/a_b_c and go', 'see https://e.example/a_b_c and go'],
    ['@everyone', `@${BREAK}everyone`],
    ['<@123456789012345678>', `\\<${BREAK}@${BREAK}123456789012345678>`],
    ['mail me@example.org', 'mail me@example.org'],
  ])('%j is written %j', (plain, written) => {
    expect(encodeRich(text(plain))).toBe(written);
  });

  const signs = fc.array(
    fc.constantFrom(
      '*',
      '_',
      '~',
      '|',
      '`',
      '\\',
      '>',
      '#',
      '-',
      '[',
      ']',
      '(',
      ')',
      '<',
      '@',
      ':',
      '!',
      '&',
      '1',
      '.',
      '\n',
      ' ',
      'a',
      'é',
      '😀',
      'https://e.example/x',
      'everyone',
      'here',
      '123456789012345678',
    ),
    { maxLength: 60 },
  );
  const wild = fc.oneof(
    signs.map((parts) => parts.join('')),
    fc.string({ maxLength: 200, unit: 'grapheme' }),
  );

  it('shows any text as it stands, formatted nowhere, and calls nobody', () => {
    fc.assert(
      fc.property(wild, (value) => {
        fc.pre(!value.includes(BREAK));
        const written = encodeRich(text(value));
        const seen = shown(written);
        expect(seen.text).toBe(value);
        expect(seen.formatted).toEqual([]);
        expect(pingsIn(written, { parse: ['everyone', 'users', 'roles'] })).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read again as the same text', () => {
    fc.assert(
      fc.property(wild, (value) => {
        fc.pre(!value.includes(BREAK) && !value.includes('\r'));
        expect(withoutBreaks(plainText(parseMarkup(encodeRich(text(value)), NOBODY)))).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never exceeds what Discord takes, however much there is to escape', () => {
    fc.assert(
      fc.property(fc.constantFrom('*', '_', '`', '@everyone ', '<@1>', '[', '\n> ', '😀'), (sign) => {
        const value = sign.repeat(Math.ceil(MAX_TEXT / sign.length)).slice(0, MAX_TEXT);
        const written = encodeRich(text(value));
        expect(written.length).toBeLessThanOrEqual(MAX_CONTENT);
        expect(written.length).toBeGreaterThanOrEqual(MAX_TEXT - 1);
        expect(pingsIn(written, null)).toEqual([]);
        expect(shown(written).formatted).toEqual([]);
      }),
    );
  });
});

describe('formatted text', () => {
  const leaf: fc.Arbitrary<RichNode> = fc.oneof(
    fc.stringMatching(/^[a-z*_`~|\\ ]{1,12}$/).map((value): RichNode => ({ t: 'text', text: value })),
    fc.stringMatching(/^[a-z`*]{1,8}$/).map((value): RichNode => ({ t: 'code', text: value })),
    fc.stringMatching(/^[A-Za-z0-9@<>!]{1,10}$/).map((name): RichNode => ({ t: 'mention', user: null, name })),
  );
  const tree = fc.letrec<{ node: RichNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc
        .tuple(
          fc.constantFrom('bold', 'italic', 'underline', 'strike', 'spoiler', 'quote'),
          fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        )
        .map(([t, children]): RichNode => ({ t, children })),
    ),
  })).node;

  it('calls nobody and stays within the limit, whatever the tree', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 6 }), (rich) => {
        const written = encodeRich(rich);
        expect(written.length).toBeLessThanOrEqual(MAX_CONTENT);
        expect(pingsIn(written, null)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Rich, string]>([
    ['bold', [{ t: 'bold', children: text('a*b') }], '**a\\*b**'],
    [
      'two bold pieces side by side',
      [
        { t: 'bold', children: text('a') },
        { t: 'bold', children: text('b') },
      ],
      `**a**${BREAK}**b**`,
    ],
    ['bold with blanks at its edges', [{ t: 'bold', children: text(' a ') }, ...text('b')], ' **a** b'],
    ['bold in italic', [{ t: 'italic', children: [{ t: 'bold', children: text('a') }] }], `*${BREAK}**a**${BREAK}*`],
    ['a spoiler', [{ t: 'spoiler', children: text('a||b') }], '||a\\|\\|b||'],
    ['code with a backtick', [{ t: 'code', text: 'a`b' }], '``a`b``'],
    ['code that ends in one', [{ t: 'code', text: '`' }], '`` ` ``'],
    [
      'a fence that cannot be left',
      [{ t: 'pre', text: '```\n@everyone', language: 'js' }],
      `\`\`\`js\n\`${BREAK}\`${BREAK}\`\n@${BREAK}everyone\n\`\`\``,
    ],
    ['a language that is none', [{ t: 'pre', text: 'x', language: 'a b\n' }], '```\nx\n```'],
    [
      'a quote on lines of its own',
      [...text('a'), { t: 'quote', children: text('q1\nq2') }, ...text('b')],
      'a\n> q1\n> q2\nb',
    ],
    [
      'a link with a label',
      [{ t: 'link', url: 'https://e.example/a(b)', children: text('here [now]') }],
      '[here \\[now\\]](<https://e.example/a%28b%29>)',
    ],
    [
      'a bare link',
      [{ t: 'link', url: 'https://e.example/', children: text('https://e.example/') }],
      'https://e.example/',
    ],
    [
      'a label that lies',
      [{ t: 'link', url: 'https://evil.example/', children: text('https://bank.example/') }],
      `https:${BREAK}//bank.example/ (https://evil.example/)`,
    ],
    ['a link that is none', [{ t: 'link', url: 'javascript:alert(1)', children: text('x') }], 'x'],
    ['a mention', [{ t: 'mention', user: null, name: 'everyone' }], `@${BREAK}everyone`],
    ['an emoji that the server has', [{ t: 'emoji', name: 'vinyl', url: null }], '<:vinyl:1>'],
    ['an emoji that it has not', [{ t: 'emoji', name: 'other_one', url: null }], ':other\\_one:'],
  ])('%s', (_, rich, written) => {
    expect(encodeRich(rich, (name) => (name === 'vinyl' ? '<:vinyl:1>' : null))).toBe(written);
  });

  it('goes without its formatting where it would be too long, and keeps the words', () => {
    const rich: Rich = Array.from(
      { length: 400 },
      (_, n): RichNode => ({ t: n % 2 === 0 ? 'bold' : 'italic', children: text('abcd') }),
    );
    expect(encodeRich(rich)).toBe('abcd'.repeat(400));
  });
});
