import type { Delivery, DeliveryState } from '../domain/delivery.ts';
import type { BridgeId, ChannelId, MessageId, PortalId, Seq } from '../domain/ids.ts';
import type { Leg, Portals } from '../domain/portal.ts';
import type { Deliveries, Fate, PortalMark } from '../store/ports.ts';
import type { LaneState } from './lane-context.ts';

export interface DeliveryParts {
  readonly deliveries: Pick<Deliveries, 'load' | 'fate'>;
  readonly portals: Pick<Portals, 'legs'>;
  readonly platformOf: (bridge: BridgeId) => string | null;
  /** Of the lanes that run here. */
  readonly lanes: () => ReadonlyMap<PortalId, LaneState>;
}

/** What is asked about. */
export interface Asked {
  readonly channel: ChannelId;
  readonly id: MessageId;
  readonly seq: Seq;
}

/** Where a message has got to in each room of its channel, whichever hub serves it. */
export async function deliveriesOf(message: Asked, parts: DeliveryParts): Promise<readonly Delivery[]> {
  const portals = parts.portals.legs().filter(({ channel, direction }) => {
    return channel === message.channel && direction !== 'in';
  });
  return Promise.all(portals.map((portal) => deliveryIn(portal, message, parts)));
}

async function deliveryIn(portal: Leg, message: Asked, parts: DeliveryParts): Promise<Delivery> {
  const { id, bridge, room, roomName } = portal;
  // the mark first: what it says is through has its fate written down by then
  const mark = await parts.deliveries.load(id);
  const fate = await parts.deliveries.fate(id, message.id);
  const say = portal.isPaused ? 'paused' : (parts.lanes().get(id)?.say ?? null);
  const state = deliveryState(mark, fate, message.seq, say);
  return { portal: portal.of, bridge, platform: parts.platformOf(bridge), room, roomName, state };
}

/** @param clean takes out what bridges must not say; a mistake in one of them tells no secret */
export function cleaned(delivery: Delivery, clean: (say: string) => string): Delivery {
  const { state } = delivery;
  if (!('say' in state) || state.say === null) return delivery;
  return { ...delivery, state: { ...state, say: clean(state.say) } };
}

/** @param mark read before the fate: what it says is through has its fate written down by then */
export function deliveryState(mark: PortalMark, fate: Fate | null, seq: Seq, say: string | null): DeliveryState {
  return fate === null ? stateBy(mark, seq, say) : stateOf(fate);
}

function stateOf({ kind, say }: Pick<Fate, 'kind' | 'say'>): DeliveryState {
  switch (kind) {
    case 'origin':
    case 'sent':
    case 'unknown':
      return { kind };
    case 'dead':
      return { kind: 'failed', say };
    case 'left-out':
      return { kind, reason: say ?? 'nothing to send' };
    default:
      return kind satisfies never;
  }
}

/** Nothing was written down of it: its turn is to come, or it came before the room was linked, or others tell of it. */
function stateBy({ seq, first }: PortalMark, at: Seq, say: string | null): DeliveryState {
  if (seq === null || at > seq) return { kind: 'pending', say };
  return first !== null && at <= first ? { kind: 'left-out', reason: 'linked later' } : { kind: 'summed-up' };
}
