import type { RuleSettings } from '../domain/channel-settings.ts';
import type { Rank } from '../domain/permission.ts';
import type { Case, Finding, PolicyConfig, Rule, Verdict } from './rule.ts';
import { floodRate } from './rules/flood-rate.ts';
import { heldWords } from './rules/held-words.ts';
import { houseRules } from './rules/house-rules.ts';
import { lowKarma } from './rules/low-karma.ts';
import { repeatedText } from './rules/repeated-text.ts';
import { sanctionedUser } from './rules/sanctioned-user.ts';
import { shieldedChannel } from './rules/shielded-channel.ts';
import { shouting } from './rules/shouting.ts';
import { unwantedLinks } from './rules/unwanted-links.ts';
import { unwantedMentions } from './rules/unwanted-mentions.ts';
import { createWordList } from './word-list.ts';

/** For everybody, whatever their rank. */
const FOR_ALL: readonly Rule[] = [
  sanctionedUser, // a banned or timed-out user says nothing
];

/** Moderation, in reading order. The strictest finding wins, of equal ones the first; all of them are kept. */
export const RULES: readonly Rule[] = [
  ...FOR_ALL,
  houseRules, // rules of the channel not accepted yet
  floodRate, // too many messages in the window
  repeatedText, // the same text again (off by default)
  unwantedMentions, // too many people called at once
  unwantedLinks, // links of newcomers wait, or none are taken
  shieldedChannel, // shield mode: newcomers wait, links are off
  heldWords, // words of the channel's list, look-alike characters folded
  lowKarma, // people of bad standing wait
  shouting, // mostly capitals (off by default)
];

/** Makes a channel's rules ready to judge by. */
export function policyOf(settings: RuleSettings): PolicyConfig {
  return { settings, heldWords: createWordList(settings.heldWords) };
}

/** Judges one message by every rule; all findings go with the verdict. Moderators and above are judged by their sanction alone. */
export function judge(subject: Case, config: PolicyConfig, rules: readonly Rule[] = RULES): Verdict {
  const applied = isJudged(subject.facts.rank) ? rules : FOR_ALL;
  const findings: Finding[] = [];
  for (const rule of applied) {
    const finding = rule(subject, config);
    if (finding !== null) findings.push(finding);
  }
  if (findings.length === 0) return { kind: 'post' };
  const [first, ...others] = findings.toSorted((a, b) => weightOf(a) - weightOf(b));
  return first === undefined ? { kind: 'post' } : { kind: first.action, findings: [first, ...others] };
}

/** Whether the rules of a channel, slow mode among them, hold for somebody of this rank. */
export function isJudged(rank: Rank): boolean {
  return rank === 'guest' || rank === 'listener';
}

function weightOf({ action }: Finding): number {
  return action === 'reject' ? 0 : 1;
}
