import type { Content } from './content.ts';
import type { AccountId, BridgeId, ChannelId, EpochMs, MessageId, RoomId, UserId } from './ids.ts';
import type { RemoteRef } from './message.ts';

/** Somebody on a platform, as the platform shows them now. Keyed by `id`, never by name. */
export interface InboundAccount {
  readonly id: AccountId;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly isBot: boolean;
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
      readonly refs: readonly RemoteRef[];
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
  | { readonly kind: 'typing'; readonly room: RoomId; readonly by: InboundAccount; readonly on: boolean };

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
}
