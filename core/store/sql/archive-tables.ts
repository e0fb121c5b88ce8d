/** What the archiver carries over from the log: every entry, and messages as they stand now. */
export const archiveTables = `
create table entries (
  channel_id text,
  seq integer,
  shard integer not null,
  position text not null,
  kind text not null,
  audience text not null,
  message_id text,
  key text not null unique,
  at integer not null,
  body text not null,
  note text not null
) strict;
create unique index entries_by_seq on entries (channel_id, seq) where seq is not null;

create table messages (
  id text primary key,
  channel_id text not null,
  seq integer not null,
  author_id text not null,
  message text not null,
  text text not null,
  revision integer not null,
  is_redacted integer not null,
  last_seq integer not null
) strict;
create unique index messages_by_seq on messages (channel_id, seq);

create table reactions (
  message_id text not null,
  emoji text not null,
  user_id text not null,
  at integer not null,
  primary key (message_id, emoji, user_id)
) without rowid, strict;

create table archive_marks (shard integer primary key, position text not null) strict;
`;
