import { createSerialByKey, TooManyWaiting } from '../async/serial-by-key.ts';
import type { Effect } from '../domain/effect.ts';
import type { Rev, ScopeId } from '../domain/ids.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import type { Log, Step, Stored } from '../store/ports.ts';
import type { LiveFacts } from './live-facts.ts';

/** Tries beside everybody else; then in turn with what changes rights in the shard on this hub. */
const FREE_TRIES = 5;
const TRIES_IN_TURN = 12;
const MOST_WAITING = 1_000;

/**
 * Judges and appends; judges again when rights, or the message concerned, changed in between.
 * `make` is called in the tick of each append, with the rev that this hub's copy is at. What changes rights makes stale
 * what was judged before it: such steps take turns, and whoever was overtaken too often takes one as well, so that a
 * crowd of acts in one shard keeps no post out for ever.
 */
export type Fresh = (
  scope: ScopeId,
  make: (rev: Rev) => Step | Receipt,
  refresh?: () => Promise<void>,
) => Promise<Receipt>;

export interface FreshDeps {
  readonly log: Log;
  readonly facts: LiveFacts;
  /** This hub's copy is ahead of the log, which has gone back: resolves when the copy is the log's again. */
  readonly resync: (shard: number) => Promise<void>;
  /** Rejects when it takes longer than this hub may lag behind the log. */
  readonly within: <T>(work: Promise<T>) => Promise<T>;
  /** Whether an append was refused because the log is closed. */
  readonly isStopping: () => boolean;
  /** Told of every append, and how long it took. */
  readonly observe: (stored: Stored, ms: number) => void;
  readonly elapsed: () => number;
}

const BUSY = refused('unavailable', 'The hub is busy; try again.', 1_000);

export function createUntilFresh(deps: FreshDeps): Fresh {
  const { log, facts, resync, within, isStopping, observe, elapsed } = deps;

  const turns = createSerialByKey<number>(MOST_WAITING);

  async function once(step: Step): Promise<Stored | null> {
    const began = elapsed();
    try {
      const stored = await log.append(step);
      observe(stored, elapsed() - began);
      return stored;
    } catch (error) {
      if (isStopping()) return null;
      throw error;
    }
  }

  /** Null: not within these tries, or it is one that has to take its turn. */
  async function attempt(shard: number, tries: number, isInTurn: boolean, work: Work): Promise<Receipt | null> {
    for (let left = tries; left > 0; left -= 1) {
      const step = work.make(facts.rev(shard));
      if (!('effects' in step)) return step;
      if (!isInTurn && step.effects.some(isRaising)) return null;
      const stored = await once(step);
      if (stored === null) return { kind: 'stopping' };
      if (stored.kind === 'stale') {
        // what was judged by, not what is known by now: the log may have told more since
        const isAhead = step.ifRev !== null && stored.rev < step.ifRev;
        const isThere = await within(isAhead ? resync(shard) : facts.reached(shard, stored.rev)).then(
          () => true,
          () => false,
        );
        if (!isThere) return BUSY;
      } else if (stored.kind === 'conflict' && stored.what !== 'not-author' && work.refresh !== undefined) {
        await work.refresh();
      } else return receiptOf(stored);
    }
    return null;
  }

  return async (scope, make, refresh) => {
    const shard = log.shardOf(scope);
    const work = { make, refresh };
    const receipt = await attempt(shard, FREE_TRIES, false, work);
    if (receipt !== null) return receipt;
    try {
      return (await turns.run(shard, () => attempt(shard, TRIES_IN_TURN, true, work))) ?? BUSY;
    } catch (error) {
      if (error instanceof TooManyWaiting) return BUSY;
      throw error;
    }
  };
}

interface Work {
  readonly make: Parameters<Fresh>[1];
  readonly refresh: Parameters<Fresh>[2];
}

/** What makes all stale that was judged before it. */
function isRaising({ kind }: Effect): boolean {
  return kind === 'sanction' || kind === 'channel' || kind === 'mode' || kind === 'rev';
}

/** The answer to the one who asked. */
export function receiptOf(stored: Exclude<Stored, { kind: 'stale' }>): Receipt {
  switch (stored.kind) {
    case 'stored':
      return { kind: 'accepted', id: stored.message, seq: stored.seq };
    case 'duplicate':
      return { kind: 'duplicate', id: stored.message, seq: stored.seq };
    case 'unchanged':
      return { kind: 'unchanged', id: null, seq: null };
    case 'key-reused':
      return refused('key-reused', 'key: was used for something else already; take a new one.');
    case 'full':
      return refused(
        'archive-behind',
        'The hub cannot store more until its archive catches up; try again later.',
        30_000,
      );
    case 'slow':
      return refused(
        'rate-limited',
        `Slow mode: write again in ${secondsOf(stored.retryAfterMs)} s.`,
        stored.retryAfterMs,
      );
    case 'conflict':
      switch (stored.what) {
        case 'redacted':
          return refused('redacted', 'This message was deleted.');
        case 'hidden':
          return refused('redacted', 'This message is hidden until a moderator has looked at it.');
        case 'decided':
          return refused('decided', 'Somebody else has decided that already.');
        case 'edited':
          return refused('edited', 'Somebody was faster; try again.');
        case 'not-author':
          return refused('not-yours', 'Only its author can edit a message.');
        case 'unknown':
          return refused('not-found', 'There is no such message.');
      }
  }
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
