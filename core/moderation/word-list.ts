import unhomoglyph from 'unhomoglyph';

/** Words and phrases to look for, folded once. */
export interface WordList {
  readonly isEmpty: boolean;
  /** The first of them that the text has as whole words, as it was given; null: none. */
  find(text: string): string | null;
}

const SEPARATORS = /[^\p{L}\p{M}\p{Nd}]+/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Printable ASCII and line ends: what most people write, and folded letter by letter. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;
const PLAIN_CODES = 128;
/** Looks like two letters with something between them: as that it would be a word of its own in the middle of another. */
const BROKEN = /%/g;

/** Case, look-alike characters and what stands between words make no difference. */
export function createWordList(given: readonly string[]): WordList {
  const words = new Map<string, string>();
  const phrases = new Map<string, string>();
  for (const one of given) {
    const folded = wordsOf(one);
    if (folded.length === 1) words.set(folded.join(''), one);
    else if (folded.length > 1) phrases.set(` ${folded.join(' ')} `, one);
  }
  const isEmpty = words.size + phrases.size === 0;
  const plain = isEmpty ? [] : plainFolds();
  return {
    isEmpty,
    find(text) {
      if (isEmpty) return null;
      const said = PLAIN.test(text) ? plainWords(text, plain) : wordsOf(text);
      for (const word of said) {
        const found = words.get(word);
        if (found !== undefined) return found;
      }
      if (phrases.size === 0) return null;
      const line = ` ${said.join(' ')} `;
      for (const [phrase, found] of phrases) if (line.includes(phrase)) return found;
      return null;
    },
  };
}

/** As a name is folded, but word by word. */
function wordsOf(text: string): readonly string[] {
  return fold(text.replace(INVISIBLE, '').replace(BROKEN, ' '))
    .split(SEPARATORS)
    .filter((word) => word !== '');
}

function fold(text: string): string {
  const looks = unhomoglyph(text.normalize('NFKC').toLowerCase());
  return looks.normalize('NFKC').toLowerCase().replace(/[iı1]/g, 'l');
}

/** What each plain character folds to; empty where it separates words. */
function plainFolds(): readonly string[] {
  return Array.from({ length: PLAIN_CODES }, (_, code) => wordsOf(String.fromCharCode(code)).join(''));
}

/** The same as `wordsOf`, without searching the text. */
function plainWords(text: string, folds: readonly string[]): readonly string[] {
  const words: string[] = [];
  let word = '';
  for (let at = 0; at < text.length; at += 1) {
    const folded = folds[text.charCodeAt(at)] ?? '';
    if (folded !== '') word += folded;
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  if (word !== '') words.push(word);
  return words;
}
