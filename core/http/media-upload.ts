import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from '../async/rate-limiter.ts';
import type { Accounts } from '../community/accounts/accounts.ts';
import type { UserId } from '../domain/ids.ts';
import { sayBytes } from '../media/media-problem.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { MediaTaken } from '../plugin/media.ts';
import { bearerOf, statusOf } from './auth-body.ts';
import { HttpProblem } from './problems.ts';

export interface MediaUpload {
  readonly media: Pick<MediaStore, 'upload'>;
  readonly accounts: Pick<Accounts, 'verify'>;
  readonly limits: { readonly maxBytes: number; readonly uploadsPerMinute: number };
}

/** Of one person at the same time. */
const MOST_AT_ONCE = 3;
const MAX_NAME = 300;

/**
 * One file a request, as the bare body: it goes to disk as it comes, its progress can be shown and it can be cancelled
 * by itself. Its name stands in the query, where any language fits.
 */
export function mediaUpload(app: FastifyInstance, { media, accounts, limits }: MediaUpload): void {
  const limiter = new RateLimiterMemory({ points: limits.uploadsPerMinute, duration: 60 });
  const underWay = new Map<UserId, number>();

  async function uploaderOf(request: FastifyRequest): Promise<UserId> {
    const token = bearerOf(request.headers.authorization);
    const verified = token === null ? null : await accounts.verify(token);
    if (verified?.ok === false) throw new HttpProblem(statusOf(verified.code), verified.code, verified.say);
    if (verified === null || verified.actor.isGuest) throw new HttpProblem(401, 'sign-in', 'Sign in first.');
    if (verified.actor.grant?.scopes.includes('post') === false) {
      throw new HttpProblem(403, 'forbidden', 'This token lacks the scope post.');
    }
    return verified.actor.user;
  }

  async function oneMore<T>(user: UserId, task: () => Promise<T>): Promise<T> {
    const now = underWay.get(user) ?? 0;
    if (now >= MOST_AT_ONCE) throw tooFast(1_000);
    underWay.set(user, now + 1);
    try {
      await counted(limiter, user);
      return await task();
    } finally {
      const left = (underWay.get(user) ?? 1) - 1;
      if (left === 0) underWay.delete(user);
      else underWay.set(user, left);
    }
  }

  app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', (_request, body, done) => done(null, body));
    routes.post<{ Body: Readable | undefined; Querystring: { name?: unknown } }>(
      '/api/media',
      { config: { isSlowBody: true } },
      async (request, reply) => {
        const user = await uploaderOf(request);
        const { body } = request;
        if (body === undefined) throw new HttpProblem(400, 'bad-request', 'There is nothing in it.');
        const offer = {
          source: { kind: 'stream', open: async () => body } as const,
          name: nameOf(request.query.name),
          bytes: sizeOf(request.headers['content-length']),
          alt: null,
          isSpoiler: false,
        };
        const gone = new AbortController();
        reply.raw.once('close', () => gone.abort());
        const taken = await oneMore(user, () => media.upload(offer, gone.signal));
        if (!taken.ok) throw problemOf(taken, limits.maxBytes);
        return reply.code(201).header('cache-control', 'no-store').send({ attachment: taken.attachment });
      },
    );
  });
}

async function counted(limiter: RateLimiterMemory, user: UserId): Promise<void> {
  try {
    await limiter.consume(user);
  } catch (spent) {
    if (spent instanceof RateLimiterRes) throw tooFast(Math.max(1, spent.msBeforeNext));
    throw spent;
  }
}

function tooFast(retryAfterMs: number): HttpProblem {
  return new HttpProblem(429, 'rate-limited', 'Too many files at once. Wait a little.', { retryAfterMs });
}

function nameOf(name: unknown): string {
  if (name === undefined) return 'file';
  if (typeof name === 'string' && name.length <= MAX_NAME) return name;
  throw new HttpProblem(400, 'bad-request', `The name must be a text of at most ${MAX_NAME} characters.`, {
    field: 'name',
  });
}

function sizeOf(header: string | undefined): number | null {
  return header === undefined ? null : Number(header);
}

function problemOf({ code, say }: Extract<MediaTaken, { ok: false }>, maxBytes: number): HttpProblem {
  switch (code) {
    case 'too-large':
      return new HttpProblem(413, 'too-large', `${say}. At most ${sayBytes(maxBytes)} are taken.`);
    case 'unsupported':
    case 'blocked':
      return new HttpProblem(400, 'bad-request', `It cannot be taken: ${say}.`);
    case 'unreachable':
      return new HttpProblem(503, 'unavailable', `It did not arrive: ${say}.`, { retryAfterMs: 2_000 });
    default:
      return code satisfies never;
  }
}
