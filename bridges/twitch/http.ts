import { BridgeError } from '../../core/plugin/errors.ts';

/** One request may take this long. */
const DEADLINE_MS = 8_000;
/** The request never left: nothing was done. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON; null where there is none. */
  readonly body: unknown;
  /** What the platform asks to wait before the next request; null where it does not say. */
  readonly retryAfterMs: number | null;
}

/** One try of one request. Whatever the status, it is answered; @throws {BridgeError} when there is no answer */
export async function request(what: Request, signal: AbortSignal): Promise<Answer> {
  if (signal.aborted) throw new BridgeError('given up before it was sent', { kind: 'retryable', delivered: 'no' });
  try {
    const response = await fetch(what.url, {
      method: what.method,
      headers: what.headers,
      body: what.body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    const text = await response.text();
    return { status: response.status, body: parseJson(text), retryAfterMs: retryAfter(response.headers) };
  } catch (cause) {
    const delivered = NOT_SENT.has(codeOf(cause)) ? 'no' : 'unknown';
    const what = delivered === 'no' ? 'Twitch cannot be reached' : 'Twitch did not answer';
    throw new BridgeError(what, { kind: 'retryable', delivered }, { cause });
  }
}

/** By the platform's own clock, as it stands in the same answer: ours may differ. */
function retryAfter(headers: Headers): number | null {
  const resetSeconds = Number(headers.get('ratelimit-reset') ?? Number.NaN);
  const nowMs = Date.parse(headers.get('date') ?? '');
  if (!Number.isFinite(resetSeconds) || !Number.isFinite(nowMs)) return null;
  return Math.max(resetSeconds * 1_000 - nowMs, 1_000);
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return null; // a page of some proxy: the status says enough
  }
}

/** The system's name of what went wrong, which `fetch` hides in the cause. */
function codeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error && 'code' in inner ? String(inner.code) : '';
}
