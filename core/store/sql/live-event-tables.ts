/**
 * Live events, and one row for each DJ who has any: its version grows with every change of the DJ's events or stream,
 * so that two hubs that change them at once do it one after the other.
 */
export const liveEventTables = `
create table live_events (
  id text primary key,
  dj_id text not null,
  channel_id text not null,
  kind text not null,
  title text not null,
  starts_at integer not null,
  state text not null,
  started_at integer,
  since integer not null,
  version integer not null
) without rowid, strict;
create index live_events_by_dj on live_events (dj_id) where state not in ('archived', 'cancelled');

create table schedules (
  dj_id text primary key,
  version integer not null,
  stream_connected integer,
  stream_since integer,
  stream_had_event integer
) without rowid, strict;

-- rooms that stay with their channel while others of the DJ follow an event
alter table portals add column stays integer not null default 0;
`;
