import type { Rule } from '../rule.ts';

/** One message calls so many people, and no more. */
export const unwantedMentions: Rule = ({ glance }, { settings }) => {
  const { isOn, most } = settings.mentions;
  if (!isOn || glance.mentions <= most) return null;
  return {
    rule: 'unwanted-mentions',
    action: 'reject',
    code: 'against-rules',
    retryAfterMs: null,
    karma: -1,
    say: `A message can mention at most ${most} people here.`,
    detail: `${glance.mentions} mentions`,
  };
};
