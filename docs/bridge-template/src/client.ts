import type { AcmeConfig } from './config.ts';
import { answerFailure, noAnswerFailure } from './failures.ts';

/** Asks Acme one thing. @throws {BridgeError} */
export async function ask(config: AcmeConfig, path: string, signal: AbortSignal, body?: object): Promise<unknown> {
  signal.throwIfAborted();
  let response: Response;
  try {
    response = await fetch(new URL(path, config.url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${config.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    if (response.ok) return await response.json();
  } catch (cause) {
    throw noAnswerFailure(cause);
  }
  throw answerFailure(response);
}
