import type { JukeboxConfig } from './config.ts';
import { answerFailure, noAnswerFailure } from './failures.ts';

/** Asks Jukebox one thing. @throws {BridgeError} */
export async function ask(config: JukeboxConfig, path: string, signal: AbortSignal, body?: object): Promise<unknown> {
  signal.throwIfAborted();
  let response: Response;
  try {
    response = await fetch(new URL(path, config.url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-jukebox-key': config.key, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    if (response.ok) return await response.json();
  } catch (cause) {
    throw noAnswerFailure(cause);
  }
  throw await answerFailure(response);
}
