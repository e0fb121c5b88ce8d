/** What waits for a moderator, what is hidden for now, and how channels are kept calm. */
export const moderationLogTables = `
alter table log_heads add column hidden text;

create table log_held (
  id text primary key,
  channel text not null,
  author text not null,
  at integer not null,
  body text not null
) without rowid, strict;

create table log_modes (
  channel text primary key,
  slow_seconds integer not null,
  shield_until integer
) without rowid, strict;

-- When each person last spoke where slow mode is on.
create table log_slow (
  channel text not null,
  user text not null,
  at integer not null,
  primary key (channel, user)
) without rowid, strict;
create index log_slow_by_time on log_slow (at);
`;
