import type { IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { request as requestPlain } from '../async/plain-http.ts';
import { MediaProblem, tooLarge } from './media-problem.ts';
import type { Outside } from './outside.ts';

const MAX_REDIRECTS = 3;
/** From asking a host to the head of its answer. */
const ANSWER_WITHIN_MS = 10_000;

export interface FetchOptions {
  readonly outside: Outside;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * The body behind a link that a stranger gave. Each hop is looked up once, held against the guard and then connected to
 * at the very address that passed: a name that changes its mind in between gains nothing. Nothing of the hub goes along,
 * no credential, no cookie, no referrer.
 * @throws {MediaProblem}
 */
export async function fetchUrl(link: string, options: FetchOptions): Promise<AsyncIterable<Uint8Array>> {
  let url = parseLink(link);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await ask(url, options);
    const target = redirectOf(answer);
    if (target === null) return bodyOf(answer, options.maxBytes);
    drop(answer);
    url = parseLink(target, url);
  }
  throw new MediaProblem('unreachable', 'could not be loaded');
}

function parseLink(link: string, from?: URL): URL {
  const url = URL.parse(link, from?.href);
  const isWeb = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
  if (!isWeb || url.username !== '' || url.password !== '') throw blocked();
  return url;
}

async function ask(url: URL, { outside, clock, signal }: FetchOptions): Promise<IncomingMessage> {
  try {
    return await withDeadline(clock, ANSWER_WITHIN_MS, signal, async (limited) => {
      const addresses = await allowedAddresses(url.hostname, outside);
      limited.throwIfAborted();
      return await connect(url, addresses, limited, signal);
    });
  } catch (error) {
    if (error instanceof MediaProblem) throw error;
    throw unreachable(error);
  }
}

/** Where a host may be connected to. @throws {MediaProblem} when nowhere */
export async function allowedAddresses(hostname: string, outside: Outside): Promise<readonly string[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0) {
    if (!outside.isAllowed(literal)) throw blocked();
    return [literal];
  }
  const found = await outside.resolve(hostname);
  if (found.length === 0) throw unreachable(null);
  const allowed = found.filter((address) => outside.isAllowed(address));
  if (allowed.length === 0) throw blocked();
  return allowed;
}

/** @param limited for the head of the answer; `whole` for its body */
function connect(
  url: URL,
  addresses: readonly string[],
  limited: AbortSignal,
  whole: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestSecure : requestPlain;
    const request = send(url, {
      agent: false,
      lookup: pinned(addresses),
      signal: whole,
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'slipmat-hub' },
    });
    const giveUp = (): void => void request.destroy(new Error('no answer in time'));
    limited.addEventListener('abort', giveUp, { once: true });
    request.once('response', (answer) => {
      limited.removeEventListener('abort', giveUp);
      resolve(answer);
    });
    // also after the answer began: its body tells the reader then
    request.on('error', reject);
    request.end();
  });
}

/** The look-up of one connection: what was checked, whatever the name says by now. */
export function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first] = all;
  return (_host, options, done) => {
    if (options.all === true) done(null, all);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
}

function redirectOf({ statusCode, headers }: IncomingMessage): string | null {
  return [301, 302, 303, 307, 308].includes(statusCode ?? 0) ? (headers.location ?? '') : null;
}

function bodyOf(answer: IncomingMessage, maxBytes: number): AsyncIterable<Uint8Array> {
  const refusal = refusalOf(answer, maxBytes);
  if (refusal === null) return answer;
  drop(answer);
  throw refusal;
}

/** Nobody reads it any more, nor hears of how it ends. */
function drop(answer: IncomingMessage): void {
  answer.on('error', () => {});
  answer.destroy();
}

function refusalOf({ statusCode, headers }: IncomingMessage, maxBytes: number): MediaProblem | null {
  if (statusCode !== 200) return unreachable(null);
  // It was asked not to pack; what is packed all the same may unpack to any size.
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding !== 'identity') return unreachable(null);
  const said = Number(headers['content-length'] ?? 0);
  return said > maxBytes ? tooLarge(said) : null;
}

function blocked(): MediaProblem {
  return new MediaProblem('blocked', 'not loaded: its address is not a public one');
}

function unreachable(cause: unknown): MediaProblem {
  return new MediaProblem('unreachable', 'could not be loaded', { cause });
}
