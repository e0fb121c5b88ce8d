import { backoffMs } from '../async/backoff.ts';
import { DeadlineError } from '../async/deadline.ts';
import { type BridgeFailure, isBridgeError } from '../plugin/errors.ts';

/** Thrown values that are no BridgeError are bugs of the bridge: tried again a few times, then given up. */
export const MAX_BUG_TRIES = 5;
/** A platform that asks for more patience than this is asked again then. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

export type NextStep =
  | { readonly kind: 'retry'; readonly inMs: number; readonly delivered: 'no' | 'unknown' }
  | { readonly kind: 'dead-letter' }
  | { readonly kind: 'pause-portal' }
  | { readonly kind: 'pause-bridge' };

/**
 * What follows a failed attempt.
 * @param attempt 1 after the first failure
 */
export function stepAfter(error: unknown, attempt: number): NextStep {
  const failure = failureOf(error);
  if (failure === null) {
    if (attempt >= MAX_BUG_TRIES) return { kind: 'dead-letter' };
    return { kind: 'retry', inMs: backoffMs(attempt), delivered: 'unknown' };
  }
  switch (failure.kind) {
    case 'retryable':
      return {
        kind: 'retry',
        inMs: Math.min(failure.retryAfterMs ?? backoffMs(attempt), MAX_RETRY_AFTER_MS),
        delivered: failure.delivered,
      };
    case 'permanent':
      return failure.scope === 'portal' ? { kind: 'pause-portal' } : { kind: 'dead-letter' };
    case 'auth':
      return { kind: 'pause-bridge' };
    default:
      return failure satisfies never;
  }
}

/** The failure a thrown value stands for; null for one that no bridge should throw. */
export function failureOf(error: unknown): BridgeFailure | null {
  if (isBridgeError(error)) return error.failure;
  return error instanceof DeadlineError ? { kind: 'retryable', delivered: 'unknown' } : null;
}
