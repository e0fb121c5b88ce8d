/** Users, accounts, channels and rights. Times are epoch ms, booleans 0 or 1, JSON as text. */
export const directoryTables = `
create table meta (name text primary key, value text not null) without rowid, strict;

create table users (
  id text primary key,
  name text not null,
  skeleton text unique,
  is_admin integer not null default 0,
  is_disabled integer not null default 0,
  created_at integer not null
) without rowid, strict;

create table accounts (
  platform text not null,
  id text not null,
  user_id text not null,
  name text not null,
  avatar_url text,
  first_seen_at integer not null,
  primary key (platform, id)
) without rowid, strict;
create index accounts_by_user on accounts (user_id);

create table credentials (
  user_id text primary key references users (id) on delete cascade,
  password_hash text not null,
  changed_at integer not null
) without rowid, strict;

create table sessions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  secret_hash text not null,
  created_at integer not null,
  expires_at integer not null
) without rowid, strict;
create index sessions_by_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at);

create table invites (
  id text primary key,
  purpose text not null,
  secret_hash text not null unique,
  created_at integer not null,
  expires_at integer not null,
  used_at integer
) without rowid, strict;

create table channels (
  id text primary key,
  kind text not null,
  name text not null,
  topic text not null,
  owner_id text,
  created_at integer not null
) without rowid, strict;

create table role_grants (
  user_id text not null,
  scope text not null,
  channel_id text not null default '',
  role text not null,
  granted_by text,
  granted_at integer not null,
  primary key (user_id, scope, channel_id, role)
) without rowid, strict;

create table members (
  channel_id text not null,
  user_id text not null,
  joined_at integer not null,
  primary key (channel_id, user_id)
) without rowid, strict;
create index members_by_user on members (user_id);

create table changes (
  id text primary key,
  scopes text not null,
  what text not null,
  at integer not null,
  is_announced integer not null default 0
) without rowid, strict;
create index changes_unannounced on changes (id) where is_announced = 0;
`;
