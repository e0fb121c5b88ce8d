import type { ChannelId, EpochMs, TokenId, UserId } from '../../domain/ids.ts';
import { GIVEN_SCOPES, type Scope } from '../../domain/scopes.ts';
import type { Sql } from '../sql/sql.ts';
import type { ApiTokensTable } from '../sql/token-tables.ts';

/** A token for programs, without its secret. */
export interface ApiToken {
  readonly id: TokenId;
  readonly user: UserId;
  readonly name: string;
  readonly secretHash: string;
  readonly scopes: readonly Scope[];
  /** Null: wherever its holder may go. */
  readonly channel: ChannelId | null;
  readonly createdAt: EpochMs;
  /** Null: the operator. */
  readonly createdBy: UserId | null;
  /** Null: until it is revoked. */
  readonly expiresAt: EpochMs | null;
}

/** All tokens that were not revoked, in memory. */
export interface TokenBook {
  get(id: TokenId): ApiToken | null;
  /** Null: there is none any more. */
  set(id: TokenId, token: ApiToken | null): void;
}

export function createTokenBook(): TokenBook {
  const tokens = new Map<TokenId, ApiToken>();
  return {
    get: (id) => tokens.get(id) ?? null,
    set(id, token) {
      if (token === null) tokens.delete(id);
      else tokens.set(id, token);
    },
  };
}

/** Null: all of them. */
export async function readTokens(sql: Sql, id: TokenId | null): Promise<readonly ApiToken[]> {
  const all = sql.build.selectFrom('api_tokens').selectAll();
  return (await sql.read((id === null ? all : all.where('id', '=', id)).compile())).map(tokenOf);
}

export function tokenOf(row: ApiTokensTable): ApiToken {
  return {
    id: row.id as TokenId,
    user: row.user_id as UserId,
    name: row.name,
    secretHash: row.secret_hash,
    scopes: scopesOf(JSON.parse(row.scopes)),
    channel: row.channel_id as ChannelId | null,
    createdAt: row.created_at as EpochMs,
    createdBy: row.created_by as UserId | null,
    expiresAt: row.expires_at as EpochMs | null,
  };
}

/** A scope that this hub does not know gives nothing. */
function scopesOf(stored: unknown): readonly Scope[] {
  return Array.isArray(stored) ? GIVEN_SCOPES.filter((scope) => stored.includes(scope)) : [];
}
