/** The embedded log's own tables, read by nobody else. */
export const logMigrations = [
  {
    name: 'embedded log',
    sql: `
create table log_entries (
  position integer primary key autoincrement,
  kind text not null,
  audience text not null,
  channel text,
  seq integer,
  message text,
  key text not null unique,
  digest text not null,
  at integer not null,
  stored_at integer not null,
  body text not null,
  note text not null
) strict;
create unique index log_entries_by_seq on log_entries (channel, seq) where seq is not null;
create index log_messages_by_seq on log_entries (channel, seq) where kind = 'message';
create index log_entries_by_message on log_entries (message, kind, position) where message is not null;

-- Keys of entries that are trimmed already; those of hot entries stand in log_entries.
create table log_keys (
  key text primary key,
  digest text not null,
  message text,
  seq integer,
  position integer not null,
  stored_at integer not null
) without rowid, strict;
create index log_keys_by_time on log_keys (stored_at);

-- is_whole: everything that ever happened to the message is in these tables, as it was born in the log.
create table log_heads (
  id text primary key,
  channel text not null,
  author text not null,
  revision integer not null,
  redaction text,
  is_redacted integer not null,
  is_whole integer not null,
  last integer not null
) without rowid, strict;
create index log_heads_by_last on log_heads (last);

create table log_reactions (
  message text not null,
  emoji text not null,
  user text not null,
  is_on integer not null,
  primary key (message, emoji, user)
) without rowid, strict;

create table log_seqs (channel text primary key, seq integer not null) without rowid, strict;
create table log_sanctions (
  scope text not null,
  user text not null,
  act text not null,
  until integer,
  primary key (scope, user)
) without rowid, strict;
create table log_channels (channel text primary key, state text not null) without rowid, strict;
create table log_facts (name text primary key, value text not null) without rowid, strict;

create table log_portals (
  portal text primary key,
  fence integer not null,
  at integer,
  in_flight integer
) without rowid, strict;
create table log_copies (
  portal text not null,
  message text not null,
  part integer not null,
  room text not null,
  ref text not null,
  note text,
  primary key (portal, message, part)
) without rowid, strict;
create index log_copies_by_ref on log_copies (portal, ref, room);
create table log_bridge_state (
  bridge text not null,
  name text not null,
  value text not null,
  primary key (bridge, name)
) without rowid, strict;
`,
  },
] as const;
