import { backoffMs } from '../../async/backoff.ts';
import type { EpochMs, Position } from '../../domain/ids.ts';
import { type Entry, START } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import { type Applier, createApplier, type Problem } from './apply.ts';
import type { ArchiverOptions, ArchiverState } from './link.ts';
import type { ArchiveSource } from './source.ts';

/** Batches of all shards in one tick, at most, so that its answer is not long in coming. */
const ROUNDS_PER_TICK = 20;
/** Of what is made anew. */
const PARTS_PER_TICK = 5;
const TRIM_EVERY_MS = 1_000;
const BACKOFF = { baseMs: 200, capMs: 5_000 };

export interface ArchiverLoop {
  /** Archives what there is, then trims. Never rejects: what went wrong stands in the state, and is tried again. */
  tick(now: EpochMs): Promise<ArchiverState>;
  /** Archives to the head. @returns why it could not, or null */
  drain(): Promise<string | null>;
  keep(positions: readonly (Position | null)[]): void;
  /** Ends the tick or drain under way after its transaction. */
  interrupt(): void;
  state(): ArchiverState;
}

interface LoopParts {
  readonly db: Db;
  readonly source: ArchiveSource;
  readonly options: ArchiverOptions;
  readonly turn: () => Promise<void>;
  readonly onProblem: (problem: Problem & { readonly shard: number }) => void;
}

/**
 * Carries entries from the log to the archive's tables and trims what is archived. It alone trims, and only after its
 * commit. The mark is read and moved in the transaction of each batch, so a crash anywhere repeats or loses nothing.
 */
