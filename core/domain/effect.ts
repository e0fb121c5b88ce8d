import type { ChannelMode } from './channel-mode.ts';
import type { ChannelId, EpochMs, MessageId, UserId } from './ids.ts';
import type { Redaction } from './message.ts';

/** What changes together with the entry. Closed: a new kind fails to compile in each store. */
export type Effect =
  | { readonly kind: 'message'; readonly id: MessageId; readonly author: UserId }
  /** Refused with `conflict` unless the head has this author and revision and is not redacted. */
  | { readonly kind: 'edit'; readonly id: MessageId; readonly author: UserId; readonly fromRevision: number }
  /** Refused with `conflict` unless the head has this author and is not redacted. */
  | { readonly kind: 'redact'; readonly id: MessageId; readonly author: UserId; readonly redaction: Redaction }
  /** A member of a set: `unchanged` when it is so already; refused when redacted. */
  | {
      readonly kind: 'react';
      readonly id: MessageId;
      readonly user: UserId;
      readonly emoji: string;
      readonly on: boolean;
    }
  /** `until` null: a ban. `act` lift removes it. The step's body is kept as long as it is in force. */
  | {
      readonly kind: 'sanction';
      readonly user: UserId;
      readonly act: 'timeout' | 'ban' | 'lift';
      readonly until: EpochMs | null;
    }
  | { readonly kind: 'channel'; readonly channel: ChannelId; readonly state: 'open' | 'read-only' }
  /** Rights, members or links changed in SQL under this change id: what was judged before is refused as stale. */
  | { readonly kind: 'rev'; readonly change: string }
  /** What the step's body says waits for a moderator, under this id. */
  | { readonly kind: 'hold'; readonly id: MessageId; readonly author: UserId }
  /** A held message is one of the channel from now on. Refused with `decided` unless it still waits. */
  | { readonly kind: 'release'; readonly id: MessageId; readonly author: UserId }
  /** A held message is never shown. Refused with `decided` unless it still waits. */
  | { readonly kind: 'discard'; readonly id: MessageId; readonly author: UserId }
  /** Readers see the message as if it were redacted, until `show`. Refused with `decided` when it is hidden already. */
  | { readonly kind: 'hide'; readonly id: MessageId; readonly author: UserId; readonly redaction: Redaction }
  /** Refused with `decided` unless it is hidden. */
  | { readonly kind: 'show'; readonly id: MessageId; readonly author: UserId }
  /** Changes nothing. Refused with `conflict` unless the head is as said, not redacted and not hidden. */
  | { readonly kind: 'late'; readonly id: MessageId; readonly author: UserId; readonly fromRevision: number }
  | ({ readonly kind: 'mode'; readonly channel: ChannelId } & ChannelMode)
  /** The last thing that this person said here must be at least so long before `at`; refused with `slow` otherwise. */
  | {
      readonly kind: 'slow';
      readonly channel: ChannelId;
      readonly user: UserId;
      readonly at: EpochMs;
      readonly everyMs: number;
    };
