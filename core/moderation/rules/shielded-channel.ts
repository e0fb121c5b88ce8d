import type { Rule } from '../rule.ts';

/** Shield mode: what newcomers say waits for a moderator, and links are off. */
export const shieldedChannel: Rule = ({ glance, facts }) => {
  if (!facts.isShielded) return null;
  if (glance.hasLink) {
    return {
      rule: 'shielded-channel',
      action: 'reject',
      code: 'against-rules',
      retryAfterMs: null,
      karma: 0,
      say: 'Links are off here for now.',
      detail: 'a link in shield mode',
    };
  }
  if (!facts.isNewcomer) return null;
  return {
    rule: 'shielded-channel',
    action: 'hold',
    karma: 0,
    say: 'What people who are new here say waits for a moderator for now.',
    detail: 'a newcomer in shield mode',
  };
};
