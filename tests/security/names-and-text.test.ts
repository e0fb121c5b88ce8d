import { describe, expect, it } from 'vitest';
import { textContent } from '../../core/domain/content.ts';
import { cleanContent, cleanName, isEmpty } from '../../core/pipeline/normalize.ts';
import { parseMarkup } from '../../core/plugin/markup/parse.ts';
import { spentMs } from '../fakes/spent.ts';

const INVISIBLE = [
  '\u200b',
  '\u2800\u2800',
  '\u3164',
  '\u115f',
  '\u00ad',
  '\u2060\u200d',
  '\ufeff',
  '\u200f',
  ' \u00a0\n',
];

describe('names and texts that people of other platforms choose', () => {
  it.each(INVISIBLE)('%j is no name and no message', (text) => {
    expect(cleanName(text)).toBe('somebody');
    expect(isEmpty(cleanContent(textContent(text)))).toBe(true);
    expect(isEmpty(cleanContent(textContent(`${text}.`)))).toBe(false);
  });

  it('a name stays short however many marks are stacked on its letters', () => {
    for (const name of [`Z${'\u0301'.repeat(100_000)}`, '👨‍👩‍👧'.repeat(10_000), `${'a\u0323\u0301'.repeat(5_000)}`]) {
      expect(cleanName(name).length).toBeLessThanOrEqual(200);
      expect(cleanName(name).isWellFormed()).toBe(true);
    }
    expect(cleanName('👩‍🎤 Zoë')).toBe('👩‍🎤 Zoë');
  });

  it('markup of any shape takes a time that grows with its length alone', () => {
    const parts = ['**', '*', '_', '~~', '||', '`', '```', '> ', '\\', 'a.com/(', 'http://', '((', 'www.', '\n', 'x@'];
    const patterns = parts.flatMap((one) => parts.map((other) => one + other));
    const parse = (length: number): void => {
      for (const part of patterns) parseMarkup(part.repeat(Math.ceil(length / part.length)).slice(0, length));
    };
    parse(4_000);
    const best = (length: number): number => spentMs(() => parse(length));
    // Twice as long would take four times as long if it were quadratic, and ten times as long a hundred times.
    expect(best(4_000) / best(400)).toBeLessThan(40);
  });
});
