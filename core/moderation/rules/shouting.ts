import type { Rule } from '../rule.ts';

const LEAST_LETTERS = 12;
const MOST_CAPITALS = 0.8;

/** Mostly capitals. Off unless asked for: crowds shout. */
export const shouting: Rule = ({ glance }, { settings }) => {
  // most people write hardly any: then nothing is counted
  if (!settings.shouting || glance.text === glance.text.toLowerCase()) return null;
  const capitals = glance.text.match(/\p{Lu}/gu)?.length ?? 0;
  const small = glance.text.match(/\p{Ll}/gu)?.length ?? 0;
  if (capitals + small < LEAST_LETTERS || capitals < MOST_CAPITALS * (capitals + small)) return null;
  return {
    rule: 'shouting',
    action: 'reject',
    code: 'against-rules',
    retryAfterMs: null,
    karma: 0,
    say: 'Please do not write in capitals.',
    detail: `${capitals} capitals`,
  };
};
