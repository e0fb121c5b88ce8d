import type { Rule } from '../rule.ts';

/** A banned or timed-out user says nothing. A timeout ends by its own time, also when nobody lifts it. */
export const sanctionedUser: Rule = ({ facts }) => {
  const { sanction, now } = facts;
  if (sanction === null || (sanction.until !== null && sanction.until <= now)) return null;
  const minutes = sanction.until === null ? null : Math.ceil((sanction.until - now) / 60_000);
  return {
    rule: 'sanctioned-user',
    action: 'reject',
    code: 'sanctioned',
    retryAfterMs: null,
    karma: 0,
    say: minutes === null ? 'You are banned here.' : `You are timed out here for ${minutes} more min.`,
    detail: sanction.act,
  };
};
