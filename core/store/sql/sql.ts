import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** One statement of a transaction. With `expect`, the whole transaction is undone unless exactly so many rows changed. */
export interface Statement {
  readonly query: CompiledQuery<unknown>;
  readonly expect?: number;
}
export type Written =
  | { readonly ok: true; readonly changes: readonly number[] }
  /** The index of the statement whose expectation failed; nothing was written. */
  | { readonly ok: false; readonly failed: number };

/**
 * The directory database. Kysely only compiles; every write runs in the one writer worker inside `begin immediate`,
 * every read on a read-only connection. The same statements serve PostgreSQL later.
 */
export interface Sql {
  /** Compiles only; never executes by itself. */
  readonly build: Kysely<Tables>;
  /** All or nothing. Resolves once durable. @throws {StoreUnavailable} */
  write(statements: readonly Statement[]): Promise<Written>;
  /** Sees every write that resolved before. */
  read<Row>(query: CompiledQuery<Row>): Promise<readonly Row[]>;
}
