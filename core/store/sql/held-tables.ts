/**
 * What was held for a moderator and what became of it; whose words a decision has taken away or made a message of, are
 * no longer here. When somebody was first heard. What was set for channels, and what was reported.
 */
export const heldTables = `
create table held (
  id text primary key,
  channel_id text not null,
  author_id text not null,
  at integer not null,
  body text not null,
  state text not null,
  decided_by text,
  decided_at integer
) without rowid, strict;
create index held_waiting on held (channel_id, id) where state = 'waiting';
create index held_by_author on held (author_id, state);

-- The message as it was, while reports hide it.
alter table messages add column hidden text;

create table first_heard (user_id text primary key, at integer not null) without rowid, strict;
insert into first_heard
  select author_id, min(json_extract(message, '$.sentAt')) from messages where json_valid(message) group by author_id;

create table channel_settings (
  channel_id text primary key,
  settings text not null,
  changed_by text,
  changed_at integer not null
) without rowid, strict;

-- standing: whether it counts, and what it came to: open, upheld or dismissed.
create table reports (
  message_id text not null,
  reporter_id text not null,
  channel_id text not null,
  author_id text not null,
  reason text,
  at integer not null,
  counts integer not null,
  state text not null,
  primary key (message_id, reporter_id)
) without rowid, strict;
create index reports_open on reports (channel_id, message_id) where state = 'open';
create index reports_by_reporter on reports (reporter_id, at);
`;
