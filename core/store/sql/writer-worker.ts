import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { assertNever } from '../../domain/content.ts';
import type { EpochMs } from '../../domain/ids.ts';
import { serveArchiver } from '../archive/in-worker.ts';
import type { SourceSpec } from '../archive/link.ts';
import type { ArchiveSource } from '../archive/source.ts';
import { createLogWorker, type LogWorker } from '../embedded/in-worker.ts';
import { embeddedSource } from '../embedded/source.ts';
import { createBatchWriter, type JobRunner } from './batch.ts';
import { type Db, openWriter } from './connect.ts';
import { failureOf } from './errors.ts';
import type { FromWriter, ToWriter, WriterOptions } from './jobs.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { createJobQueue } from './queue.ts';
import { createStatementCache, runStatements } from './statements.ts';

/* The one thread that writes the database file: entry point of the worker. */

const options = workerData as WriterOptions;
const inbox = inboxOf(parentPort);
const post = (message: FromWriter): void => inbox.postMessage(message);

try {
  const { db, archiveId } = open(options);
  serve(db);
  post({ kind: 'ready', archiveId });
} catch (error) {
  post({ kind: 'not-opened', failure: failureOf(error) });
  inbox.close();
}

function inboxOf(port: MessagePort | null): MessagePort {
  if (port === null) throw new Error('this file runs as a worker thread only');
  return port;
}

function open({ file, busyTimeoutMs, now, newArchiveId }: WriterOptions): {
  readonly db: Db;
  readonly archiveId: string;
} {
  const db = openWriter(file, busyTimeoutMs);
  migrate(db, MIGRATIONS, now);
  db.prepare("insert or ignore into meta (name, value) values ('archive_id', ?)").run(newArchiveId);
  const row = db.prepare<[], { value: string }>("select value from meta where name = 'archive_id'").get();
  return { db, archiveId: row?.value ?? newArchiveId };
}

function serve(db: Db): void {
  const log = createLogWorker(db);
  const queue = createJobQueue({
    write: createBatchWriter(db, runnerOf(db, log)),
    gather,
    answer: (answers) => {
      if (answers.length > 0) post({ kind: 'answers', answers });
    },
    blocked: (by) => post({ kind: 'blocked', by }),
  });
  let now: EpochMs = options.now;

  function take(message: ToWriter): void {
    switch (message.kind) {
      case 'jobs':
        now = message.now;
        queue.add(message.jobs.map((job) => ({ ...job, now: message.now })));
        return;
      case 'start-archiver':
        void startArchiver(message);
        return;
      case 'truncate':
        setImmediate(() => post({ kind: 'truncated', isWhole: truncate(db) }));
        return;
      case 'close':
        setImmediate(close);
        return;
      default:
        assertNever(message);
    }
  }

  /** Everything that came while a transaction ran joins the next one. */
  function gather(): void {
    for (let next = receiveMessageOnPort(inbox); next !== undefined; next = receiveMessageOnPort(inbox))
      take(next.message);
  }

  async function startArchiver({
    port,
    source,
    options,
  }: Extract<ToWriter, { kind: 'start-archiver' }>): Promise<void> {
    try {
      const opened = await openSource(source, () => embeddedSource(db, log, () => now));
      serveArchiver(port, { db, source: opened, options, turn: queue.turn });
    } catch (error) {
      post({ kind: 'archiver-failed', failure: failureOf(error) });
      port.close();
    }
  }

  function close(): void {
    queue.end();
    db.close();
    post({ kind: 'closed' });
    inbox.close();
  }

  inbox.on('message', (message: ToWriter) => {
    take(message);
    queue.flush();
  });
}

/** Not waited for: appends would wait as well. */
function truncate(db: Db): boolean {
  const timeout = Number(db.pragma('busy_timeout', { simple: true }));
  db.pragma('busy_timeout = 0');
  try {
    return db.pragma('wal_checkpoint(truncate)', { simple: true }) === 0;
  } catch (error) {
    if (error instanceof Database.SqliteError) return false;
    throw error;
  } finally {
    db.pragma(`busy_timeout = ${timeout}`);
  }
}

function runnerOf(db: Db, log: LogWorker): JobRunner {
  const prepare = createStatementCache(db);
  return {
    run(job, now) {
      if (job.kind !== 'write') return log.run(job, now);
      return { kind: 'written', written: runStatements(job.statements, prepare) };
    },
    keep: () => log.keep(),
  };
}

async function openSource(spec: SourceSpec, embedded: () => ArchiveSource): Promise<ArchiveSource> {
  switch (spec.kind) {
    case 'embedded':
      return embedded();
    case 'redis': {
      // Its client is loaded only where it is used.
      const { openRedisSource } = await import('../redis/source.ts');
      return openRedisSource(spec.url);
    }
    default:
      return assertNever(spec);
  }
}
