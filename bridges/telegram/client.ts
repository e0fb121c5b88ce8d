import { type IncomingMessage, Agent as PlainAgent, get as plainGet } from 'node:http';
import { Agent as TlsAgent, get as tlsGet } from 'node:https';
import { Api } from 'grammy';
import type { ApiMethods, Opts } from 'grammy/types';
import { BridgeError } from '../../core/plugin/index.ts';
import type { TelegramConfig } from './config.ts';
import { errorOf } from './failures.ts';

type Answer<M extends keyof ApiMethods> = ReturnType<ApiMethods[M]>;

/** The Bot API, with every failure as a BridgeError that holds no token. */
export interface Client {
  /** @throws {BridgeError} */
  call<M extends keyof ApiMethods>(method: M, payload: Opts<M>, signal: AbortSignal): Promise<Answer<M>>;
  /** The bytes of a file of Telegram; its address never leaves this file. @throws {BridgeError} */
  download(fileId: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Lets go of the connections. */
  close(): void;
}

export function createClient(config: TelegramConfig): Client {
  const { token, apiRoot, pollSeconds } = config;
  const isTls = apiRoot.startsWith('https:');
  const agent = isTls ? new TlsAgent({ keepAlive: true }) : new PlainAgent({ keepAlive: true });
  const { raw } = new Api(token, {
    apiRoot,
    timeoutSeconds: pollSeconds + 20,
    baseFetchConfig: { agent, compress: true },
  });

  const client: Client = {
    async call(method, payload, signal) {
      signal.throwIfAborted();
      try {
        // The library declares each method by itself; together they are one function of payload and signal.
        const run: (...asked: readonly unknown[]) => Promise<Answer<typeof method>> = raw[method] as never;
        // These two take no payload.
        const isBare = method === 'getMe' || method === 'getWebhookInfo';
        return await (isBare ? run(signal) : run(payload, signal));
      } catch (thrown) {
        throw errorOf(method, thrown);
      }
    },
    async download(fileId, signal) {
      const { file_path: path } = await client.call('getFile', { file_id: fileId }, signal);
      if (path === undefined) throw unreachable('it has no path');
      return open(`${apiRoot}/file/bot${token}/${path}`, signal);
    },
    close: () => agent.destroy(),
  };
  return client;

  function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = (isTls ? tlsGet : plainGet)(url, { agent, signal }, (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(unreachable(`answered with ${response.statusCode}`));
      });
      asked.once('error', (error) => reject(unreachable(error.name)));
    });
  }
}

function unreachable(why: string): BridgeError {
  return new BridgeError(`a file of Telegram cannot be read: ${why}`, { kind: 'retryable', delivered: 'no' });
}
