import type { ChannelId, Seq } from '../../core/domain/ids.ts';
import type { Actor } from '../../core/domain/inbound.ts';
import type { HubFrame } from './protocol.ts';

/** Who holds a session on a connection. */
export interface Person {
  readonly actor: Actor;
  readonly isAdmin: boolean;
  /** What it came in with, to be looked at again when rights change. */
  readonly token: string | null;
}

/** A connection as those see it who write to it. */
export interface Outlet {
  readonly person: Person | null;
  /** Whether it reads several frames from one packed one. */
  readonly takesPacked: boolean;
  /** By channel; small while somebody only looks on. */
  readonly joined: Map<ChannelId, Reader>;
  send(frame: HubFrame): void;
  /** Whole frames, as they go over the wire. */
  write(frames: Buffer): void;
  /** Whether live frames are written to it now. */
  takesLive(): boolean;
  /** @returns false when it is corked already */
  cork(): boolean;
  uncork(): void;
}

/** One connection in one channel. */
export interface Reader {
  readonly connection: Outlet;
  readonly channel: ChannelId;
  /** Index among the channel's readers; -1 while it does not follow live: still reading up, or told of a gap. */
  place: number;
  /** Newest seq written to the connection; what is at or below it is never written again. */
  lastSent: Seq;
  mayPost: boolean;
  /** For its members alone. */
  isClosed: boolean;
  /** Left, removed, or of a former epoch: whoever still works for it stops. */
  isGone: boolean;
  typingToldAt: number;
  /** Nobody is told that they read; ends it. Null: others see them. */
  endUnnoticed: (() => void) | null;
}
