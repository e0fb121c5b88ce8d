import type { Generated } from 'kysely';

/** Webhooks by which others are told what happens here. Times are epoch ms. */
export const hookOutTables = `
create table hooks_out (
  id text primary key,
  channel_id text not null,
  -- whose eyes it has
  owner_id text not null,
  url text not null,
  -- JSON, a list
  kinds text not null,
  -- not hashed: every delivery is signed with it
  secret text not null,
  -- the one before, which signs too until then
  old_secret text,
  old_until integer,
  -- null: it runs
  paused_why text,
  made_at integer not null,
  -- it is through with all up to these: entries of the channel, lines of the audit
  after_seq integer not null,
  after_audit integer not null,
  -- of what is next: how often it was tried, and when it is tried again
  tries integer not null,
  try_at integer not null,
  -- since when nothing has arrived; null: the last one did
  failing_since integer
) without rowid, strict;
create index hooks_out_by_channel on hooks_out (channel_id);

-- The newest of each webhook. What was said is not here: it is read again from where it is kept.
create table hook_deliveries (
  n integer primary key autoincrement,
  id text not null unique,
  hook_id text not null,
  source text not null,
  at_place integer not null,
  kind text not null,
  state text not null,
  tries integer not null,
  -- of the last try; null: nobody answered
  status integer,
  say text,
  made_at integer not null,
  tried_at integer not null
) strict;
create index hook_deliveries_by_hook on hook_deliveries (hook_id, n);
`;

export interface HooksOutTable {
  id: string;
  channel_id: string;
  owner_id: string;
  url: string;
  kinds: string;
  secret: string;
  old_secret: string | null;
  old_until: number | null;
  paused_why: string | null;
  made_at: number;
  after_seq: number;
  after_audit: number;
  tries: number;
  try_at: number;
  failing_since: number | null;
}

export interface HookDeliveriesTable {
  n: Generated<number>;
  id: string;
  hook_id: string;
  source: string;
  at_place: number;
  kind: string;
  state: string;
  tries: number;
  status: number | null;
  say: string | null;
  made_at: number;
  tried_at: number;
}
