import type { ChannelId, EpochMs, MessageId, UserId } from './ids.ts';

/** Somebody that an act names. */
export interface NamedUser {
  readonly user: UserId;
  /** Null: the hub has only the id. */
  readonly name: string | null;
  readonly platform: string | null;
}

/** One act of moderation, as moderators see it. */
export interface AuditedAct {
  /** Ask with it for what is older. */
  readonly id: number;
  readonly at: EpochMs;
  readonly act: string;
  /** Null: the hub itself. */
  readonly by: NamedUser | null;
  readonly target: NamedUser | null;
  readonly message: MessageId | null;
  readonly channel: ChannelId | null;
  readonly until: EpochMs | null;
  readonly reason: string | null;
  /** What became of it on the platforms; null: nothing was told of that. */
  readonly effect: string | null;
}

/** A line in somebody's book of karma, as it is shown. */
export interface ShownKarma {
  readonly points: number;
  readonly why: string;
  readonly at: EpochMs;
}
