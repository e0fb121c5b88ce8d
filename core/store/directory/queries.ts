import type { Channel, ChannelKind } from '../../domain/channel.ts';
import type { BridgeId, ChannelId, EpochMs, PortalId, RoomId, ScopeId, UserId } from '../../domain/ids.ts';
import type { LiveEvent, LiveEventId, LiveEventState } from '../../domain/live-event.ts';
import type { RoleGrant } from '../../domain/user.ts';
import { readStoredSettings, type SettingsChange } from '../../moderation/settings.ts';
import type { LiveEventsTable } from '../sql/event-rows.ts';
import type { Sql } from '../sql/sql.ts';
import type { StoredPortal } from './directory.ts';

/** Reading the directory's rows as values of the domain; null: all of them. */

export async function readChannels(sql: Sql, id: ChannelId | null): Promise<readonly Channel[]> {
  const all = sql.build.selectFrom('channels').selectAll().orderBy('created_at').orderBy('id');
  const rows = await sql.read((id === null ? all : all.where('id', '=', id)).compile());
  return rows.map((row) => ({
    id: row.id as ChannelId,
    kind: row.kind as ChannelKind,
    name: row.name,
    topic: row.topic,
    owner: row.owner_id as UserId | null,
    // whether an event's is open is the event's to say
    state: row.kind === 'event' ? 'read-only' : 'open',
  }));
}

export async function readGrants(sql: Sql, user: UserId | null): Promise<readonly RoleGrant[]> {
  const all = sql.build.selectFrom('role_grants').selectAll();
  const rows = await sql.read((user === null ? all : all.where('user_id', '=', user)).compile());
  return rows.map((row) => ({
    user: row.user_id as UserId,
    scope: row.scope as ScopeId,
    channel: row.channel_id === '' ? null : (row.channel_id as ChannelId),
    role: row.role === 'dj' ? 'dj' : 'moderator',
  }));
}

/** Of all events those that are not over and those with a channel of their own. */
export async function readLiveEvents(sql: Sql, id: LiveEventId | null): Promise<readonly LiveEvent[]> {
  const all = sql.build.selectFrom('live_events').selectAll().orderBy('starts_at').orderBy('id');
  const known = all.where((row) =>
    row.or([row('kind', '=', 'scheduled'), row('state', 'not in', ['archived', 'cancelled'])]),
  );
  const rows = await sql.read((id === null ? known : all.where('id', '=', id)).compile());
  return rows.map(liveEventOf);
}

export function liveEventOf(row: LiveEventsTable): LiveEvent {
  return {
    id: row.id as LiveEventId,
    dj: row.dj_id as UserId,
    channel: row.channel_id as ChannelId,
    kind: row.kind === 'ad-hoc' ? 'ad-hoc' : 'scheduled',
    title: row.title,
    startsAt: row.starts_at as EpochMs,
    state: row.state as LiveEventState,
    startedAt: row.started_at as EpochMs | null,
    since: row.since as EpochMs,
    version: row.version,
  };
}

/** Of all users only those who are not ordinary; of one user, whatever it is. */
export async function readStandings(
  sql: Sql,
  user: UserId | null,
): Promise<readonly { readonly id: UserId; readonly isAdmin: boolean; readonly isDisabled: boolean }[]> {
  const all = sql.build.selectFrom('users').select(['id', 'is_admin', 'is_disabled']);
  const special = all.where((row) => row.or([row('is_admin', '=', 1), row('is_disabled', '=', 1)]));
  const rows = await sql.read((user === null ? special : all.where('id', '=', user)).compile());
  return rows.map((row) => ({ id: row.id as UserId, isAdmin: row.is_admin === 1, isDisabled: row.is_disabled === 1 }));
}

export async function readPortals(sql: Sql): Promise<readonly StoredPortal[]> {
  const all = sql.build.selectFrom('portals').selectAll().orderBy('made_at').orderBy('id');
  const rows = await sql.read(all.compile());
  return rows.map((row) => ({
    id: row.id as PortalId,
    source: row.source === 'config' ? 'config' : 'linked',
    channel: row.channel_id as ChannelId,
    bridge: row.bridge as BridgeId,
    room: row.room as RoomId,
    roomName: row.room_name,
    direction: row.direction as StoredPortal['direction'],
    isPaused: row.is_paused === 1,
    isPausedByRoom: row.is_paused_by_room === 1,
    widest: row.widest as StoredPortal['widest'],
    reach: row.reach as StoredPortal['reach'],
    prefix: row.prefix,
    isTold: row.told_at !== null,
    stays: row.stays === 1,
    isEnded: row.ended_at !== null,
  }));
}

/** What was set for channels; what is not named there is as it is everywhere. */
export async function readSettings(sql: Sql, id: ChannelId | null): Promise<ReadonlyMap<ChannelId, SettingsChange>> {
  const all = sql.build.selectFrom('channel_settings').select(['channel_id', 'settings']);
  const rows = await sql.read((id === null ? all : all.where('channel_id', '=', id)).compile());
  return new Map(
    rows.map((row) => {
      const read = readStoredSettings(JSON.parse(row.settings));
      return [row.channel_id as ChannelId, read.ok ? read.value : {}];
    }),
  );
}

/** Those who keep to themselves; of one user, whether that one is among them. */
export async function readOptOuts(sql: Sql, user: UserId | null): Promise<readonly UserId[]> {
  const all = sql.build.selectFrom('opt_outs').select('user_id').where('is_out', '=', 1);
  const rows = await sql.read((user === null ? all : all.where('user_id', '=', user)).compile());
  return rows.map((row) => row.user_id as UserId);
}

/** Those with a name of their own here who have a role anywhere or are an admin, by what the name looks like. */
export async function readStaffNames(sql: Sql): Promise<ReadonlyMap<string, UserId>> {
  const granted = sql.build.selectFrom('role_grants').select('user_id');
  const named = sql.build.selectFrom('users').select(['id', 'skeleton']).where('skeleton', 'is not', null);
  const staff = named.where(({ or, eb }) => or([eb('is_admin', '=', 1), eb('id', 'in', granted)]));
  const rows = await sql.read(staff.compile());
  return new Map(rows.map(({ id, skeleton }) => [skeleton ?? '', id as UserId]));
}

/** Users of people who have several, by person. */
export async function readLinks(sql: Sql, person: string | null): Promise<ReadonlyMap<string, readonly UserId[]>> {
  const all = sql.build.selectFrom('person_links').select(['user_id', 'person']);
  const rows = await sql.read((person === null ? all : all.where('person', '=', person)).compile());
  const users = Map.groupBy(rows, (row) => row.person);
  return new Map([...users].map(([id, own]) => [id, own.map(({ user_id }) => user_id as UserId)]));
}
