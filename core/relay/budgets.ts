import type { Clock } from '../async/clock.ts';
import type { BridgeId } from '../domain/ids.ts';
import type { Budget } from '../plugin/operations.ts';
import type { BridgeState } from '../store/ports.ts';
import { type Bucket, createBucket } from './budget.ts';
import { GATHER_MS } from './limits.ts';

/** The budgets of one bridge, over all its rooms; what was used outlives the hub. */
export interface Budgets {
  bucket(budget: Budget): Promise<Bucket>;
  /** Before a post is sent: a hub that starts anew must not send it beyond the budget. */
  save(budget: Budget): Promise<void>;
}

export function createBudgets(
  bridge: BridgeId,
  deps: { readonly bridgeState: BridgeState; readonly clock: Clock },
): Budgets {
  const buckets = new Map<string, Promise<Bucket>>();

  async function open(budget: Budget): Promise<Bucket> {
    const saved = await deps.bridgeState.load(bridge, nameOf(budget));
    return createBucket(deps.clock, budget, GATHER_MS, saved === null ? [] : parseTimes(saved));
  }

  async function bucket(budget: Budget): Promise<Bucket> {
    const opening = buckets.get(budget.bucket) ?? open(budget);
    buckets.set(budget.bucket, opening);
    try {
      const opened = await opening;
      opened.adjust(budget);
      return opened;
    } catch (error) {
      if (buckets.get(budget.bucket) === opening) buckets.delete(budget.bucket);
      throw error;
    }
  }

  return {
    bucket,
    async save(budget) {
      const used = (await bucket(budget)).save();
      await deps.bridgeState.save(bridge, nameOf(budget), JSON.stringify(used));
    },
  };
}

function nameOf({ bucket }: Budget): string {
  return `budget:${bucket}`;
}

function parseTimes(json: string): readonly number[] {
  const times: unknown = JSON.parse(json);
  return Array.isArray(times) ? times.filter((one) => typeof one === 'number') : [];
}
