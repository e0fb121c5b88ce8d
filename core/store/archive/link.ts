import type { MessagePort } from 'node:worker_threads';
import type { EpochMs, Position } from '../../domain/ids.ts';

/** Plain data: it crosses into the worker. */
export interface ArchiverOptions {
  /** Archived entries stay in the log for so long. */
  readonly hotMs: number;
  /** Entries of one transaction, at most. */
  readonly batch: number;
}

/** Where the archiver reads: the log in the same database file, or Redis by a connection that the worker opens. */
export type SourceSpec = { readonly kind: 'embedded' } | { readonly kind: 'redis'; readonly url: string };

/** Posted to the writer worker (with `port` in the transfer list); it answers by calling `serveArchiver`. */
export interface StartArchiver {
  readonly kind: 'start-archiver';
  readonly port: MessagePort;
  readonly source: SourceSpec;
  readonly options: ArchiverOptions;
}

/** From the main thread. Time comes with the ticks, so that whoever steers the hub's clock steers the archiver. */
export type ArchiverCommand =
  | { readonly kind: 'tick'; readonly now: EpochMs }
  /** Trims nothing after these positions, one for each shard; null: no bound. */
  | { readonly kind: 'keep'; readonly positions: readonly (Position | null)[] }
  | { readonly kind: 'drain'; readonly id: number }
  | { readonly kind: 'stop' };

/** To the main thread: one `state` for each tick, as its answer. */
export type ArchiverReport =
  | { readonly kind: 'state'; readonly state: ArchiverState }
  /** An entry was kept as it came and changed no message. */
  | {
      readonly kind: 'problem';
      readonly shard: number;
      readonly position: Position;
      readonly what: 'unreadable' | 'seq-taken';
    }
  | { readonly kind: 'drained'; readonly id: number; readonly error: string | null }
  | { readonly kind: 'stopped'; readonly state: ArchiverState };

export interface ArchiverState {
  /** How far each shard is archived. */
  readonly marks: readonly Position[];
  /** Whether the last try reached the head of every shard. */
  readonly isCaughtUp: boolean;
  /** Hot entries not archived yet; an upper bound until the archiver has caught up once. */
  readonly behind: number;
  /** Age of the oldest entry that waits; 0 when none does. */
  readonly lagMs: number;
  /** Since the start. */
  readonly archived: number;
  readonly trimmed: number;
  /** Entries kept as they came, since they could not be read or their seq was taken; each is an error in the log. */
  readonly unreadable: number;
  /** Why the last try failed; null when it did not. */
  readonly error: string | null;
}
