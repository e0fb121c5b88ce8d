import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import { channelNow, type FollowParts, followEvents, legsOf } from '../community/portals/follow.ts';
import { mergePortals } from '../community/portals/merge.ts';
import type { BridgeId, ChannelId, PortalId, RoomId } from '../domain/ids.ts';
import { isOver } from '../domain/live-event.ts';
import type { Leg, Portal, Portals } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import type { Directory } from '../store/directory/directory.ts';

/** The portals as this hub knows them: of the configuration and made while it runs. */
export interface LivePortals extends Portals {
  /** Looks at the directory again. */
  refresh(): void;
  /** Of the links of closed channels, those whose rooms are known to be closed: others of them send nothing. */
  confirm(rooms: ReadonlyMap<PortalId, RoomId>): void;
  /** What was said in a channel that is over has changed: its rooms are looked after again. */
  wake(channel: ChannelId): void;
  /** The link of this room, paused or not, whichever way it goes. */
  at(bridge: BridgeId, room: RoomId): Portal | null;
  byId(id: PortalId): Portal | null;
  /** Where a portal is by all that was read of the log: `list` may be a moment behind. */
  channelNow(portal: Portal): ChannelId;
  /** What this bridge's plugin suggests for portals that say nothing of their direction. */
  suggest(bridge: BridgeId, direction: Portal['direction']): void;
  /** Which way a new portal of this bridge goes. */
  defaultDirection(bridge: BridgeId): Portal['direction'];
}

export interface PortalsParts {
  readonly config: Pick<HubConfig, 'portals'>;
  readonly directory: Pick<Directory, 'channel' | 'portals' | 'events'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** An event is over: what is edited or redacted there is brought into its rooms for so long without being asked. */
const AWAKE_MS = 7 * 24 * 3_600_000;
/** Events that are over and were woken. */
const MOST_WOKEN = 200;

export function createPortals({ config, directory, clock, logger }: PortalsParts): LivePortals {
  const listeners = new Set<() => void>();
  const suggested = new Map<BridgeId, Portal['direction']>();
  const woken = new Set<ChannelId>();
  let confirmed: ReadonlyMap<PortalId, RoomId> = new Map();
  let portals: readonly Portal[] = [];
  let legs: readonly Leg[] = [];
  let byPlace = new Map<BridgeId, Map<RoomId, Portal>>();
  let byId = new Map<PortalId, Portal>();
  let told = '';

  const defaultDirection = (bridge: BridgeId): Portal['direction'] => suggested.get(bridge) ?? 'both';

  function read(): readonly Portal[] {
    const merged = mergePortals({
      configured: config.portals,
      stored: directory.portals(),
      channel: directory.channel,
      defaultDirection,
    });
    const doubled = JSON.stringify(merged.doubled);
    if (doubled !== told && merged.doubled.length > 0) logger.warn({ rooms: merged.doubled }, 'rooms linked twice');
    told = doubled;
    return merged.portals;
  }

  const following: FollowParts = {
    channel: directory.channel,
    followed: directory.events.followed,
    withChannel: directory.events.withChannel,
    isAwake: ({ since, channel }) => clock.now() - since < AWAKE_MS || woken.has(channel),
  };

  function mayBeSentTo({ id, room, home }: Portal): boolean {
    return directory.channel(home)?.kind !== 'crew' || confirmed.get(id) === room;
  }

  function show(next: readonly Portal[], nextLegs: readonly Leg[]): void {
    portals = next;
    legs = nextLegs;
    byId = new Map(next.map((one) => [one.id, one]));
    byPlace = new Map();
    for (const one of next) byPlace.set(one.bridge, (byPlace.get(one.bridge) ?? new Map()).set(one.room, one));
    for (const listener of listeners) listener();
  }

  function refresh(): void {
    const homes = read();
    const next = followEvents(homes, following);
    const nextLegs = legsOf(next.filter(mayBeSentTo), following);
    if (JSON.stringify([next, nextLegs]) === JSON.stringify([portals, legs])) return;
    logger.info({ portals: next.length, configured: config.portals.length }, 'portals linked');
    show(next, nextLegs);
  }

  return {
    list: () => portals,
    legs: () => legs,
    confirm(rooms) {
      confirmed = rooms;
      refresh();
    },
    wake(channel) {
      const event = directory.events.ownerOf(channel);
      if (event === null || !isOver(event.state) || woken.has(channel)) return;
      woken.add(channel);
      const [oldest] = woken;
      if (woken.size > MOST_WOKEN && oldest !== undefined) woken.delete(oldest);
      refresh();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh,
    at: (bridge, room) => byPlace.get(bridge)?.get(room) ?? null,
    byId: (id) => byId.get(id) ?? null,
    channelNow: (portal) => channelNow(portal, following),
    suggest(bridge, direction) {
      if (defaultDirection(bridge) === direction) return;
      suggested.set(bridge, direction);
      refresh();
    },
    defaultDirection,
  };
}
