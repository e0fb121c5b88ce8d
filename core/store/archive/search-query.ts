/** More words than this make no search better. */
const MAX_WORDS = 16;
/** Shorter words must be whole: `a` as the beginning of a word would find nearly everything. */
const LEAST_PREFIX = 2;
const WORD = /[\p{L}\p{N}]/u;

/**
 * What somebody typed, as a question in the syntax of FTS5: all words, each by its beginning. Every word is a quoted
 * string, in which only the quote itself means anything, so that no operator, column or wildcard of theirs gets through.
 * @returns null when there is no word to look for
 */
export function searchExpression(text: string): string | null {
  const words = text
    .normalize('NFC')
    .replaceAll('\0', ' ')
    .split(/\s+/u)
    .filter((word) => WORD.test(word))
    .slice(0, MAX_WORDS);
  if (words.length === 0) return null;
  return words.map((word) => `"${word.replaceAll('"', '""')}"${word.length < LEAST_PREFIX ? '' : '*'}`).join(' ');
}
