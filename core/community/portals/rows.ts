import type { BridgeId, ChannelId, EpochMs, PortalId, RoomId, UserId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

type Building = Pick<Sql, 'build'>;

/** Statements on the rows of portals. Each that must find its row fails the transaction when it does not. */

/** What can be changed of a portal while the hub runs; what is absent stays. */
export interface Switches {
  readonly direction?: Portal['direction'];
  readonly isPaused?: boolean;
  readonly isPausedByRoom?: boolean;
  readonly widest?: Portal['direction'];
  readonly reach?: Portal['reach'];
  readonly prefix?: string;
  readonly room?: RoomId;
  readonly roomName?: string;
}

export interface NewLink {
  readonly id: PortalId;
  readonly channel: ChannelId;
  readonly bridge: BridgeId;
  readonly room: RoomId;
  readonly roomName: string | null;
  readonly direction: Portal['direction'];
  /** Null: whoever administers the room may choose another. */
  readonly widest: Portal['direction'] | null;
  readonly reach: Portal['reach'];
  readonly prefix: string;
  /** It stays with its channel while other rooms of the DJ follow an event. */
  readonly stays: boolean;
  /** Null: the operator. */
  readonly madeBy: UserId | null;
}

/** Fails when the room is linked already. */
export function insertLink(sql: Building, link: NewLink, at: EpochMs): Statement {
  const { id, channel, bridge, room, roomName, direction, widest, reach, prefix, stays, madeBy } = link;
  const query = sql.build
    .insertInto('portals')
    .values({
      id,
      source: 'linked',
      channel_id: channel,
      bridge,
      room,
      room_name: roomName,
      direction,
      widest,
      is_paused: 0,
      reach,
      prefix,
      made_by: madeBy,
      made_at: at,
      told_at: null,
      ended_at: null,
      stays: stays ? 1 : 0,
    })
    .onConflict((conflict) => conflict.doNothing());
  return { query: query.compile(), expect: 1 };
}

export function changePortal(sql: Building, portal: Portal, switches: Switches, at: EpochMs): Statement {
  const set = columnsOf(switches);
  if (portal.source === 'config') return { query: overlay(sql, portal, set, at).compile(), expect: 1 };
  const update = sql.build.updateTable('portals').set(set).where('id', '=', portal.id).where('ended_at', 'is', null);
  return { query: update.compile(), expect: 1 };
}

/** Fails when it is told already. */
export function markTold(sql: Building, portal: Portal, at: EpochMs): Statement {
  if (portal.source === 'config') {
    const query = overlay(sql, portal, { told_at: at }, at, true);
    return { query: query.compile(), expect: 1 };
  }
  const update = sql.build.updateTable('portals').set({ told_at: at }).where('id', '=', portal.id);
  return { query: update.where('told_at', 'is', null).compile(), expect: 1 };
}

/** What was changed of a configured portal stands in a row of its own; what is null there is as configured. */
function overlay(sql: Building, portal: Portal, set: object, at: EpochMs, isFirst = false) {
  const { id, home, bridge, room, source } = portal;
  const row = { id, source, channel_id: home, bridge, room, is_paused: 0, made_at: at };
  return sql.build
    .insertInto('portals')
    .values({ ...row, ...set })
    .onConflict((conflict) => {
      const update = conflict.column('id').doUpdateSet(set);
      return isFirst ? update.where('portals.told_at', 'is', null) : update;
    });
}

/** The row stays until the room has been told. */
export function endLink(sql: Building, id: PortalId, at: EpochMs): Statement {
  const update = sql.build.updateTable('portals').set({ ended_at: at }).where('id', '=', id);
  return { query: update.where('source', '=', 'linked').where('ended_at', 'is', null).compile(), expect: 1 };
}

/** Fails when somebody else was first. */
export function dropEnded(sql: Building, id: PortalId): Statement {
  const gone = sql.build.deleteFrom('portals').where('id', '=', id).where('ended_at', 'is not', null);
  return { query: gone.compile(), expect: 1 };
}

function columnsOf(switches: Switches) {
  const { direction, isPaused, isPausedByRoom, widest, reach, prefix, room, roomName } = switches;
  return {
    ...(isPausedByRoom !== undefined && { is_paused_by_room: isPausedByRoom ? 1 : 0 }),
    ...(widest !== undefined && { widest }),
    ...(direction !== undefined && { direction }),
    ...(isPaused !== undefined && { is_paused: isPaused ? 1 : 0 }),
    ...(reach !== undefined && { reach }),
    ...(prefix !== undefined && { prefix }),
    ...(room !== undefined && { room }),
    ...(roomName !== undefined && { room_name: roomName }),
  };
}
