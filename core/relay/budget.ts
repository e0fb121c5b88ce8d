import type { Clock } from '../async/clock.ts';
import type { Budget } from '../plugin/operations.ts';

/**
 * For whom a post is sent. `first`: answers to people of the room, moderators and DJs. `digest`: the line that sums up,
 * and what must be finished.
 */
export type Rank = 'first' | 'ordinary' | 'digest';

/** Room for one post. It is taken until so long after the platform has answered, since nobody knows when it counted. */
export interface Slot {
  /** The attempt has ended, one way or the other. */
  done(): void;
  /** Nothing was sent after all. */
  release(): void;
}

/** What a platform takes of posts over all rooms that share it: at most `count` in any `perMs`, as it counts them. */
export interface Bucket {
  /** The platform may have told of another budget since. */
  adjust(budget: Budget): void;
  /** Takes room for so many posts, less where a rank never has so much. Null: not now. */
  take(rank: Rank, posts: number): readonly Slot[] | null;
  /** How long until there may be room, as far as is known. */
  freeInMs(rank: Rank, posts: number): number;
  /** Between two lines that sum up, at least. */
  gatherMs(): number;
  /** The platform asked for patience: nothing until then, and a slower pace for a while. */
  slowDown(retryAfterMs: number): void;
  /** When each post of the last window had its answer, by the clock on the wall; 0: not yet. */
  save(): readonly number[];
}

/** Clocks of two machines run at nearly the same pace, and a timer may be early by a little. */
const MARGIN_MS = 20;
const SLOWEST = 1 / 4;
/** With room in sight but no time known: posts under way. */
const ASK_AGAIN_MS = 25;

/** @param saved by an earlier process; what had no answer then may have been counted until now */
export function createBucket(
  clock: Clock,
  first: Budget,
  gather: { readonly least: number; readonly most: number },
  saved: readonly number[] = [],
): Bucket {
  let budget = first;
  let slots = saved.map((doneAt): { doneAt: number | null } => ({ doneAt: restored(clock, doneAt) }));
  let blockedUntil = Number.NEGATIVE_INFINITY;
  let slowed: { readonly share: number; readonly since: number } = { share: 1, since: 0 };

  /** Doubles with every two windows in which the platform did not complain. */
  function share(): number {
    const quiet = Math.floor((clock.elapsed() - slowed.since) / (2 * budget.perMs));
    return Math.min(1, slowed.share * 2 ** Math.max(0, Math.min(quiet, 10)));
  }

  function inWindow(): readonly { readonly doneAt: number | null }[] {
    const since = clock.elapsed() - budget.perMs - MARGIN_MS;
    slots = slots.filter(({ doneAt }) => doneAt === null || doneAt > since);
    return slots;
  }

  function wantedOf(rank: Rank, posts: number): { readonly cap: number; readonly wanted: number } {
    const cap = capOf(rank, budget, share());
    return { cap, wanted: Math.min(posts, cap) };
  }

  function open(): Slot {
    const slot: { doneAt: number | null } = { doneAt: null };
    slots.push(slot);
    return {
      done() {
        slot.doneAt ??= clock.elapsed();
      },
      release() {
        if (slot.doneAt === null) slots = slots.filter((one) => one !== slot);
      },
    };
  }

  return {
    adjust(next) {
      budget = next;
    },
    take(rank, posts) {
      if (clock.elapsed() < blockedUntil) return null;
      const { cap, wanted } = wantedOf(rank, posts);
      if (inWindow().length + wanted > cap) return null;
      return Array.from({ length: wanted }, open);
    },
    freeInMs(rank, posts) {
      const now = clock.elapsed();
      const { cap, wanted } = wantedOf(rank, posts);
      const used = inWindow();
      const known = used.flatMap(({ doneAt }) => doneAt ?? []).toSorted((a, b) => a - b);
      const tooMany = used.length + wanted - cap;
      const last = tooMany <= 0 ? now : known[tooMany - 1];
      const freeAt = last === undefined || tooMany <= 0 ? now + ASK_AGAIN_MS : last + budget.perMs + MARGIN_MS;
      return Math.max(ASK_AGAIN_MS, freeAt - now, blockedUntil - now);
    },
    gatherMs() {
      const often = budget.perMs / Math.max(1, digestShare(budget.count * share(), budget));
      return Math.min(gather.most, Math.max(often, Math.min(gather.least, budget.perMs)));
    },
    slowDown(retryAfterMs) {
      const now = clock.elapsed();
      blockedUntil = Math.max(blockedUntil, now + retryAfterMs);
      slowed = { share: Math.max(SLOWEST, share() / 2), since: now + retryAfterMs };
    },
    save() {
      const behindMs = clock.now() - clock.elapsed();
      return inWindow().map(({ doneAt }) => (doneAt === null ? 0 : Math.round(doneAt + behindMs)));
    },
  };
}

function restored(clock: Clock, doneAt: number): number {
  const now = clock.elapsed();
  return doneAt === 0 ? now : Math.min(now, doneAt - clock.now() + now);
}

/** How much of the window a rank may fill: a part is kept for those that go first, another for lines that sum up. */
function capOf(rank: Rank, budget: Budget, share: number): number {
  const count = Math.max(1, Math.floor(budget.count * share));
  const digests = digestShare(count, budget);
  const firsts = count >= 3 ? Math.ceil(count / 5) : 0;
  switch (rank) {
    case 'digest':
      return count;
    case 'first':
      return count - digests;
    case 'ordinary':
      return count - digests - firsts;
    default:
      return rank satisfies never;
  }
}

/** No more lines than one in five seconds. */
function digestShare(count: number, { perMs }: Budget): number {
  if (count < 2) return 0;
  return Math.max(1, Math.min(Math.ceil(count * 0.15), Math.ceil(perMs / 5_000)));
}
