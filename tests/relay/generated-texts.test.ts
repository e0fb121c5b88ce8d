import { describe, expect, it } from 'vitest';
import type { Rich } from '../../core/domain/content.ts';
import { describeTexts } from './generated-texts.ts';
import { wrongIn } from './seen.ts';

describeTexts(1_000);

describe('the comparison', () => {
  const text = (value: string): Rich => [{ t: 'text', text: value }];
  it('finds a letter that was lost, and one that gained formatting', () => {
    expect(wrongIn(text('abc'), text('ac'))).toBe('"b" is not seen');
    expect(wrongIn(text('abc'), [...text('a'), { t: 'bold', children: text('b') }, ...text('c')])).toBe(
      '"b" became bold',
    );
    expect(wrongIn([{ t: 'bold', children: text('a *b*') }], text('a \\*b\\* (https://e.example)'))).toBe(null);
  });
});
