import { HOUSE_RULES } from '../../domain/house-rules.ts';
import type { Rule } from '../rule.ts';

/** Who has not accepted the rules of the channel yet waits until they have. */
export const houseRules: Rule = ({ facts }) =>
  facts.mustAccept
    ? {
        action: 'hold',
        rule: HOUSE_RULES,
        karma: 0,
        say: 'Accept the rules of this chat first.',
        detail: 'waits until its author has accepted the house rules',
      }
    : null;
