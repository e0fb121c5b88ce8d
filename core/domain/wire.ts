import type { Channel } from './channel.ts';
import type { Content } from './content.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from './ids.ts';
import type { ChatMessage, Reaction, Redaction } from './message.ts';
import type { Rank } from './permission.ts';

/**
 * What readers of a channel see of the log: the same bytes for every one of them, with `seq` put in front by the reader.
 * The native protocol hands these on as they are; the archiver and the history fold them into messages.
 */
export type WireEntry =
  | WireMessage
  | {
      readonly type: 'edit';
      readonly channel: ChannelId;
      readonly id: MessageId;
      readonly content: Content;
      readonly revision: number;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'redaction';
      readonly channel: ChannelId;
      readonly id: MessageId;
      readonly redaction: Redaction;
    }
  /** A message that was hidden is there again, as it stands here. */
  | {
      readonly type: 'shown';
      readonly channel: ChannelId;
      readonly id: MessageId;
      readonly message: WireChatMessage;
    }
  | {
      readonly type: 'reaction';
      readonly channel: ChannelId;
      readonly id: MessageId;
      readonly user: UserId;
      readonly name: string;
      readonly emoji: string;
      readonly on: boolean;
      readonly at: EpochMs;
    }
  /** What a moderator has said of a picture that this message shows. */
  | {
      readonly type: 'mark';
      readonly channel: ChannelId;
      readonly id: MessageId;
      /** `picture` of the attachment. */
      readonly picture: string;
      readonly mark: 'safe' | 'nsfw';
      readonly at: EpochMs;
    }
  | {
      readonly type: 'notice';
      readonly channel: ChannelId;
      readonly code: string;
      readonly say: string;
      readonly at: EpochMs;
    };

/** `key` is the author's client key, so that the author's own clients recognise what they drew already. */
export interface WireMessage {
  readonly type: 'message';
  readonly channel: ChannelId;
  readonly key: string | null;
  readonly message: WireChatMessage;
}

/** A ChatMessage without what readers have no use for: the origin stays with the hubs. */
export type WireChatMessage = Omit<ChatMessage, 'origin' | 'channel'>;

/** A message as it stands now, for history pages. */
export interface HistoryMessage {
  readonly seq: Seq;
  readonly message: WireChatMessage;
  readonly reactions: readonly Reaction[];
}

/** A channel as one person finds it in the list. */
export interface ListedChannel extends Channel {
  readonly rank: Rank;
  readonly mayPost: boolean;
  /** Hue of its own colour, 0 to 359; null: it has none. */
  readonly accent: number | null;
  /** Path of its picture, small with `?thumb`; null: it has none. */
  readonly picture: string | null;
  /** Of the newest entry that this person may see. */
  readonly headSeq: Seq | null;
}

/** Somebody who is connected. */
export interface Person {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  readonly badge: 'admin' | 'dj' | 'moderator' | null;
  /** `session`: here. `platform`: their platform says so. `act`: they did something there in the last ten minutes. */
  readonly how: 'session' | 'platform' | 'act';
}
