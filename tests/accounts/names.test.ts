import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, skeletonOf, tidyName } from '../../core/community/accounts/names.ts';

describe('names', () => {
  it.each(['Kool', 'DJ Kool', 'ann_lee.b-3', 'Zoë', 'Мария', 'さくら', 'ไทย', 'हिन्दी', '12', 'x'.repeat(32)])(
    'takes %s as it is',
    (name) => {
      expect(cleanName(name)).toMatchObject({ ok: true, name });
    },
  );

  it.each([
    ['spaces at the ends and in rows', '  DJ   Kool ', 'DJ Kool'],
    ['wide letters', 'Ｋｏｏｌ', 'Kool'],
    ['a decomposed accent', 'Zoe\u0308', 'Zoë'],
    ['a no-break space', 'DJ\u00a0Kool', 'DJ Kool'],
  ])('tidies %s', (_, raw, name) => {
    expect(cleanName(raw)).toMatchObject({ ok: true, name });
  });

  it.each([
    ['too short', 'a'],
    ['too long', 'x'.repeat(33)],
    ['much too long', 'ﷺ'.repeat(20_000)],
    ['a line break', 'Ko\nol'],
    ['a control character', 'Ko\u0007ol'],
    ['a right-to-left override', 'Ko\u202eol'],
    ['a zero-width space', 'Ko\u200bol'],
    ['a zero-width joiner', 'Ko\u200dol'],
    ['a filler that counts as a letter', 'Ko\u3164ol'],
    ['a variation selector', 'Ko\ufe0fol'],
    ['an emoji', 'Kool 🎧'],
    ['an at sign', '@everyone'],
    ['markup', '<b>Kool</b>'],
    ['separators alone', '. - _'],
    ['a separator first', '-Kool'],
    ['stacked marks', `Ko${'\u0323'.repeat(9)}ol`],
    ['half of a pair', 'Ko\ud83dol'],
    ['the name of a guest', 'Guest 4821'],
    ['what looks like the name of a guest', 'GUЕST-1O'],
  ])('refuses %s', (_, raw) => {
    expect(cleanName(raw).ok).toBe(false);
  });

  it.each([
    ['case', 'KOOL'],
    ['separators', 'k-o_o.l'],
    ['Cyrillic letters', 'Kооl'],
    ['a digit for a letter', 'Ko0l'],
    ['a capital I for an l', 'KooI'],
    ['a 1 for an l', 'Koo1'],
    ['wide letters', 'ｋｏｏｌ'],
    ['mathematical letters', '𝐊𝐨𝐨𝐥'],
  ])('sees the likeness in spite of %s', (_, name) => {
    expect(skeletonOf(name)).toBe(skeletonOf('Kool'));
  });

  it.each([
    ['Kool', 'Cool'],
    ['Zoë', 'Zoa'],
    ['Anna', 'Ann'],
    ['Мария', 'Марта'],
  ])('tells %s from %s', (a, b) => {
    expect(skeletonOf(a)).not.toBe(skeletonOf(b));
  });

  it('folds every character of Unicode to something that folds no further', () => {
    const moving: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const once = skeletonOf(String.fromCodePoint(code));
      if (skeletonOf(once) !== once) moving.push(code.toString(16));
    }
    expect(moving).toEqual([]);
  });

  const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
  it('never throws, whatever is typed, and its answers hold together', () => {
    fc.assert(
      fc.property(anyText, (raw) => {
        const skeleton = skeletonOf(raw);
        expect(skeletonOf(skeleton)).toBe(skeleton);
        const clean = cleanName(raw);
        if (!clean.ok) return;
        expect(cleanName(clean.name)).toEqual(clean);
        expect([...clean.name].length).toBeGreaterThanOrEqual(2);
        expect([...clean.name].length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 3_000 },
    );
  });

  it('makes of any name given elsewhere either a good one or none', () => {
    fc.assert(
      fc.property(anyText, (raw) => {
        const name = tidyName(raw);
        if (name !== null) expect(cleanName(name)).toMatchObject({ ok: true, name });
      }),
      { numRuns: 3_000 },
    );
    expect(tidyName('  🎧 DJ\u202e <Kool> 🎧 ')).toBe('DJ Kool');
    expect(tidyName('🎧🎧')).toBeNull();
  });
});
