/** Re-hosted files. `media`: bytes, once each, by their hash. `media_links`: where they appear; the id is a secret. */
export const mediaTables = `
create table media (
  hash text primary key,
  type text not null,
  bytes integer not null,
  width integer,
  height integer,
  frames integer not null,
  created_at integer not null
) without rowid, strict;

create table media_links (
  id text primary key,
  hash text not null references media (hash),
  name text not null,
  alt text,
  is_spoiler integer not null,
  expires_at integer,
  picture_key text unique,
  created_at integer not null
) without rowid, strict;
create index media_links_by_hash on media_links (hash);
create index media_links_by_end on media_links (expires_at) where expires_at is not null;
`;

/** Bytes that the hub keeps, once however often they appear; the file is named by the hash. */
export interface MediaTable {
  hash: string;
  /** Sniffed, such as `image/png`. */
  type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  frames: number;
  created_at: number;
}
/** One appearance of a file. `id` is the secret in its link. */
export interface MediaLinksTable {
  id: string;
  hash: string;
  name: string;
  alt: string | null;
  is_spoiler: number;
  /** Null: kept. */
  expires_at: number | null;
  /** JSON of bridge and key, for avatars and emotes. */
  picture_key: string | null;
  created_at: number;
}
