import { z } from 'zod';
import type { TwitchConfig } from './config.ts';
import { answerError } from './failures.ts';
import { type Answer, request } from './http.ts';

/** Whose token it is, and what it may do. */
export interface Identity {
  readonly userId: string;
  readonly login: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  /** How much longer the token is good. */
  readonly expiresInMs: number;
}
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
}

/** Null: Twitch refuses it, and will again. Other troubles are thrown. */
export interface OAuth {
  validate(access: string, signal: AbortSignal): Promise<Identity | null>;
  refresh(refresh: string, signal: AbortSignal): Promise<TokenPair | null>;
}

const identity = z.object({
  client_id: z.string(),
  login: z.string(),
  user_id: z.string(),
  scopes: z.array(z.string()).nullish(),
  expires_in: z.number(),
});
const pair = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1) });

/** The two questions of `id.twitch.tv` that a bot asks. */
export function createOAuth(config: Pick<TwitchConfig, 'clientId' | 'clientSecret' | 'endpoints'>): OAuth {
  const root = config.endpoints.oauth;
  return {
    async validate(access, signal) {
      const headers = { authorization: `OAuth ${access}` };
      const answer = await request({ method: 'GET', url: `${root}/validate`, headers, body: null }, signal);
      if (answer.status === 401) return null;
      const { client_id, login, user_id, scopes, expires_in } = read('the token check', answer, identity);
      return {
        userId: user_id,
        login,
        clientId: client_id,
        scopes: new Set(scopes ?? []),
        // tokens of some old applications never expire, which is told as 0
        expiresInMs: expires_in <= 0 ? Number.POSITIVE_INFINITY : expires_in * 1_000,
      };
    },
    async refresh(refresh, signal) {
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refresh,
        client_id: config.clientId,
        ...(config.clientSecret === null ? {} : { client_secret: config.clientSecret }),
      });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await request({ method: 'POST', url: `${root}/token`, headers, body: form.toString() }, signal);
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return null;
      const { access_token, refresh_token } = read('the renewal of the token', answer, pair);
      return { access: access_token, refresh: refresh_token };
    },
  };
}

function read<T>(what: string, answer: Answer, schema: z.ZodType<T>): T {
  const parsed = answer.status === 200 ? schema.safeParse(answer.body) : null;
  if (parsed?.success) return parsed.data;
  throw answerError(what, answer.status === 200 ? { ...answer, status: 502 } : answer, 'command');
}
