import type { EpochMs } from '../../domain/ids.ts';
import type { Db } from './connect.ts';
import { type Failure, failureOf, isPassing } from './errors.ts';
import type { Answer, Job, NumberedJob } from './jobs.ts';

/** Whoever writes: does one job inside the transaction of a batch. */
export interface JobRunner {
  run(job: Job, now: EpochMs): Answer;
  /** Keeps what is known in memory, to be brought back when the job or the batch is undone. @returns a function that does so */
  keep(): () => void;
}

export type BatchOutcome =
  /** Committed; each job has its answer, also those that failed alone. */
  | { readonly kind: 'committed'; readonly answers: readonly { readonly id: number; readonly answer: Answer }[] }
  /** Nothing was written: the database could not be used. */
  | { readonly kind: 'unavailable'; readonly failure: Failure };

/** Writes batches: one transaction each, one savepoint for each job, so that a failing job undoes itself alone. */
export function createBatchWriter(db: Db, runner: JobRunner): (jobs: readonly TimedJob[]) => BatchOutcome {
  const begin = db.prepare('begin immediate');
  const commit = db.prepare('commit');
  const savepoint = db.prepare('savepoint job');
  const release = db.prepare('release job');
  const undo = db.prepare('rollback to job');

  function runOne({ job, now }: TimedJob): Answer {
    const bringBack = runner.keep();
    savepoint.run();
    try {
      const answer = runner.run(job, now);
      if (isUndone(answer)) {
        undo.run();
        bringBack();
      }
      release.run();
      return answer;
    } catch (error) {
      const failure = failureOf(error);
      if (isPassing(failure) || !db.inTransaction) throw error;
      undo.run();
      release.run();
      bringBack();
      return { kind: 'failed', failure };
    }
  }

  return (jobs) => {
    const bringBack = runner.keep();
    try {
      begin.run();
      const answers = jobs.map((each) => ({ id: each.id, answer: runOne(each) }));
      commit.run();
      return { kind: 'committed', answers };
    } catch (error) {
      if (db.inTransaction) db.exec('rollback');
      bringBack();
      return { kind: 'unavailable', failure: failureOf(error) };
    }
  };
}

/** A job with the time at which it was asked for. */
export interface TimedJob extends NumberedJob {
  readonly now: EpochMs;
}

function isUndone(answer: Answer): boolean {
  return answer.kind === 'written' && !answer.written.ok;
}
