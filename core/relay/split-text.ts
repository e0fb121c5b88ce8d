import { plainText, type Rich } from '../domain/content.ts';
import { countGraphemes, fittingLength, measure, type TextUnit } from './measure.ts';
import { sliceRich } from './slice-rich.ts';

export const MAX_PARTS = 3;

export interface PartLimits {
  /** Of the first part, which may be the caption of a picture. */
  readonly first: number;
  readonly rest: number;
  readonly unit: TextUnit;
}

/**
 * Splits a tree so that the plain text of each part fits its limit, cutting at lines, then words, then graphemes.
 * White space at a cut is dropped.
 * @param limits counted in `limits.unit`; what goes in front of each part is taken off before
 * @returns 1 to 3 parts; the last says how many characters were left out
 */
export function splitText(rich: Rich, limits: PartLimits): readonly Rich[] {
  const text = plainText(rich);
  if (measure(text, limits.unit) <= limits.first) return [rich];
  const parts: Rich[] = [];
  let start = leadingSpace(text);
  while (parts.length < MAX_PARTS) {
    const limit = Math.max(parts.length === 0 ? limits.first : limits.rest, 1);
    const rest = text.slice(start);
    if (measure(rest, limits.unit) <= limit) {
      return rest.trim() === '' && parts.length > 0 ? parts : [...parts, sliceRich(rich, start, text.length)];
    }
    if (parts.length === MAX_PARTS - 1) return [...parts, lastPart(rich, text, start, limit, limits.unit)];
    const end = start + cutLength(rest, limit, limits.unit);
    parts.push(sliceRich(rich, start, start + text.slice(start, end).trimEnd().length));
    start = end + leadingSpace(text.slice(end));
  }
  return parts;
}

/** The part that says what is missing. The number may have fewer digits than reserved, never more. */
function lastPart(rich: Rich, text: string, start: number, limit: number, unit: TextUnit): Rich {
  const rest = text.slice(start);
  const reserved = measure(marker(countGraphemes(rest)), unit);
  if (reserved >= limit) return sliceRich(rich, start, start + fittingLength(rest, limit, unit));
  const kept = rest.slice(0, cutLength(rest, limit - reserved, unit)).trimEnd();
  const missing = countGraphemes(rest.slice(kept.length).trimStart());
  return [...sliceRich(rich, start, start + kept.length), { t: 'text', text: marker(missing) }];
}

function marker(missing: number): string {
  return ` ... (${missing} more characters)`;
}

/** Where to end a part: after the last line or word in the second half of what fits, else between graphemes. */
function cutLength(text: string, limit: number, unit: TextUnit): number {
  const fits = fittingLength(text, limit, unit);
  if (/^\s/u.test(text.slice(fits))) return fits;
  const window = text.slice(0, fits);
  const line = window.lastIndexOf('\n');
  if (line >= fits / 2) return line;
  const word = window.search(/\s\S*$/u);
  return word >= fits / 2 ? word : fits;
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length;
}
