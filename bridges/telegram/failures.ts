import { GrammyError, HttpError } from 'grammy';
import { BridgeError, type BridgeFailure } from '../../core/plugin/index.ts';

/** Telegram's own no. */
export class Refusal extends BridgeError {
  readonly code: number;
  /** Telegram's words. */
  readonly says: string;
  /** The id that the chat has now, when it became a supergroup. */
  readonly movedTo: number | null;
  constructor(method: string, code: number, says: string, failure: BridgeFailure, movedTo: number | null) {
    super(`Telegram refused ${method} (${code}: ${says})`, failure);
    this.code = code;
    this.says = says;
    this.movedTo = movedTo;
  }
}

/** Nothing was sent when these happen: there was no connection yet. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/** Words of a 400 or 403 after which nothing can be posted in the room until somebody mends it. */
const ROOM_LOST = [
  /chat not found/i,
  /bot was kicked/i,
  /bot was blocked/i,
  /bot is not a member/i,
  /user is deactivated/i,
  /group chat was (deactivated|deleted)/i,
  /upgraded to a supergroup/i,
  /not enough rights to send text messages/i,
  /have no rights to send a message/i,
  /need administrator rights in the channel/i,
  /CHAT_WRITE_FORBIDDEN/,
  /CHANNEL_PRIVATE/,
  /message thread not found/i,
  /TOPIC_(CLOSED|DELETED)/,
];

/**
 * What a call of the library ended with, as the hub understands it. The library's own error is left behind: that of a
 * broken connection holds the address, and with it the token.
 */
export function errorOf(method: string, thrown: unknown): BridgeError {
  if (thrown instanceof BridgeError) return thrown;
  if (thrown instanceof GrammyError) return refusalOf(method, thrown);
  const code = networkCode(thrown instanceof HttpError ? thrown.error : thrown);
  const delivered = BEFORE_SENDING.has(code) ? 'no' : 'unknown';
  return new BridgeError(`Telegram gave no answer to ${method} (${code})`, { kind: 'retryable', delivered });
}

function refusalOf(method: string, { error_code: code, description, parameters }: GrammyError): Refusal {
  const waitSeconds = parameters.retry_after ?? null;
  const movedTo = parameters.migrate_to_chat_id ?? null;
  return new Refusal(method, code, description, failureOf(code, description, waitSeconds), movedTo);
}

/** Pure: the table of Telegram's codes and words. */
export function failureOf(code: number, says: string, waitSeconds: number | null): BridgeFailure {
  // A token that was never one is answered with 404: the path itself is unknown.
  if (code === 401 || code === 404) return { kind: 'auth' };
  if (code === 429) return { kind: 'retryable', delivered: 'no', retryAfterMs: (waitSeconds ?? 5) * 1_000 };
  if (code === 409) return { kind: 'retryable', delivered: 'no' };
  if (code >= 500) return { kind: 'retryable', delivered: 'unknown' };
  if (ROOM_LOST.some((words) => words.test(says))) return { kind: 'permanent', scope: 'portal' };
  return { kind: 'permanent', scope: 'command' };
}

/** For what concerns one person: that they cannot be reached says nothing about the room. */
export function aboutPerson(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.failure.kind !== 'permanent') return error;
  return new Refusal('a call', error.code, error.says, { kind: 'permanent', scope: 'command' }, error.movedTo);
}

/** A word for logs that holds nothing of the request. */
function networkCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  const { code, type, name } = error as { readonly code?: unknown; readonly type?: unknown; readonly name?: unknown };
  const found = [code, type, name].find((one) => typeof one === 'string' && /^[\w-]{1,40}$/.test(one));
  return typeof found === 'string' ? found : 'unknown';
}

export function isNotModified(error: unknown): boolean {
  return error instanceof Refusal && /message is not modified|MESSAGE_NOT_MODIFIED/i.test(error.says);
}

/** The message is not there any more. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof Refusal &&
    /message (to \w+|with the specified identifier) not found|message_id_invalid|message identifier is not/i.test(
      error.says,
    )
  );
}

/** Telegram does not like the formatting. */
export function isAboutEntities(error: unknown): boolean {
  return error instanceof Refusal && error.code === 400 && /entit/i.test(error.says);
}
