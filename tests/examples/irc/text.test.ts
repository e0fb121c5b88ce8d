import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, type Rich } from '../../../core/plugin/index.ts';
import { parseConfig } from '../../../examples/irc/src/config.ts';
import { decodeText, stripText } from '../../../examples/irc/src/decode-text.ts';
import { byteLength, encodeText } from '../../../examples/irc/src/encode-text.ts';

const NOBODY: ReadonlySet<string> = new Set();
const text = (said: string): Rich => [{ t: 'text', text: said }];
const encode = (rich: Rich, nicks = NOBODY, bytes = 400) => encodeText(rich, { bytes, nicks });

describe('text for IRC', () => {
  it.each<[string, Rich, string]>([
    ['bold', [{ t: 'bold', children: text('b') }], '\x02b\x02'],
    ['bold in bold', [{ t: 'bold', children: [{ t: 'bold', children: text('b') }] }], '\x02b\x02'],
    ['code', [{ t: 'code', text: 'a*b' }], '\x11a*b\x11'],
    [
      'a spoiler in bold',
      [{ t: 'bold', children: [{ t: 'spoiler', children: text('1') }, ...text('x')] }],
      '\x02\x0301,011\x0f\x02x\x02',
    ],
    ['a named link', [{ t: 'link', url: 'https://e.example/a', children: text('here') }], 'here <https://e.example/a>'],
    [
      'a bare link',
      [{ t: 'link', url: 'https://e.example/a', children: text('https://e.example/a') }],
      'https://e.example/a',
    ],
    ['two lines', text('one\r\n\n two'), 'one / two'],
    ['codes of others', text('\x02b\x0304red\x01ACTION x\x01'), 'b04redACTION x'],
    ['a mention', [{ t: 'mention', user: null, name: 'Ann' }], '@Ann'],
  ])('%s', (_, rich, line) => {
    expect(encode(rich)).toEqual([line]);
  });

  it.each<[string, string, Rich]>([
    [
      'the colour of its ground',
      'who? \x0301,01me\x03!',
      [...text('who? '), { t: 'spoiler', children: text('me') }, ...text('!')],
    ],
    [
      'that colour set in two steps, until all ends',
      '\x0304,1\x031x\x0fy',
      [{ t: 'spoiler', children: text('x') }, ...text('y')],
    ],
    ['any other colours, which are no cover', '\x0304,12red\x03 \x0399,99own\x03', text('red own')],
  ])('is read with %s', (_, line, rich) => {
    expect(decodeText(line)).toEqual(rich);
    expect(stripText(line)).toBe(plainText(rich));
  });

  it('calls nobody who is there, however the name is put', () => {
    const nicks = new Set(['ann', 'ünal']);
    expect(encode(text('Ann: hi ANN, annual (ann) ünal'), nicks)).toEqual([
      'A\u200bnn: hi A\u200bNN, annual (a\u200bnn) ü\u200bnal',
    ]);
    expect(encode([...text('a'), { t: 'bold', children: text('n') }, ...text('n')], nicks)).toEqual([
      'a\u200b\x02n\x02n',
    ]);
    expect(encode(text('https://ann.example/ann ann'), nicks)).toEqual(['https://ann.example/ann a\u200bnn']);
  });

  it('drops formatting before text, and says in a second line what does not fit', () => {
    expect(encode([{ t: 'bold', children: text('x'.repeat(399)) }])).toEqual(['x'.repeat(399)]);
    const long = `${'word '.repeat(100)}end`;
    const lines = encode(text(long));
    expect(lines.length).toBe(2);
    expect(lines.every((line) => byteLength(line) <= 400)).toBe(true);
    expect(lines.map((line) => line.replace(/^… /, '')).join(' ')).toBe(long);
  });

  it('says nothing where there is nothing to see', () => {
    expect(encode(text('\u200b\x00 \n'))).toEqual([]);
  });

  it('whatever the tree, each line fits, is one line, calls nobody and loses no letter', () => {
    const letters = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        'ann',
        'Ann',
        '\x02ann\x02',
        '\x0304',
        '\r\nQUIT',
        '\u202e',
        '```',
        '👩‍👩‍👧',
        'a\u0301'.repeat(50),
      ),
    );
    const { tree } = fc.letrec<{ tree: Rich; node: Rich[number] }>((tie) => ({
      tree: fc.array(tie('node'), { maxLength: 6, depthIdentifier: 'rich' }),
      node: fc.oneof(
        { depthIdentifier: 'rich', maxDepth: 4 },
        letters.map((said) => ({ t: 'text', text: said }) as const),
        fc
          .tuple(fc.constantFrom('bold', 'italic', 'underline', 'strike', 'spoiler', 'quote'), tie('tree'))
          .map(([t, children]) => ({ t, children }) as Rich[number]),
        letters.map((said) => ({ t: 'code', text: said }) as const),
        letters.map((said) => ({ t: 'pre', text: said, language: null }) as const),
        letters.map((name) => ({ t: 'mention', user: null, name }) as const),
        letters.map((name) => ({ t: 'emoji', name, url: null }) as const),
        fc
          .tuple(letters, tie('tree'))
          .map(([url, children]) => ({ t: 'link', url: `https://${url}`, children }) as Rich[number]),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: 40, max: 450 }), (rich, bytes) => {
        const lines = encodeText(rich, { bytes, nicks: new Set(['ann']) });
        for (const line of lines) {
          expect(byteLength(line)).toBeLessThanOrEqual(bytes);
          expect(line).not.toMatch(/[\0\x01\r\n]/);
          const seen = stripText(line).replace(/[a-z][a-z0-9+.-]*:\/\/\S+/giu, '');
          expect(seen).not.toMatch(/(?<![\p{L}\p{N}])ann(?![\p{L}\p{N}])/iu);
        }
        const shown = lines
          .map(stripText)
          .join('')
          .replace(/[^A-Za-z]/g, '');
        const meant = lines.length === 0 ? '' : plainText(rich).replace(/[^A-Za-z]/g, '');
        for (const letter of new Set(meant)) expect(count(shown, letter)).toBeGreaterThanOrEqual(count(meant, letter));
      }),
      { numRuns: 1_500 },
    );
  });
});

