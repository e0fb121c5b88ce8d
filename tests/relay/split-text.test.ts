import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, type Rich } from '../../core/domain/content.ts';
import { countGraphemes, measure, type TextUnit } from '../../core/relay/measure.ts';
import { splitText } from '../../core/relay/split-text.ts';

const text = (value: string): Rich => [{ t: 'text', text: value }];
const split = (value: string, limit: number, unit: TextUnit = 'utf16'): readonly string[] =>
  splitText(text(value), { first: limit, rest: limit, unit }).map(plainText);

const UNITS: readonly TextUnit[] = ['utf16', 'code-point', 'byte'];
const anyText = fc.string({ unit: 'grapheme', maxLength: 600 });
const anyRich: fc.Arbitrary<Rich> = fc.array(
  fc.oneof(
    anyText.map((value) => ({ t: 'text', text: value }) as const),
    anyText.map((value) => ({ t: 'bold', children: [{ t: 'italic', children: text(value) }] }) as const),
    fc.string({ maxLength: 20 }).map((name) => ({ t: 'mention', user: null, name }) as const),
    fc.string({ maxLength: 60 }).map((value) => ({ t: 'pre', text: value, language: null }) as const),
  ),
  { maxLength: 6 },
);

it('leaves a text of exactly the limit whole, astral characters included', () => {
  expect(split('x'.repeat(100), 100)).toEqual(['x'.repeat(100)]);
  expect(split('😀'.repeat(50), 100)).toEqual(['😀'.repeat(50)]);
  expect(split('😀'.repeat(100), 100, 'code-point')).toEqual(['😀'.repeat(100)]);
  expect(split('é'.repeat(50), 100, 'byte')).toEqual(['é'.repeat(50)]);
});

it('cuts at lines before words, and at words before graphemes', () => {
  expect(split('first line here\nsecond line here', 20)).toEqual(['first line here', 'second line here']);
  expect(split('some words in a row here', 16)).toEqual(['some words in a', 'row here']);
  expect(split('abcdefghijklmnop', 10)).toEqual(['abcdefghij', 'klmnop']);
});

it('never breaks a grapheme that fits a part', () => {
  const family = '👨‍👩‍👧‍👦';
  const parts = split(family.repeat(10), 30);
  for (const part of parts.slice(0, 2)) expect(part.length % family.length).toBe(0);
});

it('says how many characters were left out of the third part', () => {
  const parts = split('x'.repeat(1_000), 100);
  expect(parts).toHaveLength(3);
  const [, count] = /\.\.\. \((\d+) more characters\)$/.exec(parts[2] ?? '') ?? [];
  const shown = parts.join('').replace(/ \.\.\. .*$/, '');
  expect(shown.length + Number(count)).toBe(1_000);
  expect(measure(parts[2] ?? '', 'utf16')).toBeLessThanOrEqual(100);
});

it('gives the first part a limit of its own, for captions', () => {
  const parts = splitText(text('a '.repeat(40)), { first: 20, rest: 100, unit: 'utf16' }).map(plainText);
  expect(parts.map((part) => part.length)).toEqual([19, 60]);
});

it('closes markup at a cut and opens it again', () => {
  const bold: Rich = [{ t: 'bold', children: text('one two three four') }];
  expect(splitText(bold, { first: 10, rest: 10, unit: 'utf16' })).toEqual([
    [{ t: 'bold', children: text('one two') }],
    [{ t: 'bold', children: text('three four') }],
  ]);
});

describe('whatever the text', () => {
  it('makes 1 to 3 parts, each within its limit and none empty', () => {
    fc.assert(
      fc.property(anyRich, fc.integer({ min: 40, max: 200 }), fc.constantFrom(...UNITS), (rich, limit, unit) => {
        const parts = splitText(rich, { first: limit, rest: limit, unit });
        expect(parts.length).toBeGreaterThanOrEqual(1);
        expect(parts.length).toBeLessThanOrEqual(3);
        for (const part of parts) expect(measure(plainText(part), unit)).toBeLessThanOrEqual(limit);
        if (parts.length > 1) for (const part of parts) expect(plainText(part).trim()).not.toBe('');
      }),
      { numRuns: 400 },
    );
  });

  it('loses nothing but white space at cuts, as long as three parts hold it', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const limit = Math.max(Math.ceil(value.length / 2), 40);
        const parts = split(value, limit);
        const isWhole = !/more characters\)$/.test(parts.at(-1) ?? '');
        if (isWhole) expect(parts.join('').replace(/\s/gu, '')).toBe(value.replace(/\s/gu, ''));
      }),
      { numRuns: 400 },
    );
  });

  it('counts what people see', () => {
    expect(countGraphemes('👨‍👩‍👧‍👦é')).toBe(2);
  });
});
