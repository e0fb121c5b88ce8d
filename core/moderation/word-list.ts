import unhomoglyph from 'unhomoglyph';

/** Words and phrases to look for, folded once. */
export interface WordList {
  readonly isEmpty: boolean;
  /** The first of them that the text has as whole words, as it was given; null: none. */
  find(text: string): string | null;
}

const SEPARATORS = /[^\p{L}\p{M}\p{Nd}]+/u;

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
  return {
    isEmpty,
    find(text) {
      if (isEmpty) return null;
      const said = wordsOf(text);
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
  const plain = text.replace(INVISIBLE, '').normalize('NFKC').toLowerCase();
  const folded = unhomoglyph(plain).normalize('NFKC').toLowerCase().replace(/[iı1]/g, 'l');
  return folded.split(SEPARATORS).filter((word) => word !== '');
}
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
