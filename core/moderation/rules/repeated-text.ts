import type { Rule } from '../rule.ts';

/** The same text again within a minute. Off unless asked for: crowds repeat themselves. */
export const repeatedText: Rule = ({ glance, facts }, { settings }) => {
  if (!settings.repeatedText || facts.lateTexts.length === 0) return null;
  const said = folded(glance.text);
  if (said === '' || !facts.lateTexts.some((text) => folded(text) === said)) return null;
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

function folded(text: string): string {
  return text.replace(/\s+/gu, ' ').trim().toLowerCase();
}
