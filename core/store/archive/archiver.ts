import { MessageChannel } from 'node:worker_threads';
import { type Clock, pause } from '../../async/clock.ts';
import { assertNever } from '../../domain/content.ts';
import type { Position } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Sql, Statement } from '../sql/sql.ts';
import type {
  ArchiverCommand,
  ArchiverOptions,
  ArchiverReport,
  ArchiverState,
  SourceSpec,
  StartArchiver,
} from './link.ts';

/** How long an acknowledged message waits for the archive, when it is not behind. */
const TICK_MS = 100;
const DRAIN_AGAIN_MS = 200;
/** A log that does not answer must not hold up the hub's end; the next start goes on from the mark. */
const STOP_DEADLINE_MS = 3_000;

/** The hub's hold on the archiver in the writer worker. */
export interface Archiver {
  /** As of the last tick; null before the first. For metrics and readiness. */
  state(): ArchiverState | null;
  /** What portals still have to read: trimming stops before these positions, one for each shard; null: no bound. */
  keep(positions: readonly (Position | null)[]): void;
  /** Archives to the head, trying again until it is there. @returns false when the signal came first */
  drain(signal: AbortSignal): Promise<boolean>;
  /** Resolves once its last transaction is over, or after three seconds. Idempotent. */
  stop(): Promise<void>;
}

interface ArchiverParts {
  /** Posts this to the writer worker, with the port in the transfer list. */
  readonly attach: (start: StartArchiver) => void;
  readonly source: SourceSpec;
  readonly options: ArchiverOptions;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Starts the archiver in the writer worker and hands it the hub's time. */
export function startArchiver({ attach, source, options, clock, log }: ArchiverParts): Archiver {
  const { port1: port, port2 } = new MessageChannel();
  const drains = new Map<number, (error: string | null) => void>();
  let state: ArchiverState | null = null;
  let lastDrain = 0;
  let isTicking = false;
  let stopping: Promise<void> | null = null;
  let isClosed = false;
  const closed = new Promise<void>((resolve) => port.once('close', resolve));

  const tell = (command: ArchiverCommand): void => port.postMessage(command);

  /** The next tick waits for the answer to the last, however long the database is locked. */
  function tick(): void {
    if (isTicking || stopping !== null || isClosed) return;
    isTicking = true;
    tell({ kind: 'tick', now: clock.now() });
  }

  function takeState(next: ArchiverState): void {
    const before = state?.error ?? null;
    state = next;
    if (next.error !== null && before === null) {
      log.error({ error: next.error, behind: next.behind, lagMs: next.lagMs }, 'archiving fails, trying again');
    }
    if (next.error === null && before !== null) log.info({ behind: next.behind }, 'archiving goes on');
  }

  function obey(report: ArchiverReport): void {
    switch (report.kind) {
      case 'state':
        isTicking = false;
        takeState(report.state);
        if (report.state.error === null && !report.state.isCaughtUp) tick();
        return;
      case 'problem':
        log.error({ shard: report.shard, position: report.position, what: report.what }, 'entry archived as it came');
        return;
      case 'drained':
        drains.get(report.id)?.(report.error);
        drains.delete(report.id);
        return;
      case 'stopped':
        takeState(report.state);
        return;
      default:
        assertNever(report);
    }
  }

  function drainOnce(): Promise<string | null> {
    if (isClosed || stopping !== null) return Promise.resolve('the archiver is stopped');
    lastDrain += 1;
    const id = lastDrain;
    return new Promise((resolve) => {
      drains.set(id, resolve);
      tell({ kind: 'drain', id });
    });
  }

  port.on('message', obey);
  port.once('close', () => {
    isClosed = true;
    stopTicks();
    for (const settle of drains.values()) settle('the archiver is stopped');
    drains.clear();
  });
  attach({ kind: 'start-archiver', port: port2, source, options });
  const stopTicks = clock.every(TICK_MS, tick);

  return {
    state: () => state,
    keep: (positions) => tell({ kind: 'keep', positions }),
    async drain(signal) {
      const givenUp = aborted(signal);
      while (!signal.aborted && !isClosed && stopping === null) {
        if ((await Promise.race([drainOnce(), givenUp])) === null) return true;
        await pause(clock, DRAIN_AGAIN_MS, signal);
      }
      return false;
    },
    stop() {
      stopping ??= (async () => {
        stopTicks();
        if (isClosed) return;
        tell({ kind: 'stop' });
        const inTime = new AbortController();
        await Promise.race([closed, pause(clock, STOP_DEADLINE_MS, inTime.signal)]);
        inTime.abort();
        port.close();
      })();
      return stopping;
    },
  };
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('given up'), { once: true }));
}

/**
 * Undoes the marks, for a change of stores: positions of one log mean nothing in another. Only after the old log was
 * drained, and in the transaction that says which log it is from now on.
 */
export function forgetMarks(sql: Sql): Statement {
  return { query: sql.build.deleteFrom('archive_marks').compile() };
}
