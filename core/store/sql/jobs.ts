import type { MessagePort } from 'node:worker_threads';
import type { EpochMs } from '../../domain/ids.ts';
import type { ArchiverOptions, SourceSpec } from '../archive/link.ts';
import type { LogAnswer, LogJob } from '../embedded/jobs.ts';
import type { Failure } from './errors.ts';
import type { Written } from './sql.ts';

/*
 * What crosses between the hub's thread and the writer worker. Plain data only.
 */

export interface WriterOptions {
  readonly file: string;
  readonly busyTimeoutMs: number;
  readonly now: EpochMs;
  /** Becomes the archive id if the file has none yet. */
  readonly newArchiveId: string;
}

/** One thing to write; all or nothing. Closed: a new kind fails to compile in the worker. */
export type Job = { readonly kind: 'write'; readonly statements: readonly PlainStatement[] } | LogJob;

export interface PlainStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly expect: number | null;
}

export type Answer =
  | { readonly kind: 'written'; readonly written: Written }
  | LogAnswer
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface NumberedJob {
  readonly id: number;
  readonly job: Job;
}

/** To the worker. Time comes with the work, so that the hub's clock rules here too. */
export type ToWriter =
  | { readonly kind: 'jobs'; readonly now: EpochMs; readonly jobs: readonly NumberedJob[] }
  | {
      readonly kind: 'start-archiver';
      readonly port: MessagePort;
      readonly source: SourceSpec;
      readonly options: ArchiverOptions;
    }
  /** All of the write-ahead log goes into the file, and the log is cut off: it keeps what was changed since. */
  | { readonly kind: 'truncate' }
  /** Writes what waits, once, and closes the file. */
  | { readonly kind: 'close' };

/** From the worker. */
export type FromWriter =
  | { readonly kind: 'ready'; readonly archiveId: string }
  | { readonly kind: 'not-opened'; readonly failure: Failure }
  /** In the order in which the jobs took effect, after the commit. */
  | { readonly kind: 'answers'; readonly answers: readonly { readonly id: number; readonly answer: Answer }[] }
  /** Appends wait for the database; null: they go on. */
  | { readonly kind: 'blocked'; readonly by: Failure | null }
  /** `isWhole`: not while somebody reads what is older. */
  | { readonly kind: 'truncated'; readonly isWhole: boolean }
  | { readonly kind: 'archiver-failed'; readonly failure: Failure }
  | { readonly kind: 'closed' };