export function createArchiver({ db, source, options, turn, onProblem }: LoopParts): ArchiverLoop {
  const shards = Array.from({ length: source.shards }, (_, shard) => shard);
  const marks: Position[] = shards.map(() => START);
  const waitingSince: (EpochMs | null)[] = shards.map(() => null);
  let applier: Applier | null = null;
  let keeps: readonly (Position | null)[] = [];
  let now = 0 as EpochMs;
  let failures = 0;
  let error: string | null = null;
  let retryAt = 0;
  let trimmedAt = Number.NEGATIVE_INFINITY;
  let isInterrupted = false;
  let isCaughtUp = false;
  let isMadeAnew = false;
  let hot = 0;
  let hotAndArchived = 0;
  let archived = 0;
  let trimmed = 0;
  let unreadable = 0;

  /** The tables may be out of reach when the worker starts; so this waits for the first try. */
  function open(): Applier {
    if (applier !== null) return applier;
    const opened = createApplier(db);
    for (const shard of shards) marks[shard] = opened.mark(shard);
    applier = opened;
    return opened;
  }

  const markOf = (shard: number): Position => marks[shard] ?? START;

  /** Of all shards at once: where the log is asked over a connection, most of them have nothing. */
  async function waitingIn(shards: readonly number[]): Promise<readonly (readonly [number, readonly Entry[]])[]> {
    open();
    return Promise.all(
      shards.map(async (shard) => [shard, await source.range(shard, markOf(shard), options.batch)] as const),
    );
  }

  /** @returns whether there is more */
  async function archiveBatch(shard: number, entries: readonly Entry[]): Promise<boolean> {
    const { apply } = open();
    waitingSince[shard] = entries[0]?.at ?? null;
    if (entries.length === 0) return false;
    isCaughtUp = false;
    await turn();
    const outcome = withoutWaiting(db, () => apply(shard, markOf(shard), entries));
    if (outcome.kind === 'moved') {
      marks[shard] = outcome.mark;
      return true;
    }
    marks[shard] = entries.at(-1)?.position ?? markOf(shard);
    archived += outcome.added;
    hotAndArchived += outcome.added;
    unreadable += outcome.problems.length;
    for (const problem of outcome.problems) onProblem({ shard, ...problem });
    if (entries.length === options.batch) return true;
    waitingSince[shard] = null;
    return false;
  }

  async function archive(rounds: number): Promise<void> {
    let waiting = shards;
    for (let round = 0; round < rounds && waiting.length > 0 && !isInterrupted; round += 1) {
      const more: number[] = [];
      for (const [shard, entries] of await waitingIn(waiting)) {
        if (isInterrupted) return;
        if (await archiveBatch(shard, entries)) more.push(shard);
      }
      waiting = more;
    }
    isCaughtUp = waiting.length === 0 && !isInterrupted;
  }

  /** Beside what comes in, which goes first. */
  async function catchUp(): Promise<void> {
    const applier = open();
    for (let part = 0; part < PARTS_PER_TICK && !isMadeAnew && !isInterrupted; part += 1) {
      await turn();
      isMadeAnew = !withoutWaiting(db, applier.catchUp);
    }
  }

  const earlier = (a: Position, b: Position): Position => (source.isBefore(a, b) ? a : b);

  /** How far this shard may be dropped: never beyond what is archived or what a portal still has to send. */
  async function trimTarget(shard: number, isCrowded: boolean): Promise<Position> {
    const keep = keeps[shard] ?? null;
    const bound = keep === null ? markOf(shard) : earlier(markOf(shard), keep);
    if (isCrowded) return bound;
    return earlier(bound, await source.positionAt(shard, (now - options.hotMs) as EpochMs));
  }

  async function trimShard(shard: number): Promise<number> {
    const { entries, cap } = await source.size(shard);
    const upTo = await trimTarget(shard, cap > 0 && entries * 2 > cap);
    let gone = 0;
    while (upTo !== START && !isInterrupted) {
      await turn();
      const some = await withoutWaiting(db, () => source.trim(shard, upTo));
      if (some === 0) break;
      gone += some;
    }
    trimmed += gone;
    hotAndArchived = Math.max(0, hotAndArchived - gone);
    return entries - gone;
  }

  async function trim(): Promise<void> {
    const isDue = now - trimmedAt >= TRIM_EVERY_MS || now < trimmedAt;
    if (!isDue || applier === null || isInterrupted) return;
    let left = 0;
    for (const shard of shards) left += await trimShard(shard);
    hot = left;
    if (isCaughtUp) hotAndArchived = hot;
    trimmedAt = now;
  }

  function noteFailure(cause: unknown): void {
    error = cause instanceof Error ? cause.message : String(cause);
    isCaughtUp = false;
    failures += 1;
    retryAt = now + backoffMs(failures, BACKOFF);
  }

  function noteSuccess(): void {
    error = null;
    failures = 0;
    retryAt = 0;
  }

  /** While nothing can be written, the state still tells how much waits. */
  async function measure(): Promise<void> {
    let sum = 0;
    for (const shard of shards) sum += (await source.size(shard)).entries;
    hot = sum;
  }

  async function attempt(work: () => Promise<void>): Promise<string | null> {
    try {
      await work();
      noteSuccess();
    } catch (cause) {
      noteFailure(cause);
    }
    return error;
  }

  function state(): ArchiverState {
    const oldest = waitingSince.reduce<number>((least, at) => Math.min(least, at ?? now), now);
    return {
      marks: [...marks],
      isCaughtUp,
      behind: isCaughtUp ? 0 : Math.max(0, hot - hotAndArchived),
      lagMs: now - oldest,
      archived,
      trimmed,
      unreadable,
      error,
    };
  }

  return {
    state,
    keep(positions) {
      keeps = positions;
    },
    interrupt() {
      isInterrupted = true;
    },
    async tick(at) {
      now = at;
      const isWaiting = now < retryAt && retryAt - now <= BACKOFF.capMs;
      if (isInterrupted || isWaiting) return state();
      const failed = await attempt(async () => {
        await archive(ROUNDS_PER_TICK);
        await catchUp();
        await trim();
      });
      if (failed !== null) await measure().catch(noteFailure);
      return state();
    },
    async drain() {
      const failed = await attempt(() => archive(Number.POSITIVE_INFINITY));
      return failed ?? (isCaughtUp ? null : 'stopped before the head was reached');
    },
  };
}

/** Runs a transaction that fails at once when another process holds the lock: this thread has others to serve. */
function withoutWaiting<T>(db: Db, work: () => T): T {
  const timeout = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 0');
  try {
    return work();
  } finally {
    db.pragma(`busy_timeout = ${Number(timeout)}`);
  }
}
