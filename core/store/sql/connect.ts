import Database from 'better-sqlite3';

export type Db = Database.Database;

/** How long a writer waits for the lock of another process before it says that the store is unavailable. */
export const BUSY_TIMEOUT_MS = 2_000;
/** Readers run in the hub's own thread and hardly ever wait in WAL mode: not for long, then. */
const READER_TIMEOUT_MS = 500;
/** Appends wait while a checkpoint runs, so that it must be short. */
const CHECKPOINT_PAGES = 1_000;
/** After a long lock the write-ahead log is cut back to this. */
const MAX_WAL_BYTES = 64 * 1024 * 1024;

/** The one writing connection: durable on commit, safe beside readers. */
export function openWriter(file: string, busyTimeoutMs: number): Db {
  const db = new Database(file, { timeout: busyTimeoutMs });
  db.pragma('journal_mode = wal');
  db.pragma('synchronous = full');
  // what is redacted or erased leaves the pages too, where that costs no extra writing
  db.pragma('secure_delete = fast');
  db.pragma('foreign_keys = on');
  db.pragma(`journal_size_limit = ${MAX_WAL_BYTES}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma('cache_size = -32768');
  return db;
}

/** A connection that can only read; each read sees every commit before it. */
export function openReader(file: string): Db {
  const db = new Database(file, { readonly: true, timeout: READER_TIMEOUT_MS });
  db.pragma('query_only = on');
  db.pragma('cache_size = -16384');
  return db;
}
