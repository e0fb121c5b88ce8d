import type { Clock } from '../async/clock.ts';
import type { ChannelId, RoomId } from '../domain/ids.ts';
import type { Inbound } from '../domain/inbound.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Logger } from '../ops/log.ts';
import type { CommandSpec } from './commands.ts';
import type { BridgeFailure } from './errors.ts';
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
  /** What people can ask of the hub, to register it where the platform has commands. */
  readonly commands: readonly CommandSpec[];
  readonly clock: Clock;
  readonly log: Logger;
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
