import { Worker } from 'node:worker_threads';
import type { Clock } from '../../async/clock.ts';
import { assertNever } from '../../domain/content.ts';
import type { Logger } from '../../ops/log.ts';
import type { StartArchiver } from '../archive/link.ts';
import { errorOf, type Failure, failureOf, WRITER_CLOSED, writerFell } from './errors.ts';
import type { Answer, FromWriter, Job, NumberedJob, ToWriter, WriterOptions } from './jobs.ts';
import { DatabaseTooNew } from './migrate.ts';

/** A worker that does not answer for so long after `close` is ended. */
const CLOSE_DEADLINE_MS = 3_500;

/** The hub's end of the one thread that writes the database file. */
export interface Writer {
  /** Jobs take effect in the order of the calls; `settle` is called in that order too, after the commit. */
  send(job: Job, settle: (answer: Answer) => void): void;
  /** @throws {StoreUnavailable | SqlError} */
  ask(job: Job): Promise<Exclude<Answer, { kind: 'failed' }>>;
  startArchiver(start: StartArchiver): void;
  /** Nothing but what stands in the file now is left of what was written before. @returns false: to be asked again */
  truncate(): Promise<boolean>;
  /** Calls back when appends wait for the database (false) and when they go on. @returns a function that stops it */
  onHealth(listener: (isUp: boolean) => void): () => void;
  /** Resolves when the thread has fallen over by itself: nothing can be stored any more. */
  readonly fallen: Promise<Error>;
  /** What waits is written, once more tried. Idempotent. */
  close(): Promise<void>;
}

interface WriterParts {
  readonly options: WriterOptions;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Starts the worker. Resolves once the file is open and in its newest shape. @throws {DatabaseTooNew} */
export async function startWriter(
  parts: WriterParts,
): Promise<{ readonly writer: Writer; readonly archiveId: string }> {
  // `tsc` rewrites the extensions of imports, not of worker URLs.
  const file = import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: parts.options });
  const archiveId = await opened(worker, parts.options.file);
  return { writer: createWriter(worker, parts), archiveId };
}

function opened(worker: Worker, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FromWriter) => {
      worker.off('error', reject);
      if (message.kind === 'ready') return resolve(message.archiveId);
      const failure = message.kind === 'not-opened' ? message.failure : WRITER_CLOSED;
      if (failure.code === 'DatabaseTooNew') return reject(new DatabaseTooNew(failure.message));
      reject(new Error(`The database ${file} could not be opened: ${failure.message}`, { cause: errorOf(failure) }));
    });
  });
}

function createWriter(worker: Worker, { clock, log }: WriterParts): Writer {
  const pending = new Map<number, (answer: Answer) => void>();
  const listeners = new Set<(isUp: boolean) => void>();
  let outbox: NumberedJob[] = [];
  let lastId = 0;
  let ended: Failure | null = null;
  let closing: Promise<void> | null = null;

  const post = (message: ToWriter): void => worker.postMessage(message);

  const truncating: ((isWhole: boolean) => void)[] = [];

  function flush(): void {
    if (outbox.length === 0 || ended !== null) return;
    const jobs = outbox;
    outbox = [];
    try {
      post({ kind: 'jobs', now: clock.now(), jobs });
    } catch (error) {
      // A parameter that cannot cross into the worker: the fault of one caller must not take the hub down.
      settleAll(jobs, failureOf(error));
    }
  }

  function settleAll(jobs: readonly NumberedJob[], failure: Failure): void {
    for (const { id } of jobs) settleOne(id, { kind: 'failed', failure });
  }

  function settleOne(id: number, answer: Answer): void {
    const settle = pending.get(id);
    pending.delete(id);
    settle?.(answer);
  }

  function end(failure: Failure): void {
    ended ??= failure;
    outbox = [];
    const left = [...pending.values()];
    pending.clear();
    for (const settle of left) settle({ kind: 'failed', failure });
    for (const settle of truncating.splice(0)) settle(false);
  }

  function take(message: FromWriter): void {
    switch (message.kind) {
      case 'answers':
        for (const { id, answer } of message.answers) settleOne(id, answer);
        return;
      case 'blocked':
        if (message.by !== null) log.warn({ ...message.by }, 'appends wait for the database');
        else log.info({}, 'appends go on');
        for (const listener of listeners) listener(message.by === null);
        return;
      case 'archiver-failed':
        log.error({ ...message.failure }, 'the archiver could not start');
        return;
      case 'truncated':
        truncating.shift()?.(message.isWhole);
        return;
      case 'closed':
      case 'ready':
      case 'not-opened':
        return;
      default:
        assertNever(message);
    }
  }

  function send(job: Job, settle: (answer: Answer) => void): void {
    if (ended !== null) {
      settle({ kind: 'failed', failure: ended });
      return;
    }
    lastId += 1;
    pending.set(lastId, settle);
    if (outbox.length === 0) queueMicrotask(flush);
    outbox.push({ id: lastId, job });
  }

  const { promise: fallen, resolve: fell } = Promise.withResolvers<Error>();
  worker.on('message', take);
  worker.on('error', (error) => {
    log.error({ err: error }, 'the writer ended');
    fell(error);
    end(writerFell(error));
    for (const listener of listeners) listener(false);
  });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      end(WRITER_CLOSED);
      resolve();
    });
  });

  async function close(): Promise<void> {
    flush();
    if (ended === null) post({ kind: 'close' });
    const giveUp = clock.after(CLOSE_DEADLINE_MS, () => void worker.terminate());
    await exited;
    giveUp();
  }

  return {
    send,
    ask: (job) =>
      new Promise((resolve, reject) => {
        send(job, (answer) => (answer.kind === 'failed' ? reject(errorOf(answer.failure)) : resolve(answer)));
      }),
    truncate: () =>
      new Promise((resolve) => {
        if (ended !== null) return resolve(false);
        truncating.push(resolve);
        flush();
        post({ kind: 'truncate' });
      }),
    startArchiver: (start) => worker.postMessage(start, [start.port]),
    onHealth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fallen,
    close: () => (closing ??= close()),
  };
}
