import type { HeldFinding } from './held.ts';
import type { ChannelId, EpochMs, UserId } from './ids.ts';
import type { Rank } from './permission.ts';
import type { WireChatMessage } from './wire.ts';

/** Somebody as moderators see them; null: the hub has only the id. */
export interface StaffPerson {
  readonly user: UserId;
  readonly name: string | null;
  readonly platform: string | null;
}

/** A message that waits for a moderator, with all that helps to decide. */
export interface QueuedMessage {
  readonly channel: ChannelId;
  readonly message: WireChatMessage;
  readonly at: EpochMs;
  readonly findings: readonly HeldFinding[];
  readonly karma: number;
  /** Who looks at it now; null: nobody. */
  readonly takenBy: StaffPerson | null;
  /** What became of earlier messages of this author that were held. */
  readonly earlier: { readonly released: number; readonly discarded: number };
  /** The newest acts on this author, newest first. */
  readonly acts: readonly StaffAct[];
}
export interface StaffAct {
  readonly act: string;
  readonly at: EpochMs;
  readonly reason: string | null;
  readonly until: EpochMs | null;
}

/** A message that was reported, with its words whether it is hidden or not. */
export interface ReportedMessage {
  readonly channel: ChannelId;
  readonly message: WireChatMessage;
  readonly isHidden: boolean;
  readonly karma: number;
  readonly reports: readonly { readonly by: StaffPerson; readonly reason: string | null; readonly at: EpochMs }[];
}

/** Somebody in a list, as those see them who moderate a channel. */
export interface ListedPerson extends StaffPerson, Pick<StaffView, 'rank' | 'karma' | 'restraint'> {
  /** When they were in the channel last; null: it is not known. */
  readonly lastAt: EpochMs | null;
}

/** Somebody as those see them who moderate a channel. */
export interface StaffView extends StaffPerson {
  /** In this channel. */
  readonly rank: Rank;
  readonly karma: number;
  /** What is in force against them here; null: nothing. */
  readonly restraint: {
    readonly act: 'timeout' | 'ban';
    readonly until: EpochMs | null;
    readonly reason: string | null;
  } | null;
  /** All accounts of the person, this one among them; none where there is but one. */
  readonly accounts: readonly { readonly user: UserId; readonly platform: string; readonly name: string }[];
  /** What was done to them here, newest first, and what was noted. */
  readonly acts: readonly StaffAct[];
}

/** What was done to somebody on a platform, where it stayed. */
export interface NativeAct {
  readonly id: string;
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  /** Null: the platform does not say. */
  readonly byName: string | null;
  readonly act: 'timeout' | 'ban' | 'lift' | 'kick';
  readonly until: EpochMs | null;
  readonly reason: string | null;
  readonly at: EpochMs;
  /** All of it in one line. */
  readonly say: string;
}
