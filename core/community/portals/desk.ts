import type { Clock } from '../../async/clock.ts';
import { newRowId } from '../../async/mint.ts';
import { type Channel, isPublic, scopeOf } from '../../domain/channel.ts';
import type { BridgeId, ChannelId, PortalId, RoomId, UserId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { done, type Outcome, type Problem, problem } from '../accounts/outcome.ts';
import { type AskClosed, openProblem } from './closed.ts';
import { DEFAULT_PREFIX } from './merge.ts';
import { changePortal, endLink, insertLink, type Switches } from './rows.ts';
import { linkedNotice, unlinkedNotice } from './say.ts';
import { fromChannel, fromRoom } from './sides.ts';

/** The portals as this hub knows them now. */
export interface KnownPortals {
  list(): readonly Portal[];
  /** The link of this room, paused or not, whichever way it goes. */
  at(bridge: BridgeId, room: RoomId): Portal | null;
  byId(id: PortalId): Portal | null;
  /** Which way a new portal of this bridge goes unless somebody says otherwise. */
  defaultDirection(bridge: BridgeId): Portal['direction'];
}

export interface DeskDeps {
  readonly sql: Pick<Sql, 'build'>;
  readonly directory: Pick<Directory, 'change' | 'channel'>;
  readonly portals: KnownPortals;
  readonly clock: Pick<Clock, 'now'>;
  /** What is stored from now on is owed to this portal, and before that what was said last. */
  readonly owe: (portal: PortalId, channel: Channel, history: number) => Promise<void>;
  /** A line for readers of a channel; the same cause says it once. */
  readonly announce: (channel: Channel, code: string, say: string, cause: readonly string[]) => Promise<void>;
  /** Whether nobody but its members can read a room: for channels that are not public. */
  readonly isClosed: AskClosed;
  /** A bridge's platform as people write it. */
  readonly platform: (bridge: BridgeId) => string;
}

export interface Wish {
  readonly channel: ChannelId;
  readonly bridge: BridgeId;
  readonly room: RoomId;
  readonly direction: Portal['direction'] | null;
  /** The direction was chosen in the room; absent: by the channel's side, which the room's side cannot widen. */
  readonly isRoomsChoice?: boolean;
  readonly reach: Portal['reach'] | null;
  readonly prefix: string | null;
  /** How many of the messages that were said before go there too; absent: none. */
  readonly history?: number;
  /** It stays with its channel while other rooms of the DJ follow an event; absent: it follows. */
  readonly stays?: boolean;
  /** Null: the operator. */
  readonly madeBy: UserId | null;
}

/** Links rooms with channels while the hub runs. Every hub goes by it once it is answered; all is kept over restarts. */
export interface PortalDesk {
  /** @param first must hold too, or nothing is written, such as the code that is used up */
  link(wish: Wish, first?: Statement): Promise<Outcome<PortalId>>;
  unlink(id: PortalId): Promise<Outcome<Portal>>;
  change(id: PortalId, switches: Switches): Promise<Outcome<Portal>>;
  /** By whoever administers the room: they narrow what passes, and open what they shut themselves. */
  changeFromRoom(id: PortalId, switches: Switches): Promise<Outcome<Portal>>;
  /** The platform gave the room another id: its portal follows, and what stood in the old one is still known. */
  moved(bridge: BridgeId, from: RoomId, to: RoomId): Promise<void>;
  renamed(bridge: BridgeId, room: RoomId, name: string): Promise<void>;
  /** Why a channel cannot be linked with any room; null: it can. */
  unlinkable(channel: ChannelId): Problem | null;
}

const NO_PORTAL = problem('not-found', 'There is no such link.');
const MAX_ROOM_ID = 500;

export function createDesk(deps: DeskDeps): PortalDesk {
  const { sql, directory, portals, clock, platform } = deps;

  const write = (channel: Channel, statements: readonly Statement[]) =>
    directory.change({ statements, scopes: [scopeOf(channel)], what: [{ kind: 'portals' }] });

  function unlinkable(id: ChannelId): Problem | null {
    const channel = directory.channel(id);
    if (channel === null) return problem('not-found', 'There is no such channel.');
    if (isPublic(channel.kind) || channel.kind === 'crew') return null;
    return problem('forbidden', 'Only public channels can be linked: this one is for its members alone.');
  }

  /** What stands in the way of this link. */
  function obstacle({ channel, bridge, room, prefix }: Wish): Problem | null {
    const other = portals.at(bridge, room);
    if (other?.home === channel) return problem('taken', 'This room is linked with that channel already.');
    if (other !== null) return taken(other.home);
    if (room.length === 0 || room.length > MAX_ROOM_ID) return problem('bad-request', 'room: is no id of a room.');
    if (prefix !== null && !isPrefix(prefix)) return BAD_PREFIX;
    return unlinkable(channel);
  }

  /** What is said in a closed channel goes where nobody else reads it. */
  async function openUp(channel: Channel, bridge: BridgeId, room: RoomId): Promise<Problem | null> {
    return isPublic(channel.kind) ? null : openProblem(await deps.isClosed(bridge, room));
  }

  function taken(channel: ChannelId): Problem {
    const found = directory.channel(channel);
    const name = found !== null && isPublic(found.kind) ? `the chat "${found.name}"` : 'another chat';
    return problem('taken', `This room is linked with ${name} already; a room has one link.`);
  }

  async function changeAs(id: PortalId, wished: (portal: Portal) => Outcome<Switches>): Promise<Outcome<Portal>> {
    const portal = portals.byId(id);
    const channel = portal === null ? null : directory.channel(portal.home);
    if (portal === null || channel === null) return NO_PORTAL;
    const found = wished(portal);
    if (!found.ok) return found;
    const switches = found.value;
    if (switches.prefix !== undefined && !isPrefix(switches.prefix)) return BAD_PREFIX;
    if (Object.keys(switches).length === 0) return done(portal);
    const open = switches.isPaused === false ? await openUp(channel, portal.bridge, portal.room) : null;
    if (open !== null) return open;
    const written = await write(channel, [changePortal(sql, portal, switches, clock.now())]);
    return written.ok ? done(portals.byId(id) ?? portal) : NO_PORTAL;
  }

  const change = (id: PortalId, switches: Switches) => changeAs(id, () => done(fromChannel(switches)));

  return {
    unlinkable,
    change,
    changeFromRoom: (id, switches) => changeAs(id, (portal) => fromRoom(portal, switches)),
    async link(wish, first) {
      const problemFound = obstacle(wish);
      const channel = directory.channel(wish.channel);
      if (problemFound !== null || channel === null) return problemFound ?? NO_PORTAL;
      const { bridge, room, madeBy } = wish;
      const open = await openUp(channel, bridge, room);
      if (open !== null) return open;
      const id = newRowId() as PortalId;
      const direction = wish.direction ?? portals.defaultDirection(bridge);
      const reach = wish.reach ?? 'none';
      const prefix = wish.prefix ?? DEFAULT_PREFIX;
      await deps.owe(id, channel, wish.history ?? 0);
      const stays = wish.stays ?? false;
      const widest = wish.isRoomsChoice === true ? null : wish.direction;
      const place = { channel: channel.id, bridge, room, roomName: null };
      const link = { id, ...place, direction, widest, reach, prefix, stays, madeBy };
      const insert = insertLink(sql, link, clock.now());
      const written = await write(channel, first === undefined ? [insert] : [first, insert]);
      if (!written.ok && first !== undefined && written.failed === 0) return problem('not-found', USED_CODE);
      if (!written.ok) return taken(portals.at(bridge, room)?.home ?? wish.channel);
      const portal = portals.byId(id);
      if (portal !== null) {
        const say = linkedNotice({ portal, platform: platform(bridge) });
        await deps.announce(channel, 'portal-linked', say, ['linked', id]);
      }
      return done(id);
    },
    async unlink(id) {
      const portal = portals.byId(id);
      const channel = portal === null ? null : directory.channel(portal.home);
      if (portal === null || channel === null) return NO_PORTAL;
      if (portal.source === 'config') {
        return problem(
          'forbidden',
          'This link stands in the configuration of the hub; it can be paused here, not ended.',
        );
      }
      if (!(await write(channel, [endLink(sql, id, clock.now())])).ok) return NO_PORTAL;
      const say = unlinkedNotice({ portal, platform: platform(portal.bridge) });
      await deps.announce(channel, 'portal-unlinked', say, ['unlinked', id]);
      return done(portal);
    },
    async moved(bridge, from, to) {
      const portal = portals.at(bridge, from);
      if (portal === null || portals.at(bridge, to) !== null) return;
      await change(portal.id, { room: to });
    },
    async renamed(bridge, room, name) {
      const portal = portals.at(bridge, room);
      if (portal === null || portal.roomName === name) return;
      await change(portal.id, { roomName: name });
    },
  };
}

export const USED_CODE = 'This code is wrong, used or over. Ask for a new one.';
const BAD_PREFIX = problem('bad-request', 'prefix: must be one to three of ! . ? $ % & + - = ; , ^ /');

function isPrefix(text: string): boolean {
  return /^[!.?$%&+\-=;,^/]{1,3}$/.test(text);
}
