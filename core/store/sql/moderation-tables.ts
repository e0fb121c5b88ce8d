/** What the embedded log keeps with a sanction in force: the body of the entry that gave it. */
export const sanctionBodies = `
alter table log_sanctions add column body text not null default '';
`;

/**
 * Carried over from the log in the transaction of the entry: every act of moderation, and what is in force, for a live
 * store that has lost it.
 */
export const auditTables = `
create table audit (
  id integer primary key autoincrement,
  at integer not null,
  act text not null,
  by_id text,
  target_id text,
  message_id text,
  channel_id text,
  until integer,
  reason text,
  cause text
) strict;
create index audit_by_channel on audit (channel_id, at, id);
create index audit_by_target on audit (target_id, at) where target_id is not null;
create index audit_by_time on audit (at, id);

-- What became of an act on each platform, in words; told after the act.
create table audit_effects (cause text primary key, effect text not null, at integer not null) without rowid, strict;

create table sanctions (
  scope text not null,
  user_id text not null,
  body text not null,
  primary key (scope, user_id)
) without rowid, strict;
create index sanctions_by_user on sanctions (user_id);
`;

/** The ledger of karma, carried over from the log in the transaction of the entry. */
export const karmaTables = `
create table karma (
  id integer primary key,
  user_id text not null,
  points real not null,
  why text not null,
  by_id text,
  cause text not null,
  at integer not null
) strict;
create index karma_by_user on karma (user_id, at);
create index karma_by_time on karma (at, id);
`;

/** What is older than it is kept is found without a look at all the rest. */
export const auditByTime = `
create index audit_effects_by_time on audit_effects (at);
`;
