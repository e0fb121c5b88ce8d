import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../community/accounts/accounts.ts';
import type { Outcome, Problem, SignedIn } from '../community/accounts/outcome.ts';
import type { Verified } from '../plugin/surface.ts';
import { StoreUnavailable } from '../store/ports.ts';
import { bearerOf, parseJson, type RouteProblem, readBody, statusOf } from './auth-body.ts';

/** The part of the accounts that is reached over HTTP. */
export type AuthAccounts = Pick<
  Accounts,
  'signUp' | 'signIn' | 'signInWithToken' | 'claimFirstAdmin' | 'signOut' | 'verify'
>;

const MAX_BODY_BYTES = 16 * 1024;

const name = z.string().max(200);
const password = z.string().max(1_000);
const secret = z.string().min(1).max(200);

export const signUpBody = z.strictObject({ name, password, invite: secret.nullish() });
export const signInBody = z.strictObject({ name, password });
export const siteTokenBody = z.strictObject({ token: z.string().min(1).max(4_096) });
export const claimBody = z.strictObject({ claim: secret, name, password });

/**
 * Sign-in over HTTP. A body must be JSON by its type, so that no form of another site can post here; nothing here
 * reads a cookie.
 */
export function authRoutes(app: FastifyInstance, { accounts }: { readonly accounts: AuthAccounts }): void {
  app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, parseJson);
    routes.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    routes.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));

    routes.post('/api/sign-up', async (request, reply) => {
      const body = readBody(signUpBody, request.body);
      if (!body.ok) return refuse(reply, body);
      const { invite = null, ...form } = body.value;
      return answer(reply, await accounts.signUp({ ...form, invite, address: request.ip }));
    });
    routes.post('/api/sign-in', async (request, reply) => {
      const body = readBody(signInBody, request.body);
      return body.ok
        ? answer(reply, await accounts.signIn({ ...body.value, address: request.ip }))
        : refuse(reply, body);
    });
    routes.post('/api/sign-in-token', async (request, reply) => {
      const body = readBody(siteTokenBody, request.body);
      return body.ok ? answer(reply, await accounts.signInWithToken(body.value.token)) : refuse(reply, body);
    });
    routes.post('/api/claim', async (request, reply) => {
      const body = readBody(claimBody, request.body);
      if (!body.ok) return refuse(reply, body);
      return answer(reply, await accounts.claimFirstAdmin(body.value.claim, body.value.name, body.value.password));
    });
    routes.post('/api/sign-out', async (request, reply) => {
      const token = bearerOf(request.headers.authorization);
      if (token === null || !(await accounts.signOut(token))) return refuse(reply, NOT_SIGNED_IN);
      return reply.code(204).send();
    });
    routes.get('/api/me', async (request, reply) => {
      const token = bearerOf(request.headers.authorization);
      return token === null ? refuse(reply, NOT_SIGNED_IN) : answerMe(reply, await accounts.verify(token));
    });
  });
}

const NOT_SIGNED_IN: RouteProblem = {
  code: 'sign-in',
  say: 'Sign in first.',
  field: null,
  retryAfterMs: null,
};

function answer(reply: FastifyReply, outcome: Outcome<SignedIn>): FastifyReply {
  if (!outcome.ok) return refuse(reply, outcome);
  const { token, actor, isAdmin } = outcome.value;
  return reply.send({ token, user: actor.user, name: actor.name, platform: actor.platform, isAdmin });
}

function answerMe(reply: FastifyReply, verified: Verified): FastifyReply {
  if (!verified.ok) {
    return refuse(reply, { code: verified.code, say: verified.say, field: null, retryAfterMs: null });
  }
  const { user, name: shown, platform, avatarUrl, isGuest } = verified.actor;
  return reply.send({ user, name: shown, platform, avatarUrl, isGuest, isAdmin: verified.isAdmin });
}

function refuse(reply: FastifyReply, { code, say, field, retryAfterMs }: RouteProblem | Problem): FastifyReply {
  if (retryAfterMs !== null) reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
  return reply.code(statusOf(code)).send({ code, say, field, retryAfterMs });
}

/** What was thrown: a request that fastify refused, the store away, or a fault of ours, which is told to the log alone. */
function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  const plain = { field: null, retryAfterMs: null };
  if (error instanceof StoreUnavailable) {
    return refuse(reply, { ...plain, code: 'unavailable', say: 'The hub cannot reach its database. Try again soon.' });
  }
  if (status === 429) {
    return refuse(reply, { ...plain, code: 'rate-limited', say: 'Too many requests. Try again soon.' });
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return reply
      .code(status)
      .send({ ...plain, code: 'bad-request', say: SAY_STATUS[status] ?? 'The request is wrong.' });
  }
  request.log.error({ err: error }, 'request failed');
  return reply.code(500).send({ ...plain, code: 'unavailable', say: 'Something went wrong on the hub.' });
}

const SAY_STATUS: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON.',
  413: `The body is larger than ${MAX_BODY_BYTES / 1024} KB.`,
  415: 'Send JSON, with the content type application/json.',
};
