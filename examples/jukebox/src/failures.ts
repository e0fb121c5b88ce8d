import { BridgeError, type BridgeFailure } from 'slipmat-hub/plugin';
import { z } from 'zod';

const refusal = z.object({ waitMs: z.number().optional() });

/** What a refusal of Jukebox means to the hub. */
export async function answerFailure(response: Response): Promise<BridgeError> {
  const answer = refusal.safeParse(await response.json().catch(() => null));
  return new BridgeError(`Jukebox answered ${response.status}`, failureOf(response.status, answer.data?.waitMs ?? 0));
}

function failureOf(status: number, retryAfterMs: number): BridgeFailure {
  if (status === 429) return { kind: 'retryable', delivered: 'no', ...(retryAfterMs > 0 && { retryAfterMs }) };
  if (status === 401 || status === 403) return { kind: 'auth' };
  if (status === 410) return { kind: 'permanent', scope: 'portal' };
  if (status >= 500) return { kind: 'retryable', delivered: 'unknown' };
  return { kind: 'permanent', scope: 'command' };
}

/** No answer came. Only a refused connection proves that nothing arrived. */
export function noAnswerFailure(cause: unknown): BridgeError {
  const isRefused = cause instanceof TypeError && String(Object(cause.cause).code) === 'ECONNREFUSED';
  const failure: BridgeFailure = { kind: 'retryable', delivered: isRefused ? 'no' : 'unknown' };
  return new BridgeError('Jukebox did not answer', failure, { cause });
}
