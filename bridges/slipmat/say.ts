import type { Connection } from './connection.ts';

/** Tells a client that something was turned down, or that it sent what cannot be read. */
export function sayError(
  connection: Connection,
  id: string | null,
  code: string,
  say: string,
  field: string | null = null,
  retryAfterMs: number | null = null,
): void {
  connection.send({ type: 'error', id, code, say, field, retryAfterMs });
}
