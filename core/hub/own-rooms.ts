import { lookOf } from '../community/channel-look.ts';
import type { PortalDesk } from '../community/portals/desk.ts';
import { isPublic } from '../domain/channel.ts';
import type { BridgeId } from '../domain/ids.ts';
import type { PublicChannels } from '../plugin/hub-port.ts';
import type { Directory } from '../store/directory/directory.ts';
import type { Tail } from '../store/tail.ts';
import type { LivePortals } from './portals.ts';

export interface OwnRoomsParts {
  readonly directory: Pick<Directory, 'channels' | 'settings'>;
  readonly portals: LivePortals;
  readonly desk: Pick<PortalDesk, 'link'>;
  readonly tail: Pick<Tail, 'follow'>;
}

/** The most that is sent into a new room of what was said before. */
const MOST_HISTORY = 5_000;

/** The public channels, for bridges that make a room for each; the rooms are linked as the operator would link them. */
export function createOwnRooms({
  directory,
  portals,
  desk,
  tail,
}: OwnRoomsParts): (bridge: BridgeId) => PublicChannels {
  const listeners = new Set<() => void>();
  let told = '';
  const list = () =>
    directory
      .channels()
      .filter(({ kind }) => isPublic(kind))
      .map((one) => ({ id: one.id, name: one.name, topic: one.topic, picture: lookOf(directory, one).picture }));
  tail.follow((batch) => {
    if (listeners.size === 0 || !batch.some(({ kind }) => kind === 'change')) return;
    const now = JSON.stringify(list());
    if (now === told) return;
    told = now;
    for (const listener of listeners) listener();
  });

  return (bridge) => ({
    list,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async link(channel, room, history) {
      const known = portals.at(bridge, room);
      if (known !== null) return known.home === channel;
      // the channel of an event has a room of its own
      const open = { direction: null, reach: 'bans', prefix: null, stays: true, madeBy: null } as const;
      const linked = await desk.link({ channel, bridge, room, ...open, history: Math.min(history, MOST_HISTORY) });
      return linked.ok || portals.at(bridge, room)?.home === channel;
    },
  });
}
