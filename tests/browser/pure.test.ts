import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViewRow } from '../../client/index.ts';
import type { EpochMs, Seq } from '../../core/domain/ids.ts';
import { accentColours, contrast, nameColour, ON_ACCENT, oklchToHex } from '../../web/chat/colour.ts';
import {
  HELD_ROWS,
  hasOlder,
  hold,
  isAtTail,
  newSince,
  PINNED,
  PINNED_ROWS,
  showNewer,
  shownRows,
  showOlder,
} from '../../web/chat/state/window.ts';

const LIGHT_PANES = ['#ffffff', '#f3f4f0', '#f6f7f3', '#f3fbd8'];
const DARK_PANES = ['#16181b', '#101214', '#1c1f22', '#222913'];

function rowsOf(seqs: readonly number[]): ViewRow[] {
  return seqs.map((seq) => ({ kind: 'notice', seq: seq as Seq, code: 'x', say: 'x', at: 0 as EpochMs }));
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('colours of names', () => {
  it('hold 4.5:1 on every pane of both themes, for every hue', () => {
    for (let hue = 0; hue < 360; hue += 1) {
      for (const pane of LIGHT_PANES) expect(contrast(oklchToHex(0.5, 0.13, hue), pane)).toBeGreaterThan(4.5);
      for (const pane of DARK_PANES) expect(contrast(oklchToHex(0.8, 0.12, hue), pane)).toBeGreaterThan(4.5);
    }
  });

  it('are the same for the same user, and hex that old browsers know', () => {
    fc.assert(
      fc.property(fc.string(), (user) => {
        const colour = nameColour(user);
        expect(colour).toEqual(nameColour(user));
        expect(colour.light).toMatch(/^#[0-9a-f]{6}$/);
        expect(colour.dark).toMatch(/^#[0-9a-f]{6}$/);
      }),
    );
  });
});

describe('the colour of a channel', () => {
  const panes = { light: ['#ffffff', '#f3f4f0', '#f6f7f3'], dark: ['#16181b', '#101214', '#1c1f22'] };
  const ink = { light: '#191b1d', dark: '#e9ebee' };

  it.each([
    ['light', false],
    ['light', true],
    ['dark', false],
    ['dark', true],
  ] as const)('is legible in the %s theme for every hue; high contrast: %s', (theme, isStrong) => {
    for (let hue = 0; hue < 360; hue += 1) {
      const colours = accentColours(hue, theme === 'dark', isStrong);
      expect(contrast(ON_ACCENT, colours.fill)).toBeGreaterThan(7);
      expect(contrast(ON_ACCENT, colours.hover)).toBeGreaterThan(7);
      expect(contrast(ink[theme], colours.wash)).toBeGreaterThan(7);
      const least = isStrong ? 7 : 4.5;
      for (const pane of [...panes[theme], colours.wash]) {
        expect(contrast(colours.ink, pane), `${hue} on ${pane}`).toBeGreaterThan(least);
      }
    }
  });
});

describe('the drawn part of the list', () => {
  it('is the newest 200 rows at the bottom', () => {
    const rows = rowsOf(range(1, 900));
    const shown = shownRows(rows, PINNED);
    expect(shown).toHaveLength(PINNED_ROWS);
    expect(shown.at(-1)?.seq).toBe(900);
  });

  it('stays as it was when messages come while the reader is scrolled up', () => {
    const before = rowsOf(range(1, 300));
    const held = hold(before);
    const after = [...before, ...rowsOf(range(301, 340))];
    expect(shownRows(after, held)).toEqual(shownRows(before, held));
    expect(isAtTail(after, held)).toBe(false);
  });

  it('counts only messages as new', () => {
    const before = rowsOf(range(1, 10));
    expect(newSince([...before, ...rowsOf([11, 12])], hold(before))).toBe(0);
  });

  it('walks up and down over any rows without ever drawing too many, and reaches both ends', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50_000), { minLength: 1, maxLength: 3_000 }), (seqs) => {
        const rows = rowsOf(seqs.toSorted((a, b) => a - b));
        let window = hold(rows);
        for (let step = 0; step < 40 && hasOlder(rows, window); step += 1) {
          window = showOlder(rows, window);
          expect(shownRows(rows, window).length).toBeLessThanOrEqual(HELD_ROWS);
        }
        expect(shownRows(rows, window)[0]).toBe(rows[0]);
        for (let step = 0; step < 40 && !isAtTail(rows, window); step += 1) {
          window = showNewer(rows, window);
          expect(shownRows(rows, window).length).toBeLessThanOrEqual(HELD_ROWS);
        }
        expect(shownRows(rows, window).at(-1)).toBe(rows.at(-1));
      }),
      { numRuns: 40 },
    );
  });
});
