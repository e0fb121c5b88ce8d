import { newRowId } from '../async/mint.ts';
import type { Roles } from '../community/crew/roles.ts';
import type { EventDeedDeps } from '../community/events/deeds.ts';
import { createLiveEvents, type LiveEventDeps, type LiveEvents } from '../community/events/live-events.ts';
import { createRoomLines } from '../community/events/room-lines.ts';
import { createEventTelling } from '../community/events/tell.ts';
import { legAt } from '../community/portals/follow.ts';
import { configuredId } from '../community/portals/merge.ts';
import { createPostLine } from '../community/portals/post-line.ts';
import { scopeOf } from '../domain/channel.ts';
import type { BridgeId, Seq } from '../domain/ids.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { START } from '../store/ports.ts';
import type { HubOptions, HubParts } from './parts.ts';

type Parts = Pick<HubParts, 'sql' | 'live' | 'timers' | 'knowledge' | 'portals'>;

/** Live events on this hub, with what their turns are followed by. */
export function openLiveEvents(parts: Parts, { clock }: HubOptions): LiveEvents {
  const { sql, live, timers, knowledge } = parts;
  const { directory } = knowledge;
  const { log } = live.store;
  const events = createLiveEvents({ sql, directory, timers, clock, owe: oweFrom(parts) });
  events.onHappened(createEventTelling({ directory, clock, append: (step) => log.append(step) }));
  return events;
}

/** What the acts and questions of DJs need. */
export function eventDeedDeps(
  { knowledge, liveEvents, moderation, sql }: Pick<HubParts, 'knowledge' | 'liveEvents' | 'moderation' | 'sql'>,
  roles: Roles,
): EventDeedDeps {
  const { directory, facts } = knowledge;
  return { liveEvents, roles, directory, facts, finder: moderation.desk.finder, sql, newCause: newRowId };
}

/** Rooms hear of live events, from the hub that runs their bridge. */
export function tellRooms(
  { knowledge, portals }: Parts,
  { config, clock, log: logger }: HubOptions,
  live: (bridge: BridgeId) => Bridge | null,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const lines = createRoomLines({
    portals,
    post: createPostLine({ live, clock, logger, stopping: stopping.signal }),
    isLive: (bridge) => live(bridge) !== null,
    quiet: new Set(config.portals.filter(({ notice }) => !notice).map(configuredId)),
  });
  knowledge.tail.follow(lines.apply);
  return {
    async stop() {
      stopping.abort();
      await lines.settled();
    },
  };
}

/** Rooms that follow an event begin with its first line, whenever their bridge hears of it. */
function oweFrom({ live, knowledge, portals }: Parts): LiveEventDeps['owe'] {
  const { log, deliveries } = live.store;
  return async (event) => {
    const channel = knowledge.directory.channel(event.channel);
    const following = portals.list().filter((one) => {
      return one.follows && knowledge.directory.channel(one.home)?.owner === event.dj;
    });
    if (channel === null || following.length === 0) return;
    const scope = scopeOf(channel);
    const at = (await log.heads())[log.shardOf(scope)] ?? START;
    const { head } = await log.bounds(scope, channel.id);
    const seq = head ?? knowledge.headSeq(channel.id) ?? (0 as Seq);
    for (const portal of following) await deliveries.open(legAt(portal, event.channel).id, at, seq);
  };
}
