import type { HubConfig } from '../../config/schema.ts';
import { stepKey } from '../async/mint.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import type { BridgeId, ChannelId, PortalId, RoomId } from '../domain/ids.ts';
import type { Portal, Portals } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import type { Inlet } from '../pipeline/receive.ts';

/** The portals of the configuration whose channels exist now. */
export interface ConfiguredPortals extends Portals {
  /** Looks at the channels again. */
  refresh(): void;
  inlet(bridge: BridgeId, room: RoomId): Inlet | null;
}

export function createPortals(
  config: Pick<HubConfig, 'portals'>,
  channel: (id: ChannelId) => Channel | null,
  logger: Logger,
): ConfiguredPortals {
  const listeners = new Set<() => void>();
  let portals: readonly Portal[] = [];

  function read(): readonly Portal[] {
    return config.portals.flatMap(({ channel: id, bridge, room, direction }) => {
      const found = channel(id as ChannelId);
      if (found === null) return [];
      const portal = stepKey('portal', bridge, room, id).slice(0, 22) as PortalId;
      const scope = scopeOf(found);
      return [
        {
          id: portal,
          channel: found.id,
          scope,
          bridge: bridge as BridgeId,
          room: room as RoomId,
          roomName: null,
          direction,
          isPaused: false,
          reach: 'none',
          prefix: '!',
          source: 'config',
        },
      ];
    });
  }

  return {
    list: () => portals,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh() {
      const before = JSON.stringify(portals);
      portals = read();
      if (JSON.stringify(portals) === before) return;
      logger.info({ portals: portals.length, configured: config.portals.length }, 'portals linked');
      for (const listener of listeners) listener();
    },
    inlet(bridge, room) {
      const found = portals.find((one) => one.bridge === bridge && one.room === room && one.direction !== 'out');
      return found === undefined ? null : { portal: found.id, channel: found.channel };
    },
  };
}
