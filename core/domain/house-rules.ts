import type { ChannelId, EpochMs } from './ids.ts';

/** What a DJ asks of people in a channel, in plain text. */
export interface HouseRules {
  /** The channel that they were set for: those of a DJ's channel hold in the DJ's events too, which have none of their own. */
  readonly channel: ChannelId;
  /** From 1; one more with every change, and then everybody is asked again. */
  readonly version: number;
  readonly text: string;
  readonly setAt: EpochMs;
}

/**
 * Who must accept them before posting. `where-private`: people to whom they can be shown without telling the whole room,
 * which leaves out platforms where a bot cannot write to somebody by itself.
 */
export const ACCEPTANCES = ['off', 'where-private', 'everywhere'] as const;
export type Acceptance = (typeof ACCEPTANCES)[number];

export const MAX_RULES_UTF16 = 2_000;
/** Name of the rule by which a message waits for its author to accept them. */
export const HOUSE_RULES = 'house-rules';
/** So many messages of one person wait in a channel; more are turned down. */
export const MOST_WAITING_FOR_RULES = 3;
/** What was not accepted within this is never posted. */
export const WAITS_FOR_RULES_MS = 24 * 60 * 60_000;
