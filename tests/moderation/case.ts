import { newMessageId, userIdOf } from '../../core/async/mint.ts';
import { NO_RULES, type RuleSettings } from '../../core/domain/channel-settings.ts';
import { type Rich, textContent } from '../../core/domain/content.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { glanceAt } from '../../core/moderation/glance.ts';
import { judge, policyOf } from '../../core/moderation/policy.ts';
import type { Case, Facts, Verdict } from '../../core/moderation/rule.ts';
import { normalize } from '../../core/pipeline/normalize.ts';

export const NOW = 1_800_000_000_000 as EpochMs;
export const ANN = userIdOf('x', 'ann' as never);

/** Somebody of good standing, in a calm channel. */
const CALM: Facts = {
  now: NOW,
  sanction: null,
  rank: 'listener',
  karma: 0,
  isNewcomer: false,
  isShielded: false,
  mustAccept: false,
  saidAt: NOW,
  lately: [],
  lateTexts: [],
};

/** A message of Ann's, and what is known of her. */
export function caseOf(said: string | Rich, facts: Partial<Facts> = {}): Case {
  const author = { user: ANN, name: 'Ann', platform: 'x', avatarUrl: null, badge: null };
  const channel = { id: 'lobby' as never, kind: 'mega', name: 'Lobby', topic: '', owner: null, state: 'open' } as const;
  const origin = { bridge: 'x' as never, ref: null };
  const content = typeof said === 'string' ? textContent(said) : { rich: said, attachments: [] };
  const message = normalize({ channel, author, content, replyTo: null, origin }, NOW, newMessageId());
  return { message, glance: glanceAt(message), facts: { ...CALM, ...facts } };
}

/** Judged by rules that are all off but these. */
export function verdictOn(
  said: string | Rich,
  facts: Partial<Facts> = {},
  settings: Partial<RuleSettings> = {},
): Verdict {
  return judge(caseOf(said, facts), policyOf({ ...NO_RULES, ...settings }));
}
