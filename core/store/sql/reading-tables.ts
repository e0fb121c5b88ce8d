/** What people have read, and where they were. */
export const readingTables = `
create table read_markers (
  user_id text not null,
  channel_id text not null,
  -- the newest that they have read; only ever greater
  seq integer not null,
  at integer not null,
  primary key (user_id, channel_id)
) without rowid, strict;

-- Who has ever been in a channel, by whatever platform.
create table seen_people (
  channel_id text not null,
  user_id text not null,
  name text not null,
  platform text not null,
  first_at integer not null,
  last_at integer not null,
  -- when they last did something there by a bridge; 0: never
  acted_at integer not null,
  primary key (channel_id, user_id)
) without rowid, strict;
create index seen_people_by_time on seen_people (channel_id, last_at, user_id);
create index seen_people_acting on seen_people (channel_id, acted_at) where acted_at > 0;
create index seen_people_by_user on seen_people (user_id);
`;

export interface ReadMarkersTable {
  user_id: string;
  channel_id: string;
  seq: number;
  at: number;
}
export interface SeenPeopleTable {
  channel_id: string;
  user_id: string;
  name: string;
  platform: string;
  first_at: number;
  last_at: number;
  acted_at: number;
}
