import type { Position } from '../domain/ids.ts';
import { type Archiver, startArchiver } from '../store/archive/archiver.ts';
import type { ArchiverOptions, ArchiverState, SourceSpec } from '../store/archive/link.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import { type LeaseDeps, waitForLease } from '../supervisor/lease.ts';

/** The archiver of this hub, running while it holds the lease: one of several hubs archives. */
export interface Archiving {
  /** Null while another hub archives. */
  state(): ArchiverState | null;
  keep(positions: readonly (Position | null)[]): void;
  /** Archives what is left, for at most `ms`, when this hub is the one that archives; then gives the lease back. */
  stop(ms: number): Promise<void>;
}

export interface ArchivingParts extends LeaseDeps {
  readonly sql: OpenedSql;
  readonly source: SourceSpec;
  readonly options: ArchiverOptions;
}

export function startArchiving(parts: ArchivingParts): Archiving {
  const { sql, source, options, clock, logger } = parts;
  const stopping = new AbortController();
  let archiver: Archiver | null = null;
  let kept: readonly (Position | null)[] | null = null;
  let drainMs = 0;

  /** One reign. Two archivers at once would do no harm: a batch is applied only where the mark stands. */
  async function reign(): Promise<void> {
    const lease = await waitForLease('archiver', stopping.signal, parts, () => {});
    if (lease === null) return;
    archiver = startArchiver({ attach: sql.writer.startArchiver, source, options, clock, log: logger });
    if (kept !== null) archiver.keep(kept);
    const over = AbortSignal.any([stopping.signal, lease.lost]);
    if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
    if (!lease.lost.aborted) await drain(archiver);
    await archiver.stop();
    archiver = null;
    await lease.release();
  }

  async function drain(running: Archiver): Promise<void> {
    const giveUp = new AbortController();
    const cancel = clock.after(drainMs, () => giveUp.abort());
    await running.drain(giveUp.signal);
    cancel();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await reign();
  }
  const running = run();

  return {
    state: () => archiver?.state() ?? null,
    keep(positions) {
      kept = positions;
      archiver?.keep(positions);
    },
    async stop(ms) {
      drainMs = ms;
      stopping.abort();
      await running;
    },
  };
}
