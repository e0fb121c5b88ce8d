import { jitter } from './mint.ts';

export interface BackoffPolicy {
  readonly baseMs: number;
  readonly capMs: number;
}
export const DEFAULT_BACKOFF: BackoffPolicy = { baseMs: 500, capMs: 60_000 };

/**
 * How long to wait before the next try: doubles with every attempt up to the cap, spread over its upper half,
 * so that many who failed together do not come back together.
 * @param attempt 1 after the first failure
 * @param fraction in [0, 1); handed in by tests
 */
export function backoffMs(
  attempt: number,
  policy: BackoffPolicy = DEFAULT_BACKOFF,
  fraction: number = jitter(),
): number {
  const doublings = Math.min(Math.max(attempt, 1) - 1, 30);
  const fullMs = Math.min(policy.baseMs * 2 ** doublings, policy.capMs);
  return Math.round(fullMs / 2 + (fullMs / 2) * fraction);
}
