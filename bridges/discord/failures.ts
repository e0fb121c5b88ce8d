import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { BridgeError, type BridgeFailure, isBridgeError } from '../../core/plugin/index.ts';

/** Codes of Discord's JSON errors that the bridge treats apart. */
export const UNKNOWN_CHANNEL = 10_003;
export const UNKNOWN_GUILD = 10_004;
export const UNKNOWN_MEMBER = 10_007;
export const UNKNOWN_MESSAGE = 10_008;
export const UNKNOWN_USER = 10_013;
export const UNKNOWN_WEBHOOK = 10_015;
export const UNKNOWN_BAN = 10_026;
const MISSING_ACCESS = 50_001;
const INVALID_WEBHOOK_TOKEN = 50_027;
const INVALID_FORM = 50_035;
const ROOM_IS_LOST: ReadonlySet<unknown> = new Set([UNKNOWN_CHANNEL, UNKNOWN_GUILD, MISSING_ACCESS]);

/** Whether Discord answered with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof DiscordAPIError && codes.some((code) => error.code === code);
}

/** The webhook was deleted, or its token made anew: another one serves as well. */
export function isWebhookLost(error: unknown): boolean {
  return hasCode(error, UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN);
}

/** Discord does not take the name that the post was to be shown under. */
export function isNameRefused(error: unknown): boolean {
  return hasCode(error, INVALID_FORM) && error instanceof Error && /\busername\b/i.test(error.message);
}

/**
 * What came of a request, as the hub reads it. The text names Discord's own code and words; tokens, which stand in the
 * addresses of webhooks, never get into it.
 * @param what was being done, such as `post`
 */
export function bridgeError(what: string, error: unknown): BridgeError {
  if (isBridgeError(error)) return error;
  const { failure, say } = read(error);
  return new BridgeError(`discord, ${what}: ${say}`, failure, { cause: bare(error) });
}

interface Read {
  readonly failure: BridgeFailure;
  readonly say: string;
}

function read(error: unknown): Read {
  if (error instanceof RateLimitError) {
    // What Discord itself said counts; a limit that the client keeps by itself knows only when it ends.
    const retryAfterMs = Math.max(1, Math.ceil(error.retryAfter || error.timeToReset));
    return { failure: { kind: 'retryable', delivered: 'no', retryAfterMs }, say: 'asked to slow down' };
  }
  if (error instanceof DiscordAPIError) return readApiError(error);
  if (error instanceof HTTPError) {
    return { failure: { kind: 'retryable', delivered: 'unknown' }, say: `trouble on its side (${error.status})` };
  }
  if (error instanceof Error && error.message.startsWith('Expected token to be set')) return REFUSED;
  return { failure: { kind: 'retryable', delivered: deliveredOf(error) }, say: `not answered (${kindOf(error)})` };
}

const REFUSED: Read = { failure: { kind: 'auth' }, say: 'the token is wrong or was reset' };

function readApiError(error: DiscordAPIError): Read {
  const { status, code } = error;
  const say = `${firstLine(error.message)} (${code})`;
  if (status === 401 && !hasCode(error, INVALID_WEBHOOK_TOKEN)) return REFUSED;
  if (status === 429) return { failure: { kind: 'retryable', delivered: 'no' }, say: 'asked to slow down' };
  const scope = ROOM_IS_LOST.has(code) ? 'portal' : 'command';
  return { failure: { kind: 'permanent', scope }, say };
}

function firstLine(text: string): string {
  return redacted(text.split('\n').slice(0, 3).join('; ')).slice(0, 300);
}

/** Only what never reached Discord is certain: no connection, no name, no way. */
function deliveredOf(error: unknown): 'no' | 'unknown' {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : null);
  return code !== null && NEVER_SENT.has(code) ? 'no' : 'unknown';
}
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function kindOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : typeof error);
}

/** Addresses of webhooks and interactions hold a token. */
export function redacted(text: string): string {
  return text.replace(/(\/(?:webhooks|interactions)\/\d+\/)[^/\s?]+/g, '$1[secret]');
}

/** The platform's error without its request: address, headers and body may hold a token or what somebody wrote. */
function bare(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: '' };
  const kept = new Error(redacted(message));
  kept.name = name;
  return kept;
}
