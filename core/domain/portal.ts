import type { BridgeId, ChannelId, PortalId, RoomId, ScopeId } from './ids.ts';

/** The link of one channel with one room of one bridge. */
export interface Portal {
  readonly id: PortalId;
  /** Where what is said in the room goes now, and what it shows. */
  readonly channel: ChannelId;
  /** What it was linked with: another than `channel` while it follows an event. */
  readonly home: ChannelId;
  /** It goes to the channel of the DJ's event with the warmup, and comes back once that is archived. */
  readonly follows: boolean;
  /** Of the channel: says which shard its entries are in. */
  readonly scope: ScopeId;
  readonly bridge: BridgeId;
  readonly room: RoomId;
  /** As the platform calls it; null while the hub has not heard. */
  readonly roomName: string | null;
  readonly direction: 'both' | 'in' | 'out';
  /** Nothing passes, neither way, until it is switched on again; what was said meanwhile is summed up in one line. */
  readonly isPaused: boolean;
  /** The room's own side has paused it, and may resume it. */
  readonly isPausedByRoom?: boolean;
  /** The widest way that the channel's side has chosen; null: it has not, and the room's side may choose. */
  readonly widest?: 'both' | 'in' | 'out' | null;
  /** How far the hub may act natively on people of the room. */
  readonly reach: 'none' | 'timeouts' | 'bans';
  /** What a command begins with in this room. */
  readonly prefix: string;
  /** Who made it: the configuration, or people while the hub runs. */
  readonly source: 'config' | 'linked';
}

/** One channel that a portal has to do with; `id` stands for its position and its copies there. */
export interface Leg extends Portal {
  readonly of: PortalId;
}

/** The portals as they are now, and when they change. */
export interface Portals {
  list(): readonly Portal[];
  /** Of every portal its home, and the events that it follows or has followed lately. */
  legs(): readonly Leg[];
  /** @returns a function that stops it */
  onChange(listener: () => void): () => void;
}
