/** Tokens for programs. Times are epoch ms. */
export const tokenTables = `
create table api_tokens (
  id text primary key,
  user_id text not null,
  name text not null,
  secret_hash text not null,
  -- JSON: an array of scopes
  scopes text not null,
  -- null: wherever its holder may go
  channel_id text,
  created_at integer not null,
  -- null: the operator
  created_by text,
  expires_at integer,
  last_used_at integer
) without rowid, strict;
create index api_tokens_by_user on api_tokens (user_id);
`;

export interface ApiTokensTable {
  id: string;
  user_id: string;
  name: string;
  secret_hash: string;
  scopes: string;
  channel_id: string | null;
  created_at: number;
  created_by: string | null;
  expires_at: number | null;
  last_used_at: number | null;
}
