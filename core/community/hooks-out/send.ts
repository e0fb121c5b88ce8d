import type { IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Clock } from '../../async/clock.ts';
import { DeadlineError, withDeadline } from '../../async/deadline.ts';
import { request as requestPlain } from '../../async/plain-http.ts';
import type { EpochMs } from '../../domain/ids.ts';
import { allowedAddresses, pinned } from '../../media/fetch-url.ts';
import { MediaProblem } from '../../media/media-problem.ts';
import type { Outside } from '../../media/outside.ts';

/** From looking up the host to the head of its answer. */
const WITHIN_MS = 10_000;
const MOST_RETRY_AFTER_MS = 60 * 60_000;
/** The target has looked at this very body and will never take it. */
const NOT_THIS_BODY = new Set([400, 413, 415, 422]);

/** What became of one try. `say` holds nothing of the URL. */
export type Outcome =
  | { readonly kind: 'arrived'; readonly status: number; readonly say: null }
  /** `refused`: this body, for good. `gone`: there is nobody any more. `failed`: perhaps later. */
  | ({ readonly kind: 'failed' | 'refused' | 'gone'; readonly status: number | null; readonly say: string } & {
      readonly retryAfterMs: number | null;
    });

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendDeps {
  readonly outside: Outside;
  readonly clock: Clock;
}

/**
 * Posts once. The host is looked up, held against the guard and connected to at the address that passed; redirects are
 * an answer like any other, and of the answer only its head is read.
 */
export async function send({ url, headers, body }: Posted, deps: SendDeps, signal: AbortSignal): Promise<Outcome> {
  const { outside, clock } = deps;
  try {
    return await withDeadline(clock, WITHIN_MS, signal, async (limited) => {
      const target = new URL(url);
      const addresses = await allowedAddresses(target.hostname, outside);
      limited.throwIfAborted();
      const answer = await post(target, addresses, { url, headers, body }, limited);
      return outcomeOf(answer, clock.now());
    });
  } catch (error) {
    return { kind: 'failed', status: null, say: sayOf(error), retryAfterMs: null };
  }
}

function post(
  target: URL,
  addresses: readonly string[],
  { headers, body }: Posted,
  signal: AbortSignal,
): Promise<Pick<IncomingMessage, 'statusCode' | 'headers'>> {
  return new Promise((resolve, reject) => {
    const start = target.protocol === 'https:' ? requestSecure : requestPlain;
    const length = String(Buffer.byteLength(body));
    const request = start(target, {
      method: 'POST',
      agent: false,
      lookup: pinned(addresses),
      signal,
      headers: {
        'content-type': 'application/json',
        'content-length': length,
        'user-agent': 'slipmat-hub',
        ...headers,
      },
    });
    request.once('response', (answer) => {
      const { statusCode, headers: said } = answer;
      // nobody reads the rest, nor hears of how it ends
      answer.on('error', () => {});
      answer.destroy();
      resolve({ statusCode: statusCode ?? 0, headers: said });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function outcomeOf({ statusCode, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>, now: EpochMs): Outcome {
  const status = statusCode ?? 0;
  if (status >= 200 && status < 300) return { kind: 'arrived', status, say: null };
  const kind = status === 410 ? 'gone' : NOT_THIS_BODY.has(status) ? 'refused' : 'failed';
  const say = status >= 300 && status < 400 ? 'answered with a redirect, which is not followed' : `answered ${status}`;
  return { kind, status, say, retryAfterMs: retryAfterMs(headers['retry-after'], now) };
}

/** Seconds, or a date. */
function retryAfterMs(header: string | undefined, now: EpochMs): number | null {
  if (header === undefined) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MOST_RETRY_AFTER_MS);
}

function sayOf(error: unknown): string {
  if (error instanceof MediaProblem) {
    return error.code === 'blocked' ? 'its address is not a public one' : 'its name leads nowhere';
  }
  if (error instanceof DeadlineError) return 'no answer within 10 seconds';
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'it broke off';
  return `could not be reached: ${code}`;
}
