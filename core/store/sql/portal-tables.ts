import type { Generated } from 'kysely';

/**
 * Portals made while the hub runs, and what was changed of those in the configuration (null: as configured).
 * `told_at`: the room has been told of the link; `ended_at`: unlinked, and the room is still to be told of it.
 */
export const portalTables = `
create table portals (
  id text primary key,
  source text not null,
  channel_id text not null,
  bridge text not null,
  room text not null,
  room_name text,
  direction text,
  is_paused integer not null default 0,
  reach text,
  prefix text,
  made_by text,
  made_at integer not null,
  told_at integer,
  ended_at integer
) without rowid, strict;
create unique index portals_by_room on portals (bridge, room) where ended_at is null and source = 'linked';

create table link_codes (
  hash text primary key,
  channel_id text not null,
  bridge text,
  made_by text,
  made_at integer not null,
  expires_at integer not null,
  used_at integer
) without rowid, strict;

-- cause: the act that set it, so that the same act told twice changes nothing.
create table opt_outs (
  user_id text primary key,
  is_out integer not null,
  cause text not null,
  at integer not null
) without rowid, strict;
`;

/** Which side of a portal has narrowed it: the room's opens only what it shut itself. */
export const portalSides = `
alter table portals add column is_paused_by_room integer not null default 0;
alter table portals add column widest text;
`;

export interface PortalsTable {
  id: string;
  /** `config` or `linked`. */
  source: string;
  channel_id: string;
  bridge: string;
  room: string;
  room_name: string | null;
  direction: string | null;
  is_paused: number;
  /** Whether it was the room's own side. */
  is_paused_by_room: Generated<number>;
  /** The direction that the channel's side has chosen; null: none. */
  widest: Generated<string | null>;
  reach: string | null;
  prefix: string | null;
  /** Null: the operator. */
  made_by: string | null;
  made_at: number;
  /** When the room was told of the link; null: it is still to be told. */
  told_at: number | null;
  /** Unlinked; the row goes once the room has been told. */
  ended_at: number | null;
  /** It stays with its channel while other rooms of the DJ follow an event. */
  stays: Generated<number>;
}
