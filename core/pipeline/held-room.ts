import type { HeldBody } from '../domain/held.ts';
import { HOUSE_RULES, MOST_WAITING_FOR_RULES } from '../domain/house-rules.ts';
import type { ChatMessage } from '../domain/message.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import type { Finding } from '../moderation/rule.ts';
import { type HeldFacts, MOST_HELD } from './held-facts.ts';
import type { LiveFacts } from './live-facts.ts';

interface At {
  readonly held: Pick<HeldFacts, 'count' | 'forRules' | 'countForRules'>;
  readonly facts: Pick<LiveFacts, 'sameAs'>;
}

/** Why one message more cannot wait; null: it can. Nobody looks through what waits for rules alone, so it keeps no place from what moderators look at. */
export function noRoomFor(
  { channel, author }: ChatMessage,
  findings: readonly Finding[],
  { held, facts }: At,
): Receipt | null {
  const isAmong = findings.some(({ rule }) => rule === HOUSE_RULES);
  if (isAmong && held.countForRules(channel, facts.sameAs(author.user)) >= MOST_WAITING_FOR_RULES) return ACCEPT_FIRST;
  if (findings.every(({ rule }) => rule === HOUSE_RULES))
    return held.forRules(channel).length >= MOST_HELD ? ACCEPT_FIRST : null;
  return held.count(channel) >= MOST_HELD ? TOO_MANY_HELD : null;
}

/** Whether the body of a held entry says that its author must accept the rules. */
export function isForRules(body: string): boolean {
  const { findings } = JSON.parse(body) as HeldBody;
  return findings.some(({ rule }) => rule === HOUSE_RULES);
}

const TOO_MANY_HELD = refused('rate-limited', 'Too many messages wait for the moderators; try again later.', 60_000);
const ACCEPT_FIRST = refused(
  'house-rules',
  'Accept the rules of this chat first: see /rules, then /accept. What you wrote until then is posted with it.',
);
