import { RateLimiterMemory, RateLimiterRes } from '../async/rate-limiter.ts';
import type { UserId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';

/** A search reads more than anything else that is asked: of one person so many a minute. */
const PER_MINUTE = 30;
/** Whoever comes without an account is somebody else with each connection: all of them together have so many. */
const OF_ALL_GUESTS = 120;

export interface SearchLimit {
  /** Whether this person may search now; it counts. */
  take(actor: Actor): Promise<boolean>;
}

/** @param sameAs everybody who is one person with a user */
export function createSearchLimit(sameAs: (user: UserId) => readonly UserId[]): SearchLimit {
  const people = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });
  const guests = new RateLimiterMemory({ points: OF_ALL_GUESTS, duration: 60 });

  async function consume(limiter: RateLimiterMemory, key: string): Promise<boolean> {
    try {
      await limiter.consume(key);
      return true;
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      return false;
    }
  }

  return {
    take: ({ user, isGuest }) =>
      isGuest ? consume(guests, 'guests') : consume(people, [...sameAs(user)].sort()[0] ?? user),
  };
}
