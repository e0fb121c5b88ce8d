/** Webhooks by which others post here. Times are epoch ms. */
export const hookTables = `
create table hooks_in (
  id text primary key,
  channel_id text not null,
  -- it ends with this live event; null: it stays
  event_id text,
  name text not null,
  -- a picture at the hub
  avatar_url text,
  secret_hash text not null,
  -- the one before, good until then
  old_hash text,
  old_until integer,
  made_by text not null,
  made_at integer not null,
  last_used_at integer
) without rowid, strict;
create index hooks_in_by_channel on hooks_in (channel_id);
create index hooks_in_by_event on hooks_in (event_id) where event_id is not null;
`;

export interface HooksInTable {
  id: string;
  channel_id: string;
  event_id: string | null;
  name: string;
  avatar_url: string | null;
  secret_hash: string;
  old_hash: string | null;
  old_until: number | null;
  made_by: string;
  made_at: number;
  last_used_at: number | null;
}
