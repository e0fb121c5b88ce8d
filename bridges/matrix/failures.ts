import { BridgeError, type BridgeFailure } from '../../core/plugin/index.ts';

/** What the homeserver answered, or that it did not. Its text may hold anything; the code alone is shown. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Such as `M_FORBIDDEN`; `HTTP_502` for an answer that is no JSON. */
  readonly code: string;
  readonly status: number;
  readonly retryAfterMs: number | null;
  constructor(code: string, status: number, retryAfterMs: number | null) {
    super(code);
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came. `isSent`: it may have been done. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly isSent: boolean;
  constructor(code: string, isSent: boolean) {
    super(code);
    this.isSent = isSent;
  }
}

/** Nothing was even sent when these are met. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What the SDK threw as one of ours; the original is not kept, for it may hold the token. */
export function readError(thrown: unknown): Refusal | NoAnswer {
  const { errcode, statusCode, retryAfterMs, code } = factsOf(thrown);
  if (errcode !== null) return new Refusal(codeFrom(errcode), statusCode ?? 400, retryAfterMs);
  if (statusCode !== null) return new Refusal(`HTTP_${statusCode}`, statusCode, null);
  return new NoAnswer(codeFrom(code ?? 'no answer'), !NOT_SENT.has(code ?? ''));
}

function codeFrom(text: unknown): string {
  return typeof text === 'string' && /^[A-Za-z0-9_. ]{1,60}$/.test(text) ? text : 'unknown';
}

function factsOf(thrown: unknown) {
  const bag: object = typeof thrown === 'object' && thrown !== null ? thrown : {};
  return {
    errcode: 'errcode' in bag && typeof bag.errcode === 'string' ? bag.errcode : null,
    statusCode: 'statusCode' in bag && typeof bag.statusCode === 'number' ? bag.statusCode : null,
    retryAfterMs: 'retryAfterMs' in bag && typeof bag.retryAfterMs === 'number' ? bag.retryAfterMs : null,
    code: 'code' in bag && typeof bag.code === 'string' ? bag.code : null,
  };
}

/**
 * What the hub is to do about it.
 * @param forbidden what it means that this is not allowed
 */
export function toBridgeError(thrown: unknown, forbidden: 'command' | 'portal' = 'command'): BridgeError {
  if (thrown instanceof BridgeError) return thrown;
  if (thrown instanceof Refusal)
    return new BridgeError(`Matrix: ${thrown.code}`, failureOf(thrown, forbidden), { cause: thrown });
  if (thrown instanceof NoAnswer) {
    const delivered = thrown.isSent ? 'unknown' : 'no';
    return new BridgeError('the homeserver does not answer', { kind: 'retryable', delivered }, { cause: thrown });
  }
  const name = thrown instanceof Error ? thrown.name : 'unknown error';
  return new BridgeError(`Matrix: ${name}`, { kind: 'permanent', scope: 'command' });
}

function failureOf({ code, status, retryAfterMs }: Refusal, forbidden: 'command' | 'portal'): BridgeFailure {
  switch (code) {
    case 'M_LIMIT_EXCEEDED':
      return { kind: 'retryable', delivered: 'no', ...(retryAfterMs !== null && { retryAfterMs }) };
    case 'M_UNKNOWN_TOKEN':
    case 'M_MISSING_TOKEN':
      return { kind: 'auth' };
    case 'M_FORBIDDEN':
    case 'M_UNKNOWN':
      if (code === 'M_FORBIDDEN' || status < 500) return { kind: 'permanent', scope: forbidden };
      break;
    case 'M_NOT_FOUND':
      return { kind: 'permanent', scope: forbidden };
  }
  // a proxy in front of a homeserver that is down, or the homeserver in trouble
  if (status >= 500 || status === 429 || status === 408)
    return { kind: 'retryable', delivered: status === 429 ? 'no' : 'unknown' };
  return { kind: 'permanent', scope: 'command' };
}

/** Whether the refusal says so. */
export function isCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return thrown instanceof Refusal && codes.includes(thrown.code);
}
