/**
 * `erasures`: people who are being forgotten, and those who were, under a name that leads to nobody. `users`, `names`,
 * `files` and `seqs` are emptied once it is done. `blank_pages`: zeros that overwrite what deleted rows have left in the
 * file.
 */
export const privacyTables = `
create table erasures (
  id text primary key,
  alias text not null,
  users text not null,
  names text not null,
  files text not null,
  -- newest seq of a redaction in each channel
  seqs text not null,
  state text not null,
  cursor text not null,
  asked_at integer not null,
  until integer,
  done_at integer
) without rowid, strict;

create table blank_pages (zeros blob not null) strict;

create index messages_by_author on messages (author_id, id);
create index reactions_by_user on reactions (user_id);
`;

/**
 * People who were shown on the platform of a bridge, and are to be forgotten there: `person` and `platform` as they are
 * told to the bridge. A row goes once it is done.
 */
export const retirementTables = `
create table retirements (
  bridge text not null,
  person text not null,
  platform text not null,
  asked_at integer not null,
  due integer not null,
  tries integer not null,
  primary key (bridge, person, platform)
) without rowid, strict;
create index retirements_by_due on retirements (bridge, due);
`;

export interface RetirementsTable {
  bridge: string;
  person: string;
  platform: string;
  asked_at: number;
  /** When it is tried next. */
  due: number;
  tries: number;
}

export interface ErasuresTable {
  id: string;
  /** Stands in place of every user of the person. */
  alias: string;
  /** JSON: what is to be forgotten. */
  users: string;
  names: string;
  files: string;
  seqs: string;
  /** `begin`, `redact`, `leave`, `scrub`, `log`, `quotes`, `hear`, `rows`, `pages`, `files` or `done`. */
  state: string;
  cursor: string;
  asked_at: number;
  /** Copies are waited for until then. */
  until: number | null;
  done_at: number | null;
}
