import type { MatrixConfig } from './config.ts';
import { NoAnswer, Refusal, readError } from './failures.ts';

const ANSWER_MS = 20_000;
const UPLOAD_MS = 60_000;

export interface Ask {
  /** The ghost as which it is done; absent: the bot. */
  readonly as?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
}

/** The client API of the homeserver, for the bot and all ghosts: one token, one client. */
export interface Client {
  /** @throws {Refusal | NoAnswer} also as soon as the signal aborts, then it may have been done all the same */
  call(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, ask: Ask, signal: AbortSignal): Promise<unknown>;
  /** @returns the mxc address. @throws {Refusal | NoAnswer} */
  upload(bytes: Buffer, type: string, name: string, signal: AbortSignal): Promise<string>;
  /** The bytes behind an mxc address. @throws {Refusal | NoAnswer} */
  download(mxc: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/** The SDK is loaded here, for it takes long and is needed by nothing but a client. */
export async function createClient(
  { homeserverUrl }: Pick<MatrixConfig, 'homeserverUrl'>,
  token: string,
): Promise<Client> {
  const { LogLevel, LogService, MatrixClient } = await import('matrix-bot-sdk');
  // It would print what the hub logs itself, and bodies of answers with it.
  LogService.setLogger(SILENT);
  LogService.setLevel(LogLevel.ERROR);
  const sdk = new MatrixClient(homeserverUrl, token);

  return {
    async call(method, path, { as, query = {}, body }, signal) {
      if (signal.aborted) throw new NoAnswer('aborted', false);
      const qs = { ...query, ...(as !== undefined && { user_id: as }) };
      const asked = sdk.doRequest(
        method,
        `/_matrix/client${path}`,
        qs,
        body ?? (method === 'GET' ? null : {}),
        ANSWER_MS,
      );
      return within(asked, signal);
    },
    async upload(bytes, type, name, signal) {
      if (signal.aborted) throw new NoAnswer('aborted', false);
      const path = '/_matrix/media/v3/upload';
      const asked = sdk.doRequest(
        'POST',
        path,
        { filename: name },
        bytes,
        UPLOAD_MS,
        false,
        type || 'application/octet-stream',
      );
      const answer: unknown = await within(asked, signal);
      const mxc = typeof answer === 'object' && answer !== null && 'content_uri' in answer ? answer.content_uri : null;
      if (typeof mxc !== 'string' || parseMxc(mxc) === null) throw new Refusal('no content_uri', 500, null);
      return mxc;
    },
    async download(mxc, signal) {
      const place = parseMxc(mxc);
      if (place === null) throw new Refusal('M_NOT_FOUND', 404, null);
      const url = `${homeserverUrl}/_matrix/client/v1/media/download/${place}`;
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(url, { headers, signal }).catch(() => {
        throw new NoAnswer('no answer', false);
      });
      if (answer.ok && answer.body !== null) return answer.body;
      await answer.body?.cancel();
      throw new Refusal(`HTTP_${answer.status}`, answer.status, null);
    },
  };
}

const SILENT = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** `mxc://server/id` as it stands in the path of a request; null: no such address. */
export function parseMxc(mxc: string): string | null {
  const found = /^mxc:\/\/([A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_-]{1,255})$/.exec(mxc);
  return found === null ? null : `${encodeURIComponent(found[1] ?? '')}/${found[2] ?? ''}`;
}

function within<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(new NoAnswer('aborted', true));
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    asked
      .then(resolve, (error: unknown) => reject(readError(error)))
      .finally(() => signal.removeEventListener('abort', give));
  });
}
