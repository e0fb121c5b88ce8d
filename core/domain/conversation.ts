import type { ChannelKind } from './channel.ts';
import type { AccountId, ChannelId, EpochMs, UserId } from './ids.ts';
import { isOnAir, type LiveEvent, type LiveEventId } from './live-event.ts';

/** Channels that belong to those who are in them, and to nobody else. */
export function isConversation(kind: ChannelKind): kind is 'private' | 'direct' {
  return kind === 'private' || kind === 'direct';
}

/**
 * How somebody stands in a conversation. `asked`: has not answered. `unasked`: had blocked whoever asks, and hears
 * nothing of it; others take it for `in` or `asked`.
 */
export const MEMBER_STATES = ['in', 'asked', 'declined', 'unasked', 'left'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** One person in a conversation, by one of their accounts. */
export interface Member {
  readonly channel: ChannelId;
  readonly user: UserId;
  /** As it was when they came. */
  readonly name: string;
  readonly platform: string;
  /** Where a bridge brings it to them; null: they read it here. */
  readonly account: AccountId | null;
  readonly state: MemberState;
  /** Who brought them in. */
  readonly askedBy: UserId | null;
  /** What was said before is not for them. */
  readonly since: EpochMs;
}

export const MOST_IN_DIRECT = 20;
export const MOST_IN_PRIVATE = 200;
/** Conversations that one person has begun and is in; what others bring them into counts for the others. */
export const MOST_CONVERSATIONS = 500;
/** Direct conversations of more than two that one person begins: nobody is asked whether they will be in one. */
export const MOST_GROUPS_AN_HOUR = 20;
/** Private channels into which one person asks another, who has not accepted. */
export const MOST_ASKED_ONE = 5;
/** People whom one person has asked and who have not answered. */
export const MOST_ASKED = 20;
export const MAX_CONVERSATION_NAME = 60;

/** Who of a conversation does not get an entry of it. Judged when it is stored, kept with it for ever. */
export interface Veil {
  /** They have blocked who says it. */
  readonly never?: readonly UserId[];
  /** They get it once their show is over. */
  readonly later?: readonly Hold[];
  /** They get it without what it quotes. */
  readonly quote?: readonly UserId[];
}

/** Until this stretch of this event on air ends. */
export interface Hold {
  readonly user: UserId;
  readonly event: LiveEventId;
  readonly stretch: Stretch;
}

/** An event that was resumed is on air again. */
export type Stretch = 'first' | 'again';

export function stretchOf({ startedAt, since }: Pick<LiveEvent, 'startedAt' | 'since'>): Stretch {
  return startedAt === null || startedAt === since ? 'first' : 'again';
}

/** Whether what was held is to be delivered. `event`: as it is now; undefined: it is over. */
export function isHoldOver(hold: Hold, event: LiveEvent | undefined): boolean {
  return event === undefined || !isOnAir(event.state) || stretchOf(event) !== hold.stretch;
}
