import { DefaultRestOptions, type RawFile, REST, type RouteLike } from 'discord.js';

export interface Ask {
  readonly body?: unknown;
  readonly files?: RawFile[];
  readonly query?: URLSearchParams;
  readonly reason?: string | null;
  /** False where the address itself holds the credential. */
  readonly auth?: boolean;
  readonly signal?: AbortSignal;
}
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Discord over HTTP. Posts are sent once and never again by themselves; the rest may be repeated without harm. */
export interface Api {
  ask(method: Method, route: RouteLike, options?: Ask): Promise<unknown>;
  stop(): void;
}

/** A limit known beforehand that ends so soon is waited out here; a longer one the hub waits out, which has else to do. */
const SHORT_WAIT_MS = 2_500;
const TIMEOUT_MS = 15_000;

export function createApi(token: string, apiRoot: string): Api {
  const once = client(token, apiRoot, 0);
  const repeated = client(token, apiRoot, 3);
  return {
    async ask(method, route, { body, files, query, reason, auth, signal } = {}) {
      signal?.throwIfAborted();
      const options = {
        ...(body !== undefined && { body }),
        ...(files !== undefined && { files }),
        ...(query !== undefined && { query }),
        ...(reason && { reason: reason.slice(0, 128) }),
        ...(auth !== undefined && { auth }),
        ...(signal !== undefined && { signal }),
      };
      return (method === 'post' ? once : repeated)[method](route, options);
    },
    stop() {
      for (const rest of [once, repeated]) {
        rest.clearHandlerSweeper();
        rest.clearHashSweeper();
      }
    },
  };
}

function client(token: string, api: string, retries: number): REST {
  /** Requests that Discord has just turned down: of those the hub is told, however short the wait. */
  const refused = new Set<string>();
  const rest = new REST({
    version: '10',
    api,
    retries,
    timeout: TIMEOUT_MS,
    offset: 0,
    async makeRequest(url, init) {
      const response = await DefaultRestOptions.makeRequest(url, init);
      if (response.status === 429) refused.add(`${init.method} ${url}`);
      return response;
    },
    rejectOnRateLimit: ({ method, url, timeToReset }) =>
      refused.delete(`${method} ${url}`) || timeToReset > SHORT_WAIT_MS,
  });
  return rest.setToken(token);
}
