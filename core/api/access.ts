import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from '../async/rate-limiter.ts';
import type { Actor } from '../domain/inbound.ts';
import { bearerOf, statusOf } from '../http/auth-body.ts';
import { HttpProblem } from '../http/problems.ts';
import type { Verified } from '../plugin/surface.ts';

/** Who comes to the API, and how much they may ask. */
export interface Access {
  /** Counts the request against its token, and tells in the headers what is left. @throws {HttpProblem} */
  enter(request: FastifyRequest, reply: FastifyReply, cost: number): Promise<Actor>;
}

export interface AccessDeps {
  readonly verify: (token: string) => Promise<Verified>;
  /** Of one token, and of those from one address that have no good one. */
  readonly perMinute: number;
}

const MINUTE_S = 60;

export function createAccess({ verify, perMinute }: AccessDeps): Access {
  const ofTokens = new RateLimiterMemory({ points: perMinute, duration: MINUTE_S });
  const ofAddresses = new RateLimiterMemory({ points: perMinute, duration: MINUTE_S });

  function tell(reply: FastifyReply, { remainingPoints, msBeforeNext }: RateLimiterRes): void {
    reply.header('ratelimit-limit', perMinute);
    reply.header('ratelimit-remaining', Math.max(0, remainingPoints));
    reply.header('ratelimit-reset', Math.ceil(msBeforeNext / 1_000));
  }

  async function count(limiter: RateLimiterMemory, key: string, cost: number, reply: FastifyReply): Promise<void> {
    try {
      tell(reply, await limiter.consume(key, cost));
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      tell(reply, spent);
      const retryAfterMs = Math.max(1, spent.msBeforeNext);
      throw new HttpProblem(429, 'rate-limited', 'Too many requests. Wait a little.', { retryAfterMs });
    }
  }

  return {
    async enter(request, reply, cost) {
      const token = bearerOf(request.headers.authorization);
      const verified = token === null ? NO_TOKEN : await verify(token);
      if (!verified.ok) {
        await count(ofAddresses, request.ip, 1, reply);
        reply.header('www-authenticate', 'Bearer');
        throw new HttpProblem(statusOf(verified.code), verified.code, verified.say);
      }
      const { actor } = verified;
      await count(ofTokens, actor.grant?.token ?? actor.user, cost, reply);
      return actor;
    },
  };
}

const NO_TOKEN = {
  ok: false,
  code: 'sign-in',
  say: 'Send a token: Authorization: Bearer slip_…',
} as const;
