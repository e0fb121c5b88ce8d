import type { BridgeId, ChannelId, PortalId, RoomId, ScopeId } from './ids.ts';

/** The link of one channel with one room of one bridge. */
export interface Portal {
  readonly id: PortalId;
  readonly channel: ChannelId;
  /** Of the channel: says which shard its entries are in. */
  readonly scope: ScopeId;
  readonly bridge: BridgeId;
  readonly room: RoomId;
  readonly direction: 'both' | 'in' | 'out';
}

/** The portals as they are now, and when they change. */
export interface Portals {
  list(): readonly Portal[];
  /** @returns a function that stops it */
  onChange(listener: () => void): () => void;
}
