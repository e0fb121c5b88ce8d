import unhomoglyph from 'unhomoglyph';

export const MIN_NAME = 2;
export const MAX_NAME = 32;

export type CleanName =
  | { readonly ok: true; readonly name: string; readonly skeleton: string }
  | { readonly ok: false; readonly say: string };

const ALLOWED = /^[\p{L}\p{M}\p{Nd} _.-]+$/u;
/** Zero-width characters, fillers and the like: some of them count as letters or marks. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
const STARTS_WELL = /^[\p{L}\p{Nd}]/u;
const STACKED_MARKS = /\p{M}{3}/u;
/** Longer input is refused before it is normalized, which may lengthen it eighteenfold. */
const MAX_RAW = 200;

/** Reads the name that somebody chose for themselves. Length is counted in code points after NFKC. */
export function cleanName(raw: string): CleanName {
  if (raw.length > MAX_RAW) return bad(`A name has at most ${MAX_NAME} characters.`);
  const name = squeeze(raw.normalize('NFKC'));
  const length = [...name].length;
  if (length < MIN_NAME) return bad(`A name has at least ${MIN_NAME} characters.`);
  if (length > MAX_NAME) return bad(`A name has at most ${MAX_NAME} characters.`);
  if (!ALLOWED.test(name) || INVISIBLE.test(name)) {
    return bad('A name is made of letters, digits, spaces and the characters _ . -');
  }
  if (!STARTS_WELL.test(name)) return bad('A name begins with a letter or a digit.');
  if (STACKED_MARKS.test(name)) return bad('A name cannot stack more than two marks on a letter.');
  const skeleton = skeletonOf(name);
  if (skeleton === '') return bad('A name needs letters or digits.');
  if (GUEST_LIKE.test(skeleton)) return bad('Names like this are for guests.');
  return { ok: true, name, skeleton };
}

/** The best name that a name given elsewhere can be turned into; null where nothing of it may stand. */
export function tidyName(raw: string): string | null {
  const kept = [...raw.slice(0, MAX_RAW).normalize('NFKC')]
    .filter((char) => ALLOWED.test(char) && !INVISIBLE.test(char))
    .join('')
    .replace(/^[^\p{L}\p{Nd}]+/u, '')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1');
  const clean = cleanName(squeeze([...squeeze(kept)].slice(0, MAX_NAME).join('')));
  return clean.ok ? clean.name : null;
}

/**
 * What a name looks like: equal for names that people would take for one another, whatever their case, separators
 * and alphabets. Never shown.
 */
export function skeletonOf(name: string): string {
  let text = name;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = fold(text);
    if (next === text) return text;
    text = next;
  }
  return text;
}

/** Folding one character may give another that folds again; three rounds are the most seen over all of Unicode. */
const MAX_ROUNDS = 10;

function fold(text: string): string {
  return unhomoglyph(text.normalize('NFKC').toLowerCase())
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{Nd}]/gu, '')
    .replace(/[iı1]/g, 'l'); // I, l and 1 are one stroke in many fonts
}

/** `Guest 4821` and what looks like it; the digits 0 and 1 fold to letters. */
const GUEST_LIKE = /^guest[ol2-9]*$/;

function squeeze(name: string): string {
  return name.replace(/^ +| +$/g, '').replace(/ {2,}/g, ' ');
}

function bad(say: string): CleanName {
  return { ok: false, say };
}
