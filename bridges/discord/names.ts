const MAX_USERNAME = 80;

/** Words that Discord refuses anywhere in the name of a webhook post, and how the same reads with one letter of another alphabet. */
const REFUSED: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/discord/gi, (found) => `${found.slice(0, 3)}${found[3] === 'C' ? '\u0421' : '\u0441'}${found.slice(4)}`],
  [/clyde/gi, (found) => `${found.slice(0, 4)}${found[4] === 'E' ? '\u0415' : '\u0435'}`],
];
const TWINS: Readonly<Record<string, string>> = { '@': '\uff20', '#': '\uff03', ':': '\ua789', '`': '\u02cb' };
/** Controls, marks that turn text around, and what takes no room: two names that look alike would pass for one. */
const UNSEEN = /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu;

/**
 * A name that Discord takes for a webhook post: 1 to 80 characters without what it refuses. The same name gives the
 * same result, and what is acceptable already stays as it is.
 */
export function webhookUsername(name: string): string {
  let shown = name
    .toWellFormed()
    .replace(/\s/gu, ' ')
    .replace(UNSEEN, '')
    .replace(/ +/g, ' ')
    .replace(/[@#:`]/g, (character) => TWINS[character] ?? '')
    .trim();
  for (const [word, twin] of REFUSED) shown = shown.replace(word, twin);
  shown = cut(shown, MAX_USERNAME).trim();
  if (shown === '') return 'somebody';
  return /^(everyone|here)$/i.test(shown) ? `${shown}.` : shown;
}

/** Whole characters as people count them, as long as they fit. */
function cut(text: string, utf16: number): string {
  if (text.length <= utf16) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (kept.length + segment.length > utf16) break;
    kept += segment;
  }
  return kept;
}
