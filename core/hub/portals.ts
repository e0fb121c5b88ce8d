import type { HubConfig } from '../../config/schema.ts';
import { mergePortals } from '../community/portals/merge.ts';
import type { BridgeId, PortalId, RoomId } from '../domain/ids.ts';
import type { Portal, Portals } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import type { Directory } from '../store/directory/directory.ts';

/** The portals as this hub knows them: of the configuration and made while it runs. */
export interface LivePortals extends Portals {
  /** Looks at the directory again. */
  refresh(): void;
  /** The link of this room, paused or not, whichever way it goes. */
  at(bridge: BridgeId, room: RoomId): Portal | null;
  byId(id: PortalId): Portal | null;
  /** What this bridge's plugin suggests for portals that say nothing of their direction. */
  suggest(bridge: BridgeId, direction: Portal['direction']): void;
  /** Which way a new portal of this bridge goes. */
  defaultDirection(bridge: BridgeId): Portal['direction'];
}

export interface PortalsParts {
  readonly config: Pick<HubConfig, 'portals'>;
  readonly directory: Pick<Directory, 'channel' | 'portals'>;
  readonly logger: Logger;
}

export function createPortals({ config, directory, logger }: PortalsParts): LivePortals {
  const listeners = new Set<() => void>();
  const suggested = new Map<BridgeId, Portal['direction']>();
  let portals: readonly Portal[] = [];
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

  function show(next: readonly Portal[]): void {
    portals = next;
    byId = new Map(next.map((one) => [one.id, one]));
    byPlace = new Map();
    for (const one of next) byPlace.set(one.bridge, (byPlace.get(one.bridge) ?? new Map()).set(one.room, one));
    for (const listener of listeners) listener();
  }

  function refresh(): void {
    const next = read();
    if (JSON.stringify(next) === JSON.stringify(portals)) return;
    logger.info({ portals: next.length, configured: config.portals.length }, 'portals linked');
    show(next);
  }

  return {
    list: () => portals,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh,
    at: (bridge, room) => byPlace.get(bridge)?.get(room) ?? null,
    byId: (id) => byId.get(id) ?? null,
    suggest(bridge, direction) {
      if (defaultDirection(bridge) === direction) return;
      suggested.set(bridge, direction);
      refresh();
    },
    defaultDirection,
  };
}
