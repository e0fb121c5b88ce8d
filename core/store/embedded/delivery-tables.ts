/** Portals stand at an entry of their channel; what became of a message is known beside where it stands. */
export const deliveryTables = `
drop table log_portals;
create table log_portals (
  portal text primary key,
  fence integer not null,
  at integer,
  seq integer,
  first integer,
  flight text,
  flight_seq integer,
  owed text,
  owed_after integer
) strict;

-- Of messages that were sent and nothing more only the copies are kept.
create table log_fates (
  portal text not null,
  message text not null,
  kind text not null,
  say text,
  primary key (portal, message)
) without rowid, strict;

create table log_letters (
  portal text not null,
  seq integer not null,
  letter text not null,
  primary key (portal, seq)
) without rowid, strict;
`;
