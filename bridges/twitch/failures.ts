import { BridgeError, type BridgeFailure } from '../../core/plugin/errors.ts';
import type { Answer } from './http.ts';

/** Twitch mutes an account that sent too much for a while; its own window is 30 s. */
const RATE_MS = 30_000;
/** A timeout of the bot itself is asked about again then. */
const TIMED_OUT_MS = 60_000;
const COMMAND: BridgeFailure = { kind: 'permanent', scope: 'command' };
const PORTAL: BridgeFailure = { kind: 'permanent', scope: 'portal' };

/** Why Twitch dropped a message that it had answered with 200. What is not named here concerns this message alone. */
const DROPS: Readonly<Record<string, BridgeFailure>> = {
  msg_ratelimit: { kind: 'retryable', delivered: 'no', retryAfterMs: RATE_MS },
  msg_timedout: { kind: 'retryable', delivered: 'no', retryAfterMs: TIMED_OUT_MS },
  msg_slowmode: { kind: 'retryable', delivered: 'no', retryAfterMs: 5_000 },
  msg_banned: PORTAL,
  msg_channel_suspended: PORTAL,
  msg_channel_blocked: PORTAL,
  msg_room_not_found: PORTAL,
  msg_suspended: PORTAL,
  msg_verified_email: PORTAL,
  msg_requires_verified_phone_number: PORTAL,
  tos_ban: PORTAL,
};

/** @param slowMs the wait of the channel's slow mode, 0 where it is off */
export function dropError(code: string, slowMs: number): BridgeError {
  const known = Object.hasOwn(DROPS, code) ? DROPS[code] : undefined;
  const failure = known ?? COMMAND;
  const isSlow = code === 'msg_slowmode' && slowMs > 0;
  return new BridgeError(
    `Twitch did not show the message: ${wordsOf(code)}`,
    isSlow ? { kind: 'retryable', delivered: 'no', retryAfterMs: slowMs } : failure,
  );
}

/** A code of theirs is short and of a few characters; anything else is not repeated. */
function wordsOf(code: string): string {
  return /^[a-z0-9_]{1,60}$/.test(code) ? code : 'no reason was given';
}

/**
 * An answer that is no success, as an error. A 401 is not among them: the token is renewed first.
 * @param lost what a 403 or 404 means for this request
 */
export function answerError(what: string, { status, retryAfterMs }: Answer, lost: 'command' | 'portal'): BridgeError {
  if (status === 429) {
    const after = retryAfterMs === null ? {} : { retryAfterMs };
    return new BridgeError(`${what}: too many requests`, { kind: 'retryable', delivered: 'no', ...after });
  }
  if (status >= 500) return new BridgeError(`${what}: Twitch fails (${status})`, unknownOutcome());
  // another moderator acted at the same moment
  if (status === 409) return new BridgeError(`${what}: in conflict`, { kind: 'retryable', delivered: 'no' });
  const isLost = status === 403 || status === 404;
  return new BridgeError(
    `${what}: refused (${status})`,
    isLost && lost === 'portal' ? PORTAL : { kind: 'permanent', scope: 'command' },
  );
}

export function authError(say: string): BridgeError {
  return new BridgeError(say, { kind: 'auth' });
}

export function commandError(say: string): BridgeError {
  return new BridgeError(say, COMMAND);
}

/** What a room that failed to be joined is told to be. `codes`: of the NOTICE. */
export function noticeFailure(code: string): { readonly failure: BridgeFailure; readonly say: string } | null {
  return Object.hasOwn(REFUSED_ROOMS, code) ? { failure: PORTAL, say: REFUSED_ROOMS[code] ?? code } : null;
}

const REFUSED_ROOMS: Readonly<Record<string, string>> = {
  msg_banned: 'the bot is banned from this Twitch channel',
  msg_channel_suspended: 'this Twitch channel does not exist or is suspended',
  msg_room_not_found: 'there is no such Twitch channel',
  msg_channel_blocked: 'the owner of this Twitch channel has blocked the bot',
  tos_ban: 'this Twitch channel was closed for a breach of the terms',
};

function unknownOutcome(): BridgeFailure {
  return { kind: 'retryable', delivered: 'unknown' };
}
