import type { EpochMs } from '../../domain/ids.ts';
import type { ArchiveSource } from '../archive/source.ts';
import type { Db } from '../sql/connect.ts';
import type { LogWorker } from './in-worker.ts';
import { isBefore, placeOf } from './place.ts';
import { createPlaceReads } from './rows.ts';

/** Entries dropped in one transaction: an append must not wait long. */
export const TRIM_LIMIT = 500;

/** The embedded log as the archiver sees it, from within the writer worker and without a promise in between. */
export function embeddedSource(db: Db, worker: LogWorker, now: () => EpochMs): ArchiveSource {
  const reads = createPlaceReads(db);
  const trim = db.transaction((upTo: number) => worker.trim(upTo, TRIM_LIMIT, now()));
  return {
    shards: 1,
    range: (_shard, after, limit) => reads.range(placeOf(after), limit),
    trim(_shard, upTo) {
      const bringBack = worker.keep();
      try {
        return trim.immediate(placeOf(upTo));
      } catch (error) {
        bringBack();
        throw error;
      }
    },
    positionAt: (_shard, at) => reads.positionAt(at),
    isBefore,
    size: () => worker.size(),
    close() {},
  };
}
