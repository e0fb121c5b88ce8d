/** What a platform counts its limits in. */
export type TextUnit = 'utf16' | 'code-point' | 'byte';

const ENCODER = new TextEncoder();
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function measure(text: string, unit: TextUnit): number {
  switch (unit) {
    case 'utf16':
      return text.length;
    case 'code-point':
      return [...text].length;
    case 'byte':
      return ENCODER.encode(text).length;
    default:
      return unit satisfies never;
  }
}

/** How many characters as people count them. */
export function countGraphemes(text: string): number {
  let count = 0;
  for (const _ of GRAPHEMES.segment(text)) count += 1;
  return count;
}

/**
 * The most UTF-16 units of `text` that fit `limit` without breaking a grapheme; a grapheme larger than the limit
 * is broken between code points, so that there is always progress.
 */
export function fittingLength(text: string, limit: number, unit: TextUnit): number {
  if (measure(text, unit) <= limit) return text.length;
  // A unit counts at least half the UTF-16 length, so nothing further back can fit.
  const window = text.slice(0, limit * 2 + 2);
  const whole = lengthWithin(graphemesOf(window), limit, unit);
  if (whole > 0 || text === '') return whole;
  const broken = lengthWithin([...window], limit, unit);
  return broken > 0 ? broken : ([...window][0]?.length ?? 0);
}

/** The first `count` characters as people count them. */
export function firstGraphemes(text: string, count: number): string {
  // none is shorter than one UTF-16 unit, and to tell them apart is slow
  if (text.length <= count) return text;
  let kept = '';
  let seen = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (seen === count) return kept;
    kept += segment;
    seen += 1;
  }
  return kept;
}

function* graphemesOf(text: string): Iterable<string> {
  for (const { segment } of GRAPHEMES.segment(text)) yield segment;
}

function lengthWithin(pieces: Iterable<string>, limit: number, unit: TextUnit): number {
  let taken = 0;
  let size = 0;
  for (const piece of pieces) {
    size += measure(piece, unit);
    if (size > limit) return taken;
    taken += piece.length;
  }
  return taken;
}