function count(line: string, letter: string): number {
  return line.split(letter).length - 1;
}

describe('text from IRC', () => {
  it('anything is read: its letters stay, its codes do not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (said) => {
        const shown = plainText(decodeText(said));
        expect(shown).toBe(stripText(said));
        expect(shown).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['see https://e.example/a_(b), or not', 'https://e.example/a_(b)'],
    ['(http://e.example/x?y=1#z).', 'http://e.example/x?y=1#z'],
    ['HTTPS://E.example', 'HTTPS://E.example'],
  ])('links in "%s" are links', (said, url) => {
    const rich = decodeText(said);
    expect(rich).toContainEqual({ t: 'link', url, children: [{ t: 'text', text: url }] });
    expect(plainText(rich)).toBe(said);
  });

  it('what was written is read again', () => {
    const rich: Rich = [
      { t: 'text', text: 'a ' },
      { t: 'bold', children: [{ t: 'italic', children: text('b') }] },
      { t: 'text', text: ' ' },
      { t: 'code', text: 'c' },
    ];
    expect(decodeText(encode(rich)[0] ?? '')).toEqual(rich);
  });
});

describe('the configuration', () => {
  const least = { host: 'irc.example.org', nick: 'hub' };

  it('needs little', () => {
    expect(parseConfig(least)).toMatchObject({ port: 6697, tls: true, sasl: null, pace: { count: 5, perMs: 10_000 } });
    expect(parseConfig({ ...least, tls: false }).port).toBe(6667);
  });

  it.each([
    [{ ...least, nick: 'a b' }, 'nick'],
    [{ ...least, password: 'two words\r\nQUIT' }, 'password'],
    [{ ...least, sasl: { account: 'a' } }, 'sasl.password'],
    [{ ...least, nickname: 'x' }, 'nickname'],
    [{ ...least, tls: false, password: 'se-cret' }, 'tls'],
  ])('%j is refused for its %s', (config, path) => {
    expect(() => parseConfig(config)).toThrow(expect.objectContaining({ name: 'ConfigError', path }));
    expect(() => parseConfig(config)).not.toThrow(/se-cret|QUIT/);
  });
});
