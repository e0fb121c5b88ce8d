import type { Rule } from '../rule.ts';

/** What people of bad standing say waits for a moderator. */
export const lowKarma: Rule = ({ facts }, { settings }) => {
  const { holdBelowKarma } = settings;
  if (holdBelowKarma === null || facts.karma >= holdBelowKarma) return null;
  return {
    rule: 'low-karma',
    action: 'hold',
    karma: 0,
    say: 'Your message waits for a moderator.',
    detail: `karma ${Math.round(facts.karma)}`,
  };
};
