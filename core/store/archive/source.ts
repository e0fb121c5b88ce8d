import type { EpochMs, Position } from '../../domain/ids.ts';
import type { Entry } from '../ports.ts';

/** What the archiver needs of the log, inside its worker: the embedded tables themselves, or Redis by a connection of its own. */
export interface ArchiveSource {
  readonly shards: number;
  /** Entries of a shard after `after`, at most `limit`, in order. Never waits for new ones. Rejects when the log is away. */
  range(shard: number, after: Position, limit: number): Promise<readonly Entry[]> | readonly Entry[];
  /**
   * Drops entries up to and with `upTo`, as `Log.trim` does. It may stop early to stay short: the archiver calls again
   * until the answer is 0. @returns how many went
   */
  trim(shard: number, upTo: Position): Promise<number> | number;
  /** The position just before the first entry at or after this time. */
  positionAt(shard: number, at: EpochMs): Promise<Position> | Position;
  /** Whether a is before b; both of one shard. */
  isBefore(a: Position, b: Position): boolean;
  /** Hot entries of one shard, archived or not, and how many it may hold. */
  size(shard: number): Promise<SourceSize> | SourceSize;
  close(): Promise<void> | void;
}

export interface SourceSize {
  readonly entries: number;
  /** 0 while it is not known. */
  readonly cap: number;
}
