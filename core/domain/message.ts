import type { Content } from './content.ts';
import { EMPTY_CONTENT } from './content.ts';
import type { BridgeId, ChannelId, EpochMs, MessageId, RoomId, UserId } from './ids.ts';

/** Where a message lives on a platform. `note` is the bridge's own, such as which credential sent it; at most 200 bytes. */
export interface RemoteRef {
  readonly room: RoomId;
  readonly id: string;
  readonly note?: string;
}

/** Who wrote a message, as shown at the time it was written. */
export interface Author {
  readonly user: UserId;
  /** Display name, cleaned; never a key. */
  readonly name: string;
  /** Lower-case platform name: the badge. */
  readonly platform: string;
  readonly avatarUrl: string | null;
  /** The badge beside the name in this channel; null for a listener. */
  readonly badge: 'admin' | 'dj' | 'moderator' | 'bot' | 'guest' | null;
  /** The name looks like that of somebody with a role who is another. Absent: it does not. */
  readonly looksLikeStaff?: true;
}

/** The first appearance of a message. */
export interface Origin {
  readonly bridge: BridgeId;
  /** Null for a platform that keeps no messages of its own (Slipmat itself). */
  readonly ref: RemoteRef | null;
}

/** What stands above a reply; `id` leads to the whole. */
export interface Quote {
  readonly id: MessageId;
  readonly name: string;
  /** What the earlier message says now, as `quoteText` puts it; empty once it is redacted. */
  readonly text: string;
}

/** One normalized, immutable message. A change makes a new value with the next revision. */
export interface ChatMessage {
  readonly id: MessageId;
  readonly channel: ChannelId;
  readonly author: Author;
  readonly content: Content;
  readonly replyTo: Quote | null;
  readonly sentAt: EpochMs;
  /** 0 when posted; one more with every edit. */
  readonly revision: number;
  readonly editedAt: EpochMs | null;
  readonly redaction: Redaction | null;
  readonly origin: Origin;
}

export interface Redaction {
  readonly at: EpochMs;
  /**
   * Others learn only this much; who and why go to moderators. `platform`: where it was written, which does not say by
   * whom. `reports`: for now, until a moderator has looked.
   */
  readonly by: 'author' | 'moderator' | 'platform' | 'reports';
}

/** The next revision with other content. */
export function revise(message: ChatMessage, content: Content, at: EpochMs): ChatMessage {
  return { ...message, content, revision: message.revision + 1, editedAt: at };
}

/** The message with its content gone. */
export function redact(message: ChatMessage, redaction: Redaction): ChatMessage {
  return { ...message, content: EMPTY_CONTENT, replyTo: null, redaction };
}

/** One emoji on one message, with who put it there. */
export interface Reaction {
  readonly emoji: string;
  readonly users: readonly UserId[];
}
