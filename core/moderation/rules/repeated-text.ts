import type { Rule } from '../rule.ts';

/** The same text again within a minute. Off unless asked for: crowds repeat themselves. */
export const repeatedText: Rule = ({ glance, facts }, { settings }) => {
  if (!settings.repeatedText || facts.lateTexts.length === 0) return null;
  const said = foldRepeated(glance.text);
  if (said === '' || !facts.lateTexts.includes(said)) return null;
  return {
    rule: 'repeated-text',
    action: 'reject',
    code: 'against-rules',
    retryAfterMs: null,
    karma: 0,
    say: 'You have just said that.',
    detail: 'the same text again',
  };
};

/** Texts that differ in case or blanks alone are the same. */
export function foldRepeated(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase();
}
