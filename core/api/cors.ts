import type { FastifyInstance } from 'fastify';

/** Headers that a page of another origin may send, and may read. */
const SENT = 'authorization, content-type, idempotency-key, last-event-id';
const READ = 'ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, allow';
const DAY_S = 86_400;

/** Pages of any origin may come: nothing here goes by a cookie, and a token is no page's that was not given it. */
export function allowAnyOrigin(app: FastifyInstance, path: string): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*');
    reply.header('access-control-expose-headers', READ);
  });
  app.options(`${path}/*`, (_request, reply) => {
    reply.header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
    reply.header('access-control-allow-headers', SENT);
    reply.header('access-control-max-age', DAY_S);
    reply.code(204).send();
  });
}
