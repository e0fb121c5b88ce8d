import { portalIdOf } from '../../async/mint.ts';
import { type Channel, isPublic, scopeOf } from '../../domain/channel.ts';
import type { BridgeId, ChannelId, PortalId, RoomId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { StoredPortal } from '../../store/directory/directory.ts';

/** What a command begins with where nobody has chosen anything else. */
export const DEFAULT_PREFIX = '!';

/** A portal as it stands in the configuration. */
export interface ConfiguredPortal {
  readonly channel: string;
  readonly bridge: string;
  readonly room: string;
  /** Null: as the platform's plugin suggests. */
  readonly direction: Portal['direction'] | null;
  readonly notice: boolean;
}

export interface MergeParts {
  readonly configured: readonly ConfiguredPortal[];
  readonly stored: readonly StoredPortal[];
  readonly channel: (id: ChannelId) => Channel | null;
  /** Which way a portal of this bridge goes unless somebody says otherwise. */
  readonly defaultDirection: (bridge: BridgeId) => Portal['direction'];
}

export interface Merged {
  readonly portals: readonly Portal[];
  /** Rooms that are linked twice: the later link does not hold. */
  readonly doubled: readonly { readonly bridge: BridgeId; readonly room: RoomId; readonly channel: ChannelId }[];
}

/** The id of a portal of the configuration: the same after every start. */
export function configuredId({
  channel,
  bridge,
  room,
}: Pick<ConfiguredPortal, 'channel' | 'bridge' | 'room'>): PortalId {
  return portalIdOf(channel as ChannelId, bridge as BridgeId, room as RoomId);
}

/** Pure: the configuration with what was changed since laid over it, then what was linked since. A room has one link. */
export function mergePortals({ configured, stored, channel, defaultDirection }: MergeParts): Merged {
  const changes = new Map(stored.filter(({ source }) => source === 'config').map((row) => [row.id, row]));
  const linked = stored.filter(({ source, isEnded }) => source === 'linked' && !isEnded);
  const all = [
    ...configured.map((one) => fromConfig(one, changes.get(configuredId(one)))),
    ...linked.map((row) => ({ ...row, prefix: row.prefix ?? DEFAULT_PREFIX, reach: row.reach ?? 'none' })),
  ];
  const taken = new Set<string>();
  const portals: Portal[] = [];
  const doubled: Merged['doubled'][number][] = [];
  for (const one of all) {
    const found = channel(one.channel);
    // a crew channel is linked while the hub runs, where its room can be looked at
    if (found === null || !(isPublic(found.kind) || (found.kind === 'crew' && one.source === 'linked'))) continue;
    const { id, bridge, room, roomName, isPaused, isPausedByRoom, widest, reach, prefix, source } = one;
    const key = JSON.stringify([bridge, room]);
    if (taken.has(key)) {
      doubled.push({ bridge, room, channel: found.id });
      continue;
    }
    taken.add(key);
    const direction = one.direction ?? defaultDirection(bridge);
    const scope = scopeOf(found);
    const place = { channel: found.id, home: found.id, scope, follows: found.kind === 'dj' && !one.stays };
    const sides = { direction, isPaused, isPausedByRoom, widest };
    portals.push({ id, ...place, bridge, room, roomName, ...sides, reach, prefix, source });
  }
  return { portals, doubled };
}

interface Draft extends Omit<Required<Portal>, 'scope' | 'direction' | 'home' | 'follows'> {
  readonly direction: Portal['direction'] | null;
  readonly stays: boolean;
}

function fromConfig(one: ConfiguredPortal, changed: StoredPortal | undefined): Draft {
  return {
    id: configuredId(one),
    source: 'config',
    channel: one.channel as ChannelId,
    bridge: one.bridge as BridgeId,
    room: changed?.room ?? (one.room as RoomId),
    roomName: changed?.roomName ?? null,
    direction: changed?.direction ?? one.direction,
    isPaused: changed?.isPaused ?? false,
    isPausedByRoom: changed?.isPausedByRoom ?? false,
    widest: changed?.widest ?? one.direction,
    reach: changed?.reach ?? 'none',
    prefix: changed?.prefix ?? DEFAULT_PREFIX,
    stays: false,
  };
}
