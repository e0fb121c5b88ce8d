import { BridgeError, type BridgeFailure } from 'slipmat-hub/plugin';
import { z } from 'zod';
import type { JoinConfig } from '../config.ts';

const said = z.object({ id: z.string().optional() });

/** Posts or asks one thing at the API. @returns the answer @throws {BridgeError} */
export async function ask(config: JoinConfig, path: string, signal: AbortSignal, body?: object): Promise<string> {
  signal.throwIfAborted();
  let response: Response;
  try {
    response = await fetch(new URL(path, config.url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...credentials(config), 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal,
    });
    if (response.ok) return await response.text();
  } catch (cause) {
    throw noAnswerFailure(cause);
  }
  await response.body?.cancel();
  const failure = failureOf(response.status, response.headers.get('retry-after'), config);
  throw new BridgeError(`matterbridge answered ${response.status}`, failure);
}

export function credentials({ token }: JoinConfig): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** What a refusal means to the hub. A token that is missing is answered with 400, a wrong one with 401. */
export function failureOf(status: number, retryAfter: string | null, { token }: JoinConfig): BridgeFailure {
  if (status === 401 || status === 403 || (status === 400 && token === undefined)) return { kind: 'auth' };
  if (status === 404) return { kind: 'permanent', scope: 'portal' };
  if (status === 429 || status === 503) {
    const seconds = Number(retryAfter);
    return { kind: 'retryable', delivered: 'no', ...(seconds > 0 && { retryAfterMs: Math.ceil(seconds * 1_000) }) };
  }
  if (status >= 500) return { kind: 'retryable', delivered: 'unknown' };
  return { kind: 'permanent', scope: 'command' };
}

/** No answer came. Only a refused connection proves that nothing arrived. */
export function noAnswerFailure(cause: unknown): BridgeError {
  const code = cause instanceof Error ? Object(cause.cause ?? cause).code : undefined;
  const delivered = code === 'ECONNREFUSED' ? 'no' : 'unknown';
  return new BridgeError('matterbridge did not answer', { kind: 'retryable', delivered }, { cause });
}

/** The id that the answer to a post has; empty as a rule. */
export function idIn(text: string): string {
  try {
    const read = said.safeParse(JSON.parse(text));
    return read.success ? (read.data.id ?? '') : '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}
