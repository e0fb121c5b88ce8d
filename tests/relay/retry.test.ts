import { expect, it } from 'vitest';
import { DeadlineError } from '../../core/async/deadline.ts';
import { BridgeError, type BridgeFailure } from '../../core/plugin/errors.ts';
import { MAX_BUG_TRIES, MAX_RETRY_AFTER_MS, stepAfter } from '../../core/relay/retry.ts';

const after = (failure: BridgeFailure) => stepAfter(new BridgeError('x', failure), 1);

it('waits as long as the platform asks, within reason', () => {
  expect(after({ kind: 'retryable', delivered: 'no', retryAfterMs: 7_000 })).toEqual({
    kind: 'retry',
    inMs: 7_000,
    delivered: 'no',
  });
  const patient = after({ kind: 'retryable', delivered: 'no', retryAfterMs: 10 ** 9 });
  expect(patient).toMatchObject({ inMs: MAX_RETRY_AFTER_MS });
});

it('follows the kind of the failure', () => {
  expect(after({ kind: 'permanent', scope: 'command' }).kind).toBe('dead-letter');
  expect(after({ kind: 'permanent', scope: 'portal' }).kind).toBe('pause-portal');
  expect(after({ kind: 'auth' }).kind).toBe('pause-bridge');
});

it('takes a passed deadline for a delivery in doubt', () => {
  expect(stepAfter(new DeadlineError('late'), 1)).toMatchObject({ kind: 'retry', delivered: 'unknown' });
});

it('gives up on a bug of the bridge after a few tries', () => {
  expect(stepAfter(new TypeError('x is undefined'), 1).kind).toBe('retry');
  expect(stepAfter(new TypeError('x is undefined'), MAX_BUG_TRIES).kind).toBe('dead-letter');
});
