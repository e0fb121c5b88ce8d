import type { Case, PolicyConfig, Rule, Verdict } from './rule.ts';
import { sanctionedUser } from './rules/sanctioned-user.ts';

/** Moderation, in reading order. The first finding is the one the author is told. */
export const RULES: readonly Rule[] = [
  sanctionedUser, // a banned or timed-out user says nothing
];

/** Judges one message by every rule; all findings go with the verdict. */
export function judge(subject: Case, config: PolicyConfig, rules: readonly Rule[] = RULES): Verdict {
  const [first, ...others] = rules.map((rule) => rule(subject, config)).filter((finding) => finding !== null);
  return first === undefined ? { kind: 'post' } : { kind: 'reject', findings: [first, ...others] };
}
