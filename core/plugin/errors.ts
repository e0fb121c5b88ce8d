export { ConfigError } from '../../config/config-error.ts';

/** How an attempt failed, and so what the hub does next. */
export type BridgeFailure =
  /** Try again after `retryAfterMs` or a backoff; when `delivered` is unknown only if the post is idempotent or `find` says no. */
  | { readonly kind: 'retryable'; readonly retryAfterMs?: number; readonly delivered: 'no' | 'unknown' }
  /** `command`: this one never works, dead letter. `portal`: nothing works in this room, pause the portal. */
  | { readonly kind: 'permanent'; readonly scope: 'command' | 'portal' }
  /** The platform refuses our credential: pause the bridge and tell the operator. */
  | { readonly kind: 'auth' };

/** Two installed copies of this module agree through the registry of symbols. */
const BRAND: unique symbol = Symbol.for('slipmat-hub.BridgeError') as never;

/** The one error that a bridge throws. Keep the platform's own error as `cause`; never put a token into the text. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly [BRAND] = true;
  readonly failure: BridgeFailure;
  constructor(message: string, failure: BridgeFailure, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.failure = failure;
  }
}

/** Whether a thrown value is a BridgeError, of this copy of the module or another. */
export function isBridgeError(error: unknown): error is BridgeError {
  return typeof error === 'object' && error !== null && BRAND in error;
}
