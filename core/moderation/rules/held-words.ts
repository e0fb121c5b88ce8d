import type { Rule } from '../rule.ts';

/** A message with a word of the channel's list waits for a moderator. */
export const heldWords: Rule = ({ glance }, { heldWords: list }) => {
  const found = list.find(glance.text);
  if (found === null) return null;
  return {
    rule: 'held-words',
    action: 'hold',
    karma: -2,
    say: 'Your message waits for a moderator.',
    detail: `has “${found}”`,
  };
};
