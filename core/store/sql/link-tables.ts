/** People with accounts on several platforms. Times are epoch ms. */
export const linkTables = `
-- One row for each user of a person who has several. The person's id names nobody.
create table person_links (
  user_id text primary key,
  person text not null,
  platform text not null,
  name text not null,
  linked_at integer not null
) without rowid, strict;
create index person_links_by_person on person_links (person);

-- Codes that somebody was shown: kept hashed, typed once, and then confirmed by whoever typed them.
create table link_requests (
  hash text primary key,
  user_id text not null,
  user_platform text not null,
  user_name text not null,
  -- where it may be typed
  platform text not null,
  made_at integer not null,
  expires_at integer not null,
  typed_by text,
  void_at integer
) without rowid, strict;
create index link_requests_by_maker on link_requests (user_id);
create index link_requests_by_typist on link_requests (typed_by) where typed_by is not null;

-- Accounts that were one person once: what the parting cost is given back when they join again.
create table link_partings (
  id text not null,
  user_id text not null,
  other_id text not null,
  at integer not null,
  primary key (id, other_id)
) without rowid, strict;
create index link_partings_by_user on link_partings (user_id);
create index link_partings_by_other on link_partings (other_id);
`;
