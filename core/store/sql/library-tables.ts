/**
 * `library_posts` and `media_uses` are carried over from the log like messages, and made anew from these when
 * `library_state` is of another version; `upTo` is the last message that is in by then. What moderators took out of a
 * library stays out. `library_titles` is the queue of pages to look at as well.
 */
export const libraryTables = `
create table library_posts (
  message_id text not null,
  place integer not null,
  item text not null,
  channel_id text not null,
  kind text not null,
  url text not null,
  attachment text,
  words text not null,
  author_id text not null,
  author_name text not null,
  platform text not null,
  at integer not null,
  primary key (message_id, place)
) without rowid, strict;
create index library_by_time on library_posts (channel_id, at, message_id, place);
create index library_by_item on library_posts (item, channel_id, at, message_id);

create table library_taken_out (
  channel_id text not null,
  item text not null,
  by_id text not null,
  at integer not null,
  primary key (channel_id, item)
) without rowid, strict;

-- words: the title as a search looks at it
create table library_titles (
  item text primary key,
  url text not null,
  title text,
  words text not null,
  state text not null,
  tries integer not null,
  try_at integer not null
) without rowid, strict;
create index library_titles_waiting on library_titles (try_at) where state = 'waiting';

create table media_uses (
  message_id text not null,
  link_id text not null,
  hash text not null,
  channel_id text not null,
  primary key (message_id, link_id)
) without rowid, strict;
create index media_uses_by_link on media_uses (link_id);
create index media_uses_by_hash on media_uses (hash, channel_id);

create table library_state (id integer primary key check (id = 1), version integer not null, up_to text not null) strict;
insert into library_state values (1, 0, '');
`;

/** A link or file in one message. */
export interface LibraryPostsTable {
  message_id: string;
  /** Its place among those of its message. */
  place: number;
  item: string;
  channel_id: string;
  kind: string;
  url: string;
  /** JSON of an Attachment; null for a link. */
  attachment: string | null;
  /** What a search looks at besides the title of the page: address or name, in small letters. */
  words: string;
  author_id: string;
  author_name: string;
  platform: string;
  at: number;
}
export interface LibraryTakenOutTable {
  channel_id: string;
  item: string;
  by_id: string;
  at: number;
}
/** `state`: `waiting`, `known`, or `none`: the page has no title, or cannot be had. */
export interface LibraryTitlesTable {
  item: string;
  url: string;
  title: string | null;
  /** The title in small letters, for the search. */
  words: string;
  state: 'waiting' | 'known' | 'none';
  tries: number;
  try_at: number;
}
/** Which messages carry which file. */
export interface MediaUsesTable {
  message_id: string;
  link_id: string;
  hash: string;
  channel_id: string;
}
