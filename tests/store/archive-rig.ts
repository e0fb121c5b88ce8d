import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import type { EpochMs, MessageId } from '../../core/domain/ids.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { type OpenedArchive, openArchive } from '../../core/store/archive/archive.ts';
import { type Archiver, startArchiver } from '../../core/store/archive/archiver.ts';
import { createHistory, type History, type Place as HistoryPlace } from '../../core/store/archive/history.ts';
import type { ArchiverOptions, SourceSpec } from '../../core/store/archive/link.ts';
import { openEmbedded } from '../../core/store/embedded/open.ts';
import type { Head, LiveStore } from '../../core/store/ports.ts';
import { type OpenedSql, openSql } from '../../core/store/sql/open.ts';
import { until } from './suite/opened.ts';
import type { Place } from './suite/steps.ts';

/** A live store, its archive, and the archiver between them: all of them real. */
export interface Rig {
  readonly folder: string;
  readonly clock: SteeredClock;
  readonly store: LiveStore;
  readonly sql: OpenedSql;
  readonly archive: OpenedArchive;
  readonly history: History;
  archiver(options?: Partial<ArchiverOptions>): Archiver;
  close(): Promise<void>;
}
export interface RigOptions {
  readonly maxEntries?: number;
  /** Data of an earlier rig. */
  readonly folder?: string;
}

/** Opens the live store of one kind beside the database. */
export interface Backend {
  readonly name: string;
  /** Once for a whole file of tests: starts what outlives the hub. @returns a function that ends it */
  prepare(): Promise<() => Promise<void>>;
  /** Where that is, for a process that comes to it; null where there is none. */
  url(): string | null;
  use(url: string): void;
  source(): SourceSpec;
  open(parts: {
    readonly sql: OpenedSql;
    readonly folder: string;
    readonly clock: Clock;
    readonly maxEntries: number;
    /** Whatever an earlier rig left is to be forgotten. */
    readonly isFresh: boolean;
  }): Promise<LiveStore>;
}

export const EMBEDDED: Backend = {
  name: 'embedded',
  prepare: async () => async () => {},
  url: () => null,
  use() {},
  source: () => ({ kind: 'embedded' }),
  open: ({ sql, folder, clock, maxEntries }) =>
    openEmbedded({ sql, lockFile: join(folder, 'hub.lock'), clock, maxEntries, log: silentLogger }),
};

/** The machine's clock, which a test may set ahead. */
export interface SteeredClock extends Clock {
  ahead(ms: number): void;
}
export function steeredClock(): SteeredClock {
  let offset = 0;
  return {
    ...systemClock,
    now: () => (systemClock.now() + offset) as EpochMs,
    ahead(ms) {
      offset += ms;
    },
  };
}

export async function openRig(backend: Backend, { maxEntries = 1_000_000, folder }: RigOptions = {}): Promise<Rig> {
  const home = folder ?? mkdtempSync(join(tmpdir(), 'slipmat-history-'));
  const clock = steeredClock();
  const log = silentLogger;
  const sql = await openSql({ file: join(home, 'hub.db'), clock, log });
  const store = await backend.open({ sql, folder: home, clock, maxEntries, isFresh: folder === undefined });
  const archive = openArchive({ file: sql.file, searchDeadlineMs: 20_000 });
  const archivers: Archiver[] = [];
  return {
    folder: home,
    clock,
    store,
    sql,
    archive,
    history: createHistory({ log: store.log, archive }),
    archiver({ hotMs = 15 * 60_000, batch = 100 } = {}) {
      const started = startArchiver({
        attach: (start) => sql.writer.startArchiver(start),
        source: backend.source(),
        options: { hotMs, batch },
        clock,
        log,
      });
      archivers.push(started);
      return started;
    },
    async close() {
      for (const archiver of archivers) await archiver.stop();
      await store.close();
      await archive.close();
      await sql.close();
      if (folder === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The channel of a test's place as the hub would know it. */
export function channelOf({ channel }: Place): HistoryPlace {
  return { id: channel, kind: 'private', owner: null };
}
/** A place whose scope is the one that its channel has. */
export function privatePlace(name: string): Place {
  return { scope: `conv:${name}` as Place['scope'], channel: name as Place['channel'] };
}

export async function headOf(rig: Rig, at: Place, id: MessageId): Promise<Head> {
  const head = await rig.history.head(at.scope, id);
  if (head === null) throw new Error(`no head of ${id}`);
  return head;
}

/** Archives everything and drops it from the log. */
export async function archiveAndTrim(rig: Rig): Promise<void> {
  const archiver = rig.archiver({ hotMs: 0 });
  if (!(await archiver.drain(AbortSignal.timeout(30_000)))) throw new Error('not archived');
  await trimmed(rig);
  await archiver.stop();
}
export async function trimmed(rig: Rig): Promise<void> {
  await until('the log is trimmed', async () => {
    rig.clock.ahead(1_000);
    return (await rig.store.log.size()).entries === 0;
  });
}
