import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
}

/** One who calls the API with a token. */
export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answered>;

export function caller(url: string, token: string | null): Caller {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
}

export interface ApiStage extends TestHub {
  as(token: string | null): Caller;
  /** A token for programs of somebody who has signed in. */
  token(session: string, wish: { scopes: readonly string[]; channel?: string; expiresAt?: number }): Promise<string>;
}

export async function apiStage(options: TestHubOptions = {}): Promise<ApiStage> {
  const hub = await startTestHub({ ...options, config: { limits: LIMITS, ...options.config } });
  return {
    ...hub,
    as: (token) => caller(hub.url, token),
    async token(session, wish) {
      const made = await caller(hub.url, session)('POST', '/tokens', { name: 'test', ...wish });
      if (made.status !== 201) throw new Error(`no token: ${JSON.stringify(made.body)}`);
      return made.body.secret;
    },
  };
}

const LIMITS = { postsPerSecond: 1_000, postBurst: 10_000, maxConnectionsPerAddress: 20_000, apiPerMinute: 100_000 };
