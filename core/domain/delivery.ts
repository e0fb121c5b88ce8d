import type { BridgeId, PortalId, RoomId } from './ids.ts';

/** Where one message has got to in one room. */
export type DeliveryState =
  /** It was said there. */
  | { readonly kind: 'origin' }
  | { readonly kind: 'sent' }
  /** Its turn has not come, or it is under way; `say`: what the room waits for. */
  | { readonly kind: 'pending'; readonly say: string | null }
  | { readonly kind: 'failed'; readonly say: string | null }
  /** It may have arrived and nobody can say. */
  | { readonly kind: 'unknown' }
  /** Told of in a line together with others. */
  | { readonly kind: 'summed-up' }
  /** Nothing was to be sent, such as to a room that was linked later. */
  | { readonly kind: 'left-out'; readonly reason: string };

/** One room of a channel, and where a message has got to there. */
export interface Delivery {
  readonly portal: PortalId;
  readonly bridge: BridgeId;
  /** Null while the bridge is not loaded. */
  readonly platform: string | null;
  readonly room: RoomId;
  readonly roomName: string | null;
  readonly state: DeliveryState;
}
