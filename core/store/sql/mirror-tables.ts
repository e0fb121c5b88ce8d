/**
 * `seen_accounts`: who stands behind a user that has no account here, to act on them where they are.
 * `mirrored`: native acts that are in force or may be, written before they are sent; `state` is `sending`, `applied`,
 * `refused`, or `theirs` for one that the platform's own people gave.
 * `mirror_effects`: what became of an act in each linked room, for a week; in words it stands in `audit_effects`.
 * `native_acts`: acts on the platforms that stayed there, until a moderator decides.
 */
export const mirrorTables = `
create table seen_accounts (
  platform text not null,
  account_id text not null,
  user_id text not null,
  name text not null,
  at integer not null,
  primary key (platform, account_id)
) without rowid, strict;
create index seen_accounts_by_user on seen_accounts (user_id);

create table mirrored (
  bridge text not null,
  room text not null,
  account_id text not null,
  user_id text not null,
  act text not null,
  until integer,
  cause text not null,
  state text not null,
  at integer not null,
  primary key (bridge, room, account_id)
) without rowid, strict;
create index mirrored_by_user on mirrored (bridge, user_id);
create index mirrored_by_end on mirrored (until) where until is not null;

create table mirror_effects (
  cause text not null,
  portal text not null,
  what text not null,
  kind text not null,
  why text,
  at integer not null,
  primary key (cause, portal)
) without rowid, strict;
create index mirror_effects_by_time on mirror_effects (at);

create table native_acts (
  id text primary key,
  channel_id text not null,
  bridge text not null,
  room text not null,
  account_id text not null,
  user_id text not null,
  name text not null,
  by_name text,
  act text not null,
  until integer,
  reason text,
  at integer not null,
  decided_by text,
  decided_at integer
) without rowid, strict;
create index native_acts_by_channel on native_acts (channel_id, at);
create index native_acts_by_time on native_acts (at);
`;
