import { type RawFile, REST, type RouteLike } from 'discord.js';

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

/** A limit that ends sooner is waited out; a longer one is handed to the hub, which knows what else to do meanwhile. */
const SHORT_WAIT_MS = 1_000;
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
  const rest = new REST({
    version: '10',
    api,
    retries,
    timeout: TIMEOUT_MS,
    offset: 0,
    rejectOnRateLimit: ({ timeToReset, retryAfter }) => Math.max(timeToReset, retryAfter) > SHORT_WAIT_MS,
  });
  return rest.setToken(token);
}
