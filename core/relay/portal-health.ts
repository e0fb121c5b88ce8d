import type { Clock } from '../async/clock.ts';
import type { EntryNote } from '../domain/entry.ts';
import type { BridgeId, ChannelId, EpochMs, PortalId, RoomId, Seq } from '../domain/ids.ts';
import type { Leg, Portal, Portals } from '../domain/portal.ts';
import type { HistoryMessage } from '../domain/wire.ts';
import { MOST_WAITING, type PortalHealth } from '../plugin/asked/portals.ts';
import type { LinkState } from '../plugin/hub-port.ts';
import type { Deliveries, Entry } from '../store/ports.ts';
import { deliveryState } from './delivery-states.ts';
import type { LaneState } from './lane-context.ts';

/** A bridge as this hub knows it; `elsewhere`: another hub runs it. */
export interface BridgeLook {
  readonly state: 'live' | 'connecting' | 'refused' | 'failed' | 'elsewhere';
  readonly say: string | null;
  readonly rooms: ReadonlyMap<RoomId, LinkState>;
}

export interface HealthParts {
  readonly portals: Pick<Portals, 'legs'>;
  readonly deliveries: Pick<Deliveries, 'load' | 'fate' | 'letters'>;
  /** Null: there is none of this name. */
  readonly bridge: (id: BridgeId) => BridgeLook | null;
  /** Of the lanes that run here. */
  readonly lanes: () => ReadonlyMap<PortalId, LaneState>;
  /** Entries after this seq, oldest first. */
  readonly since: (channel: ChannelId, after: Seq, limit: number) => Promise<readonly Entry[]>;
  /** The newest messages. */
  readonly newest: (channel: ChannelId, limit: number) => Promise<readonly HistoryMessage[]>;
  /** Takes out what bridges must not say; a mistake in one of them tells no secret. */
  readonly clean: (say: string) => string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Messages of the channel whose fate is looked at. */
const LATELY = 20;
/** What waits no longer than this is on its way. */
const BEHIND_MS = 5_000;

/** How these portals do, whichever hub serves them; why one waits is known where it is served. */
export async function healthOf(portals: readonly Portal[], parts: HealthParts): Promise<readonly PortalHealth[]> {
  const channels = [...new Set(portals.map(({ channel }) => channel))];
  const newest = new Map<ChannelId, readonly HistoryMessage[]>();
  for (const channel of channels) newest.set(channel, await parts.newest(channel, LATELY));
  const all = portals.map((portal) => healthIn(portal, newest.get(portal.channel) ?? [], parts));
  return (await Promise.all(all)).map((one) => ({ ...one, say: one.say === null ? null : parts.clean(one.say) }));
}

async function healthIn(portal: Portal, newest: readonly HistoryMessage[], parts: HealthParts): Promise<PortalHealth> {
  const legs = parts.portals.legs().filter(({ of }) => of === portal.id);
  const leg = legs.find(({ channel }) => channel === portal.channel) ?? null;
  const letters = await Promise.all(legs.map(({ id }) => parts.deliveries.letters(id)));
  const given = { portal: portal.id, letters: letters.flat().length };
  if (leg === null || portal.direction === 'in') return { ...given, ...NOTHING_OUT, ...standing(portal, null, parts) };
  const lane = parts.lanes().get(leg.id) ?? null;
  const waiting = lane?.phase === 'idle' ? [] : await waitingIn(leg, parts);
  const oldest = waiting[0]?.at ?? null;
  const behindMs = oldest === null ? null : Math.max(0, parts.clock.now() - oldest);
  const stands = standing(portal, lane, parts);
  const isBehind = stands.state === 'ok' && behindMs !== null && behindMs > BEHIND_MS;
  return {
    ...given,
    state: isBehind ? 'behind' : stands.state,
    say: stands.say ?? (isBehind ? (lane?.say ?? null) : null),
    waiting: waiting.length,
    behindMs,
    lately: await latelyIn(leg, newest, parts),
  };
}

const NOTHING_OUT = {
  waiting: 0,
  behindMs: null,
  lately: { messages: 0, there: 0, summedUp: 0, failed: 0, unknown: 0 },
} as const;

/** Pure but for what it looks up: whether anything can pass, and if not, what to do about it. */
function standing(portal: Portal, lane: LaneState | null, parts: HealthParts): Pick<PortalHealth, 'state' | 'say'> {
  if (portal.isPaused) {
    const byRoom = `It was paused in the room; who administers it writes ${portal.prefix}bridge resume there.`;
    return { state: 'paused', say: portal.isPausedByRoom === true ? byRoom : 'Nothing passes until it is resumed.' };
  }
  const bridge = parts.bridge(portal.bridge);
  if (bridge === null) return { state: 'failed', say: 'The hub has no such bridge any more; an admin configures it.' };
  const say = bridge.say === null ? '' : ` (${bridge.say})`;
  switch (bridge.state) {
    case 'refused':
      return { state: 'refused', say: `The platform lets the hub in no more${say}. ${ASK_AN_ADMIN}` };
    case 'failed':
      return { state: 'failed', say: `The bridge could not be loaded${say}. ${ASK_AN_ADMIN}` };
    case 'connecting':
      return { state: 'connecting', say: `The link to the platform is down${say}; it is tried again by itself.` };
    case 'live':
    case 'elsewhere':
      return ofRoom(portal, bridge, lane);
  }
}
const ASK_AN_ADMIN = 'An admin mends it: `slipmat-hub doctor` says how.';

function ofRoom({ room }: Portal, { rooms }: BridgeLook, lane: LaneState | null): Pick<PortalHealth, 'state' | 'say'> {
  const link = rooms.get(room);
  if (link?.kind === 'failed')
    return { state: 'failed', say: `${link.say}. Once that is mended it goes on by itself.` };
  if (lane?.phase === 'paused') {
    return {
      state: 'failed',
      say: `${lane.say ?? 'The room takes nothing'}. Mend it, then pause and resume the link.`,
    };
  }
  return { state: 'ok', say: null };
}

/** Messages that are to be sent there still: not those that were said there, or stay where they were written. */
async function waitingIn(
  { id, channel, bridge, room }: Leg,
  { deliveries, since }: HealthParts,
): Promise<readonly { readonly at: EpochMs }[]> {
  const { seq } = await deliveries.load(id);
  if (seq === null) return [];
  const entries = await since(channel, seq, MOST_WAITING);
  return entries.filter(({ kind, note: json }) => {
    if (kind !== 'message') return false;
    const note = JSON.parse(json) as EntryNote;
    return note.relay !== 'none' && !(note.bridge === bridge && note.ref?.room === room);
  });
}

async function latelyIn(
  { id }: Leg,
  newest: readonly HistoryMessage[],
  { deliveries }: HealthParts,
): Promise<PortalHealth['lately']> {
  const mark = await deliveries.load(id);
  const fates = await Promise.all(newest.map(({ message }) => deliveries.fate(id, message.id)));
  const kinds = newest.map(({ seq }, at) => deliveryState(mark, fates[at] ?? null, seq, null).kind);
  const count = (...wanted: readonly string[]): number => kinds.filter((kind) => wanted.includes(kind)).length;
  return {
    messages: kinds.length - count('left-out', 'pending'),
    there: count('origin', 'sent'),
    summedUp: count('summed-up'),
    failed: count('failed'),
    unknown: count('unknown'),
  };
}
