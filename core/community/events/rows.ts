import type { EpochMs, UserId } from '../../domain/ids.ts';
import type { LiveEvent, Schedule, Stream } from '../../domain/live-event.ts';
import { liveEventOf } from '../../store/directory/queries.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** A DJ's schedule as it is kept, with the version that a change of it must still find. */
export interface KeptSchedule extends Schedule {
  readonly version: number;
}

type Building = Pick<Sql, 'build'>;

export async function loadSchedule(sql: Pick<Sql, 'build' | 'read'>, dj: UserId): Promise<KeptSchedule> {
  // the row first: a change between the two readings is found by its version
  const [row] = await sql.read(sql.build.selectFrom('schedules').selectAll().where('dj_id', '=', dj).compile());
  const events = sql.build.selectFrom('live_events').selectAll().where('dj_id', '=', dj);
  const rows = await sql.read(
    events.where('state', 'not in', ['archived', 'cancelled']).orderBy('starts_at').compile(),
  );
  return { version: row?.version ?? 0, stream: streamOf(row), events: rows.map(liveEventOf) };
}

/** Those that are over, newest first. */
export async function pastEvents(
  sql: Pick<Sql, 'build' | 'read'>,
  dj: UserId,
  before: EpochMs | null,
  limit: number,
): Promise<readonly LiveEvent[]> {
  let over = sql.build
    .selectFrom('live_events')
    .selectAll()
    .where('dj_id', '=', dj)
    .where('state', 'in', ['archived', 'cancelled'])
    .orderBy('starts_at', 'desc')
    .limit(limit);
  if (before !== null) over = over.where('starts_at', '<', before);
  return (await sql.read(over.compile())).map(liveEventOf);
}

interface StreamRow {
  readonly stream_connected: number | null;
  readonly stream_since: number | null;
  readonly stream_had_event: number | null;
}

function streamOf(row: StreamRow | undefined): Stream | null {
  if (row === undefined || row.stream_connected === null || row.stream_since === null) return null;
  return {
    isConnected: row.stream_connected === 1,
    since: row.stream_since as EpochMs,
    hadEvent: row.stream_had_event === 1,
  };
}

/** Fails when somebody else has changed the schedule since it was loaded. */
export function nextVersion(sql: Building, dj: UserId, version: number, stream: Stream | null): Statement {
  const columns = {
    version: version + 1,
    stream_connected: stream === null ? null : stream.isConnected ? 1 : 0,
    stream_since: stream?.since ?? null,
    stream_had_event: stream === null ? null : stream.hadEvent ? 1 : 0,
  };
  const insert = sql.build.insertInto('schedules').values({ dj_id: dj, ...columns });
  const upsert = insert.onConflict((conflict) =>
    conflict.column('dj_id').doUpdateSet(columns).where('schedules.version', '=', version),
  );
  return { query: upsert.compile(), expect: 1 };
}

export function putEvent(sql: Building, event: LiveEvent): Statement {
  const { id, dj, channel, kind, title, startsAt, state, startedAt, since, version } = event;
  const columns = { title, starts_at: startsAt, state, started_at: startedAt, since, version };
  const insert = sql.build
    .insertInto('live_events')
    .values({ id, dj_id: dj, channel_id: channel, kind, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns));
  return { query: insert.compile(), expect: 1 };
}

/** Fails when the id is taken. */
export function insertEventChannel(sql: Building, event: LiveEvent, at: EpochMs): Statement {
  const insert = sql.build
    .insertInto('channels')
    .values({ id: event.channel, kind: 'event', name: event.title, topic: '', owner_id: event.dj, created_at: at })
    .onConflict((conflict) => conflict.doNothing());
  return { query: insert.compile(), expect: 1 };
}

export function renameChannel(sql: Building, event: LiveEvent): Statement {
  const update = sql.build.updateTable('channels').set({ name: event.title }).where('id', '=', event.channel);
  return { query: update.compile() };
}

/** Moderators of an ad hoc event have their role for this one alone: the next uses the same channel. */
export function dropModerators(sql: Building, { channel }: LiveEvent): Statement {
  return { query: sql.build.deleteFrom('role_grants').where('channel_id', '=', channel).compile() };
}

/** Fails unless this person is still an admin, or still the DJ. */
export function stillEntitled(sql: Building, by: UserId, dj: UserId, isAdmin: boolean): Statement {
  if (isAdmin) {
    const admin = sql.build.updateTable('users').set({ is_admin: 1 }).where('id', '=', by);
    return { query: admin.where('is_admin', '=', 1).where('is_disabled', '=', 0).compile(), expect: 1 };
  }
  const grant = sql.build.updateTable('role_grants').set({ role: 'dj' }).where('user_id', '=', by);
  return { query: grant.where('scope', '=', `dj:${dj}`).where('role', '=', 'dj').compile(), expect: 1 };
}
