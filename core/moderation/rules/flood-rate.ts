import type { Rule } from '../rule.ts';

/** So many messages of one person in the window, and no more. Posts in flight may go over by one or two. */
export const floodRate: Rule = ({ facts }, { settings }) => {
  const { isOn, count, seconds } = settings.flood;
  if (!isOn) return null;
  const windowMs = seconds * 1_000;
  // those after it count too: what comes late stands among what was said meanwhile
  const near = facts.lately.filter((at) => Math.abs(facts.saidAt - at) < windowMs);
  if (near.length < count) return null;
  const oldest = near[count - 1] ?? facts.saidAt;
  const waitMs = Math.max(1, Math.min(windowMs, oldest + windowMs - facts.saidAt));
  return {
    rule: 'flood-rate',
    action: 'reject',
    code: 'rate-limited',
    retryAfterMs: waitMs,
    karma: 0,
    say: `You are writing too fast: at most ${count} messages in ${seconds} s here.`,
    detail: `${near.length} messages in ${seconds} s`,
  };
};
