import type { Clock } from '../async/clock.ts';
import type { BridgeId, RoomId } from '../domain/ids.ts';
import type { Stamped } from '../domain/inbound.ts';
import type { Portal, Portals } from '../domain/portal.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Logger } from '../ops/log.ts';
import type { CommandSpec } from '../plugin/commands.ts';
import type { PlatformHttp } from '../plugin/http.ts';
import type { HubPort, LinkedRoom, LinkState, PublicChannels, Rooms } from '../plugin/hub-port.ts';
import type { MediaPort } from '../plugin/media.ts';
import type { BridgeState } from '../store/ports.ts';

const MAX_STATE_BYTES = 64 * 1024;

export interface PortDeps {
  readonly bridge: BridgeId;
  readonly platform: string;
  readonly portals: Portals;
  readonly bridgeState: BridgeState;
  readonly receive: (stamped: Stamped) => Promise<Receipt>;
  readonly media: MediaPort;
  readonly http: PlatformHttp;
  readonly channels: PublicChannels | null;
  readonly commands: readonly CommandSpec[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether what the bridge says is taken: only while it runs here. */
  readonly isOpen: () => boolean;
  /** Whether its cursor may move: until it has stopped, and never once another hub runs it. */
  readonly holds: () => boolean;
  readonly onStatus: (room: RoomId | null, state: LinkState) => void;
}

/** All that one bridge may ask of the hub, under its own name and platform. */
export function createHubPort(deps: PortDeps): HubPort {
  const { bridge, platform, bridgeState, clock, isOpen, holds } = deps;
  const logger = deps.logger.child({ bridge });
  return {
    rooms: createRooms(bridge, deps.portals, logger),
    async receive(inbound) {
      if (!isOpen()) return { kind: 'stopping' };
      try {
        return await deps.receive({ bridge, platform, inbound });
      } catch (error) {
        logger.error({ kind: inbound.kind, say: error instanceof Error ? error.message : '' }, 'inbound not stored');
        return { kind: 'stopping' };
      }
    },
    status: deps.onStatus,
    cursor: {
      load: () => bridgeState.load(bridge, 'cursor'),
      async save(cursor) {
        if (holds()) await bridgeState.save(bridge, 'cursor', cursor);
        else logger.debug({}, 'cursor of a bridge that does not run here is left alone');
      },
    },
    state: {
      load: (name) => bridgeState.load(bridge, `state:${name}`),
      async save(name, value) {
        const bytes = Buffer.byteLength(value);
        if (bytes > MAX_STATE_BYTES)
          throw new RangeError(`state "${name}" has ${bytes} bytes, at most ${MAX_STATE_BYTES}`);
        await bridgeState.save(bridge, `state:${name}`, value);
      },
    },
    media: deps.media,
    http: deps.http,
    channels: deps.channels,
    commands: deps.commands,
    clock,
    log: logger,
  };
}

/** The rooms of one bridge, told apart from before whenever portals change. */
function createRooms(bridge: BridgeId, portals: Portals, logger: Logger): Rooms {
  const list = (): readonly LinkedRoom[] =>
    portals
      .list()
      .filter((one) => one.bridge === bridge)
      .map(roomOf);
  return {
    list,
    onChange(listener) {
      let before = list();
      return portals.onChange(() => {
        const now = list();
        const tell = (kind: 'linked' | 'unlinked', rooms: readonly LinkedRoom[]): void => {
          for (const room of rooms) {
            try {
              listener({ kind, room });
            } catch (error) {
              logger.error(
                { kind, say: error instanceof Error ? error.name : '' },
                'bridge failed at a change of rooms',
              );
            }
          }
        };
        const gone = without(before, now);
        const added = without(now, before);
        before = now;
        tell('unlinked', gone);
        tell('linked', added);
      });
    },
  };
}

/** A room that follows an event is the same link still. */
function roomOf({ room, home, direction }: Portal): LinkedRoom {
  return { room, channel: home, direction };
}

function without(rooms: readonly LinkedRoom[], others: readonly LinkedRoom[]): readonly LinkedRoom[] {
  const keys = new Set(others.map(keyOf));
  return rooms.filter((room) => !keys.has(keyOf(room)));
}

function keyOf({ room, channel, direction }: LinkedRoom): string {
  return JSON.stringify([room, channel, direction]);
}
