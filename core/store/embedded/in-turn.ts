import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from '../sql/connect.ts';
import { reading } from '../sql/reading.ts';

/** Reads run in the hub's own thread: sockets get their turn between one and the next. */
export async function inTurn<T>(db: Db, read: () => T): Promise<T> {
  await nextTurn();
  return reading(db, read);
}
