import type { HeldFinding } from './held.ts';
import type { ChannelId, EpochMs, UserId } from './ids.ts';
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
