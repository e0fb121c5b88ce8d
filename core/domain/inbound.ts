import type { Content } from './content.ts';
import type { AccountId, BridgeId, ChannelId, EpochMs, MessageId, RoomId, UserId } from './ids.ts';
import type { RemoteRef } from './message.ts';
import type { Grant } from './scopes.ts';

/** Somebody on a platform, as the platform shows them now. Keyed by `id`, never by name. */
export interface InboundAccount {
  readonly id: AccountId;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly isBot: boolean;
  /** The platform does not vouch for it: somebody else may come under the same id. Absent: it does. */
  readonly isProved?: false;
}

/** What a bridge reports. The hub port stamps the bridge's id and platform; a plugin cannot speak for another. */
export type Inbound =
  | InboundMessage
  | {
      readonly kind: 'edit';
      readonly eventId: string;
      readonly ref: RemoteRef;
      readonly by: InboundAccount;
      readonly content: Content;
      readonly at: EpochMs;
    }
  | {
      readonly kind: 'redaction';
      readonly eventId: string;
      /** The messages themselves, or everything that an account said in the room since then. */
      readonly of:
        | { readonly kind: 'refs'; readonly refs: readonly RemoteRef[] }
        | { readonly kind: 'account'; readonly room: RoomId; readonly account: AccountId; readonly since: EpochMs }
        | { readonly kind: 'room'; readonly room: RoomId; readonly since: EpochMs };
      /** Null when the platform does not say who. */
      readonly by: InboundAccount | null;
      readonly at: EpochMs;
    }
  | {
      readonly kind: 'reaction';
      readonly eventId: string;
      readonly ref: RemoteRef;
      readonly by: InboundAccount;
      readonly emoji: string;
      readonly on: boolean;
      readonly at: EpochMs;
    }
  | InboundCommand
  | {
      /** Said to the bot or ghost alone. */
      readonly kind: 'direct';
      readonly ref: RemoteRef;
      /** `key` of the Speaker whose ghost it was said to; absent: the bot. */
      readonly to?: string;
      /** The message that it answers; absent: none, or the platform does not say. */
      readonly replyTo?: RemoteRef;
      readonly by: InboundAccount;
      readonly content: Content;
      readonly at: EpochMs;
    }
  | {
      /** A button of ours was pressed. */
      readonly kind: 'choice';
      readonly eventId: string;
      readonly room: RoomId;
      readonly by: InboundAccount;
      /** The `id` of the Choice. */
      readonly id: string;
      /** For `respond`. */
      readonly ticket: string;
      readonly at: EpochMs;
    }
  | {
      /** A native act of moderation. */
      readonly kind: 'sanction';
      readonly eventId: string;
      readonly room: RoomId;
      readonly account: InboundAccount;
      /** `key` of the Speaker whose ghost the account is: the act is meant for that person. Absent: for the account. */
      readonly ghostOf?: string;
      /** Null when the platform does not say who. */
      readonly by: InboundAccount | null;
      /** `kick`: put out of the room, into which they may come again. */
      readonly act: 'timeout' | 'ban' | 'lift' | 'kick';
      readonly until: EpochMs | null;
      readonly reason: string | null;
      readonly at: EpochMs;
    }
  | {
      readonly kind: 'membership';
      readonly room: RoomId;
      readonly account: InboundAccount;
      readonly act: 'join' | 'leave';
      /** They came into or left all of a place of which this room is a part, such as a server. Absent: this room. */
      readonly isWide?: true;
      /** They are there now, or no longer. Absent: they belong to the room, and may be away. */
      readonly isPresence?: true;
      readonly at: EpochMs;
    }
  /** A name or avatar changed. */
  | { readonly kind: 'profile'; readonly account: InboundAccount; readonly at: EpochMs }
  | { readonly kind: 'typing'; readonly room: RoomId; readonly by: InboundAccount; readonly on: boolean }
  | { readonly kind: 'read'; readonly by: InboundAccount; readonly upTo: RemoteRef; readonly at: EpochMs }
  | {
      /** What a platform announces by itself, such as a subscription or a raid. `text` is complete as it stands. */
      readonly kind: 'notice';
      readonly ref: RemoteRef;
      readonly code: string;
      readonly text: string;
      readonly at: EpochMs;
    }
  /** The platform gave the room another id; its portal follows. */
  | { readonly kind: 'room-moved'; readonly from: RoomId; readonly to: RoomId }
  | { readonly kind: 'room-renamed'; readonly room: RoomId; readonly name: string }
  /** What the bot may do in the room changed: ask `capabilities` again. */
  | { readonly kind: 'rights-changed'; readonly room: RoomId }
  | { readonly kind: 'invitation'; readonly room: RoomId; readonly name: string; readonly by: InboundAccount };

/** A command as the platform registers it. What is typed with a prefix comes as a message; the hub reads it there. */
export interface InboundCommand {
  readonly kind: 'command';
  readonly eventId: string;
  readonly room: RoomId;
  readonly by: InboundAccount;
  /** Name of a CommandSpec. */
  readonly name: string;
  /** What stands after it, as one would type it. */
  readonly text: string;
  /** The account that was picked, where the platform lets one. */
  readonly target: InboundAccount | null;
  /** The message that it answers. */
  readonly replyTo: RemoteRef | null;
  /** For `respond`; null where the platform has none, then the answer is posted. */
  readonly ticket: string | null;
  readonly at: EpochMs;
}

export interface InboundMessage {
  readonly kind: 'message';
  readonly ref: RemoteRef;
  readonly by: InboundAccount;
  readonly content: Content;
  readonly replyTo: RemoteRef | null;
  /** By the platform's clock; the hub bounds it by its own. */
  readonly at: EpochMs;
}

/** An inbound with the stamp of the bridge that reported it. */
export interface Stamped<T = Inbound> {
  readonly bridge: BridgeId;
  readonly platform: string;
  readonly inbound: T;
}

/**
 * What somebody asks for in one channel, once it is known who and where: the one form that the route takes,
 * from a bridge, the native socket, REST or a command alike.
 */
export type Request =
  | {
      readonly kind: 'message';
      readonly channel: ChannelId;
      readonly content: Content;
      readonly replyTo: MessageId | null;
    }
  | { readonly kind: 'edit'; readonly channel: ChannelId; readonly id: MessageId; readonly content: Content }
  | {
      readonly kind: 'redaction';
      readonly channel: ChannelId;
      readonly id: MessageId;
      readonly reason: string | null;
    }
  | {
      readonly kind: 'reaction';
      readonly channel: ChannelId;
      readonly id: MessageId;
      readonly emoji: string;
      readonly on: boolean;
    };

/** Who asks, as the edge has proved it. */
export interface Actor {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  readonly avatarUrl: string | null;
  readonly isGuest: boolean;
  readonly isBot: boolean;
  /** The platform does not vouch for the account: it cannot be linked. Absent: it does. */
  readonly isProved?: false;
  /** They come by a token, and have no more than it was given. Absent: all their rights. */
  readonly grant?: Grant;
}
