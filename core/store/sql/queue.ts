import { type BackoffPolicy, backoffMs } from '../../async/backoff.ts';
import { systemClock } from '../../async/clock.ts';
import type { BatchOutcome, TimedJob } from './batch.ts';
import { type Failure, isPassing, WRITER_CLOSED } from './errors.ts';
import type { Answer } from './jobs.ts';

/** Jobs of one transaction, at most. */
const MAX_BATCH = 512;
/** Between tries while the database cannot be used. */
const BLOCKED: BackoffPolicy = { baseMs: 40, capMs: 500 };

export interface Answered {
  readonly id: number;
  readonly answer: Answer;
}
interface QueueParts {
  readonly write: (jobs: readonly TimedJob[]) => BatchOutcome;
  /** Takes in what has come meanwhile. */
  readonly gather: () => void;
  readonly answer: (answers: readonly Answered[]) => void;
  readonly blocked: (by: Failure | null) => void;
}

/**
 * What waits to be written, in order. Each transaction takes whatever is there. When the database cannot be used,
 * plain writes are told so, appends stay and are tried again: nobody but the log's end may refuse them.
 */
export function createJobQueue({ write, gather, answer, blocked }: QueueParts) {
  let waiting: TimedJob[] = [];
  let isScheduled = false;
  let failures = 0;
  let isBlocked = false;
  const idle: (() => void)[] = [];

  function writeSome(): void {
    gather();
    const batch = waiting.slice(0, MAX_BATCH);
    if (batch.length === 0) return;
    const outcome = write(batch);
    if (outcome.kind === 'committed') {
      waiting = waiting.slice(batch.length);
      failures = 0;
      tellBlocked(null);
      answer(outcome.answers);
    } else if (isPassing(outcome.failure)) {
      putOff(batch, outcome.failure);
    } else {
      writeEach(batch);
    }
  }

  /** One of them spoils the commit of all: each gets a transaction of its own. */
  function writeEach(batch: readonly TimedJob[]): void {
    for (const [index, job] of batch.entries()) {
      const outcome = write([job]);
      if (outcome.kind === 'unavailable' && isPassing(outcome.failure)) {
        waiting = waiting.slice(index);
        putOff(batch.slice(index), outcome.failure);
        return;
      }
      answer(outcome.kind === 'committed' ? outcome.answers : [failed(job, outcome.failure)]);
    }
    waiting = waiting.slice(batch.length);
  }

  function putOff(batch: readonly TimedJob[], failure: Failure): void {
    const keep = batch.filter(({ job }) => job.kind === 'append');
    answer(batch.filter(({ job }) => job.kind !== 'append').map((job) => failed(job, failure)));
    waiting = [...keep, ...waiting.slice(batch.length)];
    failures += 1;
    if (keep.length > 0) tellBlocked(failure);
  }

  function tellBlocked(by: Failure | null): void {
    if (isBlocked === (by !== null)) return;
    isBlocked = by !== null;
    blocked(by);
  }

  function schedule(): void {
    if (isScheduled) return;
    if (waiting.length === 0 || failures > 0) for (const done of idle.splice(0)) done();
    if (waiting.length === 0) return;
    isScheduled = true;
    if (failures === 0) setImmediate(pump);
    else systemClock.after(backoffMs(failures, BLOCKED), pump);
  }

  function pump(): void {
    isScheduled = false;
    writeSome();
    schedule();
  }

  return {
    add(jobs: readonly TimedJob[]): void {
      waiting.push(...jobs);
    },
    /** Writes at once what can be written, unless it is waiting after a failure. */
    flush(): void {
      if (!isScheduled) pump();
    },
    /** Resolves when nothing waits, or what waits cannot be written now; another turn of the loop has passed. */
    turn(): Promise<void> {
      return new Promise((resolve) => {
        setImmediate(() => {
          gather();
          if (waiting.length === 0 || failures > 0) return resolve();
          idle.push(resolve);
          if (!isScheduled) pump();
        });
      });
    },
    /** One last try. What cannot be written is told so. */
    end(): void {
      do writeSome();
      while (waiting.length > 0 && failures === 0);
      answer(waiting.map((job) => failed(job, WRITER_CLOSED)));
      waiting = [];
    },
  };
}

function failed({ id }: TimedJob, failure: Failure): Answered {
  return { id, answer: { kind: 'failed', failure } };
}
