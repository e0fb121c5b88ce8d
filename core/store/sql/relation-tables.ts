/** Whom people do not want to read, or to hear from in private. */
export const relationTables = `
create table relations (
  by_id text not null,
  kind text not null,
  whom_id text not null,
  -- as they were called then, for the list of whoever it is
  whom_name text,
  whom_platform text,
  at integer not null,
  primary key (by_id, kind, whom_id)
) without rowid, strict;
create index relations_by_whom on relations (whom_id);
`;

export interface RelationsTable {
  by_id: string;
  kind: 'mute' | 'block';
  whom_id: string;
  whom_name: string | null;
  whom_platform: string | null;
  at: number;
}
