import type { EntryNote } from './entry.ts';
import type { BridgeId, ChannelId, EpochMs, MessageId, UserId } from './ids.ts';
import type { RemoteRef } from './message.ts';
import type { WireChatMessage } from './wire.ts';

/** Why a message is held, in words for moderators. */
export interface HeldFinding {
  readonly rule: string;
  readonly detail: string;
  /** Karma that its author loses if a moderator discards it. */
  readonly karma: number;
}

/** Body of an entry of kind `held`: all that is needed to make a message of it. */
export interface HeldBody {
  readonly message: WireChatMessage;
  /** The author's own key, so that their clients recognise it once it is shown. */
  readonly clientKey: string | null;
  /** The key of the step under which it came. */
  readonly cameAs: string;
  readonly bridge: BridgeId;
  readonly ref: RemoteRef | null;
  /** As in the note of a message. */
  readonly relay: EntryNote['relay'] | null;
  readonly findings: readonly HeldFinding[];
}

/** A message that waits for a moderator. */
export interface HeldMessage {
  readonly id: MessageId;
  readonly channel: ChannelId;
  readonly author: UserId;
  readonly at: EpochMs;
  readonly body: HeldBody;
  /** Who looks at it now, so that others take another one; null: nobody. */
  readonly takenBy: UserId | null;
}
