import type { ChannelId, EpochMs, MessageId, UserId } from './ids.ts';

/** One act of moderation, as it is kept for a year. It goes in the note of the entry that the act made. */
export interface AuditLine {
  /** Such as `timeout`, `ban`, `lift`, `redact`, `hold-release`, `hold-discard`, `slow`, `shield`, `appoint`. */
  readonly act: string;
  /** Null: the hub itself, such as a rule or a timer. */
  readonly by: UserId | null;
  readonly target: UserId | null;
  readonly message: MessageId | null;
  readonly channel: ChannelId | null;
  readonly until: EpochMs | null;
  readonly reason: string | null;
  /** Names the act: lines of karma, effects on platforms and its undoing say the same. */
  readonly cause?: string;
}

/** One line of somebody's karma. Negative points are bad. */
export interface KarmaLine {
  readonly user: UserId;
  readonly points: number;
  /** Such as `timeout`, `redacted`, `report-upheld`, `thanks`, `good-order`, `undone`. */
  readonly why: string;
  /** Who gave it; null: the hub. */
  readonly by: UserId | null;
  /** The act it came from; undoing that act gives the points of all its lines back. */
  readonly cause: string;
}
