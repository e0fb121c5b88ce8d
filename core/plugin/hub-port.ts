import type { Clock } from '../async/clock.ts';
import type { ChannelId, RoomId } from '../domain/ids.ts';
import type { Inbound } from '../domain/inbound.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Logger } from '../ops/log.ts';
import type { CommandSpec } from './commands.ts';
import type { BridgeFailure } from './errors.ts';
import type { PlatformHttp } from './http.ts';
import type { MediaPort } from './media.ts';

/** All a bridge may ask of the hub. */
export interface HubPort {
  readonly rooms: Rooms;
  /** Resolves once the message is durably stored; only then move the cursor. Never rejects. */
  receive(inbound: Inbound): Promise<Receipt>;
  /** Tells how a room or (room null) the whole link is. Shown to operators; a failed link is started again. */
  status(room: RoomId | null, state: LinkState): void;
  /** The platform's resume point; kept over restarts. */
  readonly cursor: { load(): Promise<string | null>; save(cursor: string): Promise<void> };
  /** Small durable values of this bridge, at most 64 KB each. */
  readonly state: { load(name: string): Promise<string | null>; save(name: string, value: string): Promise<void> };
  readonly media: MediaPort;
  readonly http: PlatformHttp;
  /** Null unless the configuration lets this bridge make rooms of its own (`ownRooms`). */
  readonly channels: PublicChannels | null;
  /** What people can ask of the hub, to register it where the platform has commands. */
  readonly commands: readonly CommandSpec[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** The public channels, for a bridge that makes a room for each of them. */
export interface PublicChannels {
  list(): readonly PublicChannel[];
  /** @returns a function that stops it */
  onChange(listener: () => void): () => void;
  /**
   * Links a room that the bridge has made. What was said last in the channel, at most `history` messages, is sent there
   * before all that follows. True also where it is linked already; false where the room or the channel cannot be.
   */
  link(channel: ChannelId, room: RoomId, history: number): Promise<boolean>;
}
export interface PublicChannel {
  readonly id: ChannelId;
  readonly name: string;
  readonly topic: string;
  /** For `media.open`; null: it has none. */
  readonly picture: string | null;
}

export type LinkState =
  | { readonly kind: 'live' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'failed'; readonly failure: BridgeFailure; readonly say: string };

/** The rooms that have a portal of this bridge, and the changes while it runs. */
export interface Rooms {
  list(): readonly LinkedRoom[];
  /** @returns a function that stops it */
  onChange(listener: (change: { readonly kind: 'linked' | 'unlinked'; readonly room: LinkedRoom }) => void): () => void;
}
export interface LinkedRoom {
  readonly room: RoomId;
  readonly channel: ChannelId;
  readonly direction: 'both' | 'in' | 'out';
}
