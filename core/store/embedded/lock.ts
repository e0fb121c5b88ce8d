import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { failureOf, isPassing } from '../sql/errors.ts';

/** Another hub of this host has the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/**
 * Holds a lock for the life of this process; the system takes it back even after a kill.
 * @returns a function that gives it back
 * @throws {FolderInUse}
 */
export function holdLock(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma('locking_mode = exclusive');
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    if (!isPassing(failureOf(cause))) throw cause;
    throw new FolderInUse(
      `Another hub is running on the folder ${dirname(file)}. Stop it first, give this one another dataDir, ` +
        'or set redisUrl, with which several hubs share one folder.',
      { cause },
    );
  }
  return () => void lock.close();
}
