/** Private conversations. Times are epoch ms. */
export const directTables = `
alter table members add column name text not null default '';
alter table members add column platform text not null default '';
-- on that platform; null: reads it here
alter table members add column account_id text;
alter table members add column state text not null default 'in';
alter table members add column asked_by text;

-- Whether somebody lets somebody else write to them, over platforms.
create table direct_consents (
  user_id text not null,
  other_id text not null,
  answer text not null,
  at integer not null,
  primary key (user_id, other_id)
) without rowid, strict;
create index direct_consents_by_other on direct_consents (other_id);

-- What is said to a DJ who is live, until it is delivered. Carried over from the log.
create table held_directs (
  message_id text not null,
  user_id text not null,
  channel_id text not null,
  event_id text not null,
  stretch text not null,
  at integer not null,
  primary key (message_id, user_id)
) without rowid, strict;
`;

export interface DirectConsentsTable {
  user_id: string;
  other_id: string;
  answer: 'yes' | 'no';
  at: number;
}
export interface HeldDirectsTable {
  message_id: string;
  user_id: string;
  channel_id: string;
  event_id: string;
  stretch: 'first' | 'again';
  at: number;
}
