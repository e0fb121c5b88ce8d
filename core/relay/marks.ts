import { backoffMs } from '../async/backoff.ts';
import { type Clock, pause } from '../async/clock.ts';
import type { Position } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import { type Deliveries, type Log, START, StoreUnavailable } from '../store/ports.ts';
import { SKIPS_MS } from './limits.ts';

/** With the growing waits between them, about half a minute. */
const MAX_STRANGE_TRIES = 12;

type Outcome = Parameters<Deliveries['settle']>[3];

/** How far one portal has been served, in memory and in the store. */
export interface Marks {
  position(): Position;
  /** Reads the position; a new portal begins at the end of the log. @returns what was in flight when a hub ended */
  open(): Promise<Position | null>;
  begin(entry: Position): Promise<'go' | 'unknown' | 'fenced'>;
  settle(entry: Position, outcome: Outcome): Promise<'ok' | 'fenced'>;
  /** What was begun has certainly not been sent: the mark goes, the position stays. */
  takeBack(): Promise<'ok' | 'fenced'>;
  /** Moves over an entry of no concern; written down later, for doing so again is harmless. */
  skip(entry: Position): void;
  hasSkips(): boolean;
  /** Writes down what was skipped, if it is time. */
  flush(): Promise<'ok' | 'fenced'>;
  /** Asks the store again until it answers. Rejects once `halt` aborts, or when it keeps failing in a way it should not. */
  store<T>(ask: () => Promise<T>): Promise<T>;
}

export interface MarksDeps {
  readonly log: Pick<Log, 'heads' | 'shardOf'>;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createMarks(
  { portal, fence, halt }: { readonly portal: Portal; readonly fence: number; readonly halt: AbortSignal },
  { log, deliveries, clock, logger }: MarksDeps,
): Marks {
  let position = START;
  let isDirty = false;
  let writtenAt = clock.elapsed();

  async function store<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      halt.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof StoreUnavailable) && attempt >= MAX_STRANGE_TRIES) throw error;
        logger.warn(
          { portal: portal.id, attempt, say: error instanceof Error ? error.name : '' },
          'store did not answer',
        );
        await pause(clock, backoffMs(attempt, { baseMs: 50, capMs: 5_000 }), halt);
      }
    }
  }

  async function settle(entry: Position, outcome: Outcome): Promise<'ok' | 'fenced'> {
    const settled = await store(() => deliveries.settle(portal.id, fence, entry, outcome));
    if (settled === 'fenced') return 'fenced';
    position = entry;
    isDirty = false;
    writtenAt = clock.elapsed();
    return 'ok';
  }

  /** A mark that is there although the store did not answer is this lane's own: nothing has been sent for it yet. */
  async function begin(entry: Position): Promise<'go' | 'unknown' | 'fenced'> {
    let tries = 0;
    const begun = await store(() => {
      tries += 1;
      return deliveries.begin(portal.id, fence, entry);
    });
    if (begun !== 'unknown' || tries === 1) return begun;
    const { inFlight } = await store(() => deliveries.load(portal.id));
    return inFlight === entry ? 'go' : 'unknown';
  }

  const skipped: Outcome = { kind: 'skipped', message: null, refs: [] };
  return {
    position: () => position,
    async open() {
      const loaded = await store(() => deliveries.load(portal.id));
      if (loaded.at !== null) {
        position = loaded.at;
        return loaded.inFlight;
      }
      const end = (await store(() => log.heads()))[log.shardOf(portal.scope)] ?? START;
      await store(() => deliveries.rewind(portal.id, end));
      position = end;
      return null;
    },
    begin,
    settle,
    takeBack: () => settle(position, skipped),
    skip(entry) {
      position = entry;
      isDirty = true;
    },
    hasSkips: () => isDirty,
    async flush() {
      if (!isDirty || clock.elapsed() - writtenAt < SKIPS_MS) return 'ok';
      return settle(position, skipped);
    },
    store,
  };
}
