import type { Db } from './connect.ts';
import { errorOf, failureOf, WRITER_CLOSED } from './errors.ts';

/** Runs a read and says what went wrong in the words of the ports. @throws {StoreUnavailable | SqlError} */
export function reading<T>(db: Db, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw errorOf(db.open ? failureOf(error) : WRITER_CLOSED);
  }
}
