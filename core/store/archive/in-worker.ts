import type { MessagePort } from 'node:worker_threads';
import { assertNever } from '../../domain/content.ts';
import type { Db } from '../sql/connect.ts';
import { type ArchiverLoop, createArchiver } from './archiver-loop.ts';
import type { ArchiverCommand, ArchiverOptions, ArchiverReport } from './link.ts';
import type { ArchiveSource } from './source.ts';

export interface ArchiverParts {
  /** The writer's connection. */
  readonly db: Db;
  readonly source: ArchiveSource;
  readonly options: ArchiverOptions;
  /** Resolves when nothing that somebody waits for is waiting to be written. Asked before each transaction. */
  readonly turn: () => Promise<void>;
}

/** Runs the archiver in the writer worker until it is told to stop; then closes the source and the port. */
export function serveArchiver(port: MessagePort, parts: ArchiverParts): void {
  const report = (what: ArchiverReport): void => port.postMessage(what);
  const loop = createArchiver({ ...parts, onProblem: (problem) => report({ kind: 'problem', ...problem }) });
  let last: Promise<void> = Promise.resolve();

  port.on('message', (command: ArchiverCommand) => {
    if (command.kind === 'keep') return loop.keep(command.positions);
    if (command.kind === 'stop') loop.interrupt();
    // One after the other. The hub ticks only once the tick before is answered, so that few can wait here.
    last = last.then(() => obey(command, loop, report));
    if (command.kind === 'stop') last = last.then(() => finish(port, parts.source));
  });
}

type Obeyed = Exclude<ArchiverCommand, { kind: 'keep' }>;

async function obey(command: Obeyed, loop: ArchiverLoop, report: (what: ArchiverReport) => void): Promise<void> {
  switch (command.kind) {
    case 'tick':
      return report({ kind: 'state', state: await loop.tick(command.now) });
    case 'drain':
      return report({ kind: 'drained', id: command.id, error: await loop.drain() });
    case 'stop':
      return report({ kind: 'stopped', state: loop.state() });
    default:
      return assertNever(command);
  }
}

async function finish(port: MessagePort, source: ArchiveSource): Promise<void> {
  try {
    await source.close();
  } finally {
    port.close();
  }
}
