import { BridgeError, type BridgeFailure } from 'slipmat-hub/plugin';

/** What a refusal of Acme means to the hub. */
export function answerFailure({ status, headers }: Response): BridgeError {
  return new BridgeError(`Acme answered ${status}`, failureOf(status, Number(headers.get('retry-after')) * 1_000));
}

function failureOf(status: number, retryAfterMs: number): BridgeFailure {
  if (status === 429) return { kind: 'retryable', delivered: 'no', ...(retryAfterMs > 0 && { retryAfterMs }) };
  if (status === 401 || status === 403) return { kind: 'auth' };
  if (status === 404) return { kind: 'permanent', scope: 'portal' };
  if (status >= 500) return { kind: 'retryable', delivered: 'unknown' };
  return { kind: 'permanent', scope: 'command' };
}

/** No answer came. Only a refused connection proves that nothing arrived. */
export function noAnswerFailure(cause: unknown): BridgeError {
  const isRefused = cause instanceof TypeError && String(Object(cause.cause).code) === 'ECONNREFUSED';
  const failure: BridgeFailure = { kind: 'retryable', delivered: isRefused ? 'no' : 'unknown' };
  return new BridgeError('Acme did not answer', failure, { cause });
}
