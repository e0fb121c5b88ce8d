import type { MessagePort } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { ArchiverOptions } from './link.ts';
import type { ArchiveSource } from './source.ts';

export interface ArchiverParts {
  /** The writer's connection. */
  readonly db: Database.Database;
  readonly source: ArchiveSource;
  readonly options: ArchiverOptions;
  /** Resolves when nothing that somebody waits for is waiting to be written. Asked before each transaction. */
  readonly turn: () => Promise<void>;
}

/** Runs the archiver in the writer worker until it is told to stop; then closes the source and the port. */
export function serveArchiver(_port: MessagePort, _parts: ArchiverParts): void {
  throw new Error('not written yet');
}
