/** What is to be done at a time. The row goes once it is done; `try_at` is later than `due` where it failed. */
export const timerTables = `
create table timers (
  id text primary key,
  kind text not null,
  due integer not null,
  payload text not null,
  try_at integer not null,
  tries integer not null default 0
) without rowid, strict;
create index timers_by_time on timers (try_at);
`;
