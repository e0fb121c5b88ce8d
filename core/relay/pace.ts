import { type Clock, pause } from '../async/clock.ts';
import type { Budget, Capabilities } from '../plugin/operations.ts';
import type { Bucket, Rank, Slot } from './budget.ts';
import type { Budgets } from './budgets.ts';
import type { Marks } from './marks.ts';

/** How long one look at a full budget lasts at most: others may give back what they did not need. */
const LOOK_MS = 200;

/** The pace of one lane: what its room's budget allows. */
export interface Pace {
  /** Null where the room has no budget. */
  budget(): Budget | null;
  /** Room for posts, waited for at most so long. Null: there is none. */
  take(rank: Rank, posts: number, waitMs: number): Promise<readonly Slot[] | null>;
  /** Room for a post that must be finished. Null: stopping. */
  force(): Promise<Slot | null>;
  gatherMs(): Promise<number>;
  /** How long until there may be room for one post, as far as is known. */
  untilFreeMs(rank: Rank): Promise<number>;
  slowDown(retryAfterMs: number): Promise<void>;
}

/** The room has no budget any more. */
const UNBOUNDED: Slot = { done() {}, release() {} };

export interface PaceParts {
  readonly can: () => Capabilities;
  readonly budgets: Budgets;
  readonly marks: Pick<Marks, 'store'>;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

export function createPace({ can, budgets, marks, clock, stopping }: PaceParts): Pace {
  const budgetNow = (): Budget | null => can().post?.limits.budget ?? null;
  const bucketOf = (budget: Budget): Promise<Bucket> => marks.store(() => budgets.bucket(budget));

  async function take(rank: Rank, posts: number, waitMs: number): Promise<readonly Slot[] | null> {
    const budget = budgetNow();
    if (budget === null) return [];
    const until = clock.elapsed() + waitMs;
    while (!stopping.aborted) {
      const bucket = await bucketOf(budget);
      const slots = bucket.take(rank, posts);
      if (slots !== null) {
        await marks.store(() => budgets.save(budget));
        return slots;
      }
      const inMs = bucket.freeInMs(rank, posts);
      if (clock.elapsed() + inMs > until) return null;
      await pause(clock, Math.min(inMs, LOOK_MS), stopping);
    }
    return null;
  }

  return {
    budget: budgetNow,
    take,
    async force() {
      const slots = await take('digest', 1, Number.POSITIVE_INFINITY);
      return slots === null ? null : (slots[0] ?? UNBOUNDED);
    },
    async gatherMs() {
      const budget = budgetNow();
      return budget === null ? 0 : (await bucketOf(budget)).gatherMs();
    },
    async untilFreeMs(rank) {
      const budget = budgetNow();
      return budget === null ? 0 : (await bucketOf(budget)).freeInMs(rank, 1);
    },
    async slowDown(retryAfterMs) {
      const budget = budgetNow();
      if (budget !== null) (await bucketOf(budget)).slowDown(retryAfterMs);
    },
  };
}
