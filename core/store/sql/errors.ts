import { StoreUnavailable } from '../ports.ts';

/** A statement that SQLite refused for what it says: a broken constraint, a wrong parameter. Trying again is no use. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** SQLite's own, such as `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly code: string;
  constructor(message: string, code: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** An error as it crosses from the worker. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The database could not be used just now: locked, full or failing. Everything else is the statement's own fault. */
const PASSING = ['BUSY', 'LOCKED', 'FULL', 'IOERR', 'CANTOPEN', 'NOMEM', 'PROTOCOL', 'READONLY'];

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, message: error.message };
}

/** Whether the same may well work later. */
export function isPassing(failure: Failure): boolean {
  return PASSING.some((name) => failure.code === `SQLITE_${name}` || failure.code.startsWith(`SQLITE_${name}_`));
}

/** The worker is gone: closed, or fallen over. */
export const WRITER_CLOSED: Failure = { code: 'WRITER_CLOSED', message: 'the database is closed' };
export function writerFell(error: Error): Failure {
  return { code: 'WRITER_CLOSED', message: `the writer ended: ${error.message}` };
}

/** The error for the caller. */
export function errorOf(failure: Failure): StoreUnavailable | SqlError {
  const cause = new SqlError(failure.message, failure.code);
  if (!isPassing(failure) && failure.code !== WRITER_CLOSED.code) return cause;
  return new StoreUnavailable(`The database did not take the write: ${failure.message} (${failure.code})`, { cause });
}
