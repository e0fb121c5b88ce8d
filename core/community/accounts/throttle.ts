import { RateLimiterMemory, RateLimiterRes } from '../../async/rate-limiter.ts';
import { addressKey, isLoopback } from './address.ts';

/** Attempts and the seconds they are counted over. What is refused counts too; a sign-in that succeeds counts only as such. */
const LIMITS = {
  address: { points: 20, duration: 15 * 60 },
  nameAtAddress: { points: 5, duration: 15 * 60 },
  /** Loose: guessing from many addresses slows down; addresses that the name has signed in from never meet it. */
  name: { points: 100, duration: 60 * 60 },
  /** With the right password: each costs the hub a hash and a session, and nobody needs so many. */
  right: { points: 60, duration: 15 * 60 },
  signUp: { points: 20, duration: 60 * 60 },
} as const;
const MAX_KNOWN = 50_000;

export type Gate = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/** Counts attempts in the memory of this hub. Names are given as skeletons, so that spelling gives no new start. */
export interface Throttle {
  /** To be asked before the password is looked at. */
  enterSignIn(name: string, address: string): Promise<Gate>;
  /** The password was right. */
  signedIn(name: string, address: string): Promise<void>;
  /** The attempt was not judged: it does not count. */
  giveBack(name: string, address: string): Promise<void>;
  enterSignUp(address: string): Promise<Gate>;
}

export function createThrottle(): Throttle {
  const byAddress = new RateLimiterMemory(LIMITS.address);
  const byNameAtAddress = new RateLimiterMemory(LIMITS.nameAtAddress);
  const byName = new RateLimiterMemory(LIMITS.name);
  const byRight = new RateLimiterMemory(LIMITS.right);
  const bySignUp = new RateLimiterMemory(LIMITS.signUp);
  const known = createKnown();

  async function giveBack(name: string, address: string): Promise<void> {
    const at = addressKey(address);
    await byAddress.reward(at);
    await byNameAtAddress.reward(pair(name, at));
    if (!known.has(pair(name, at))) await byName.reward(name);
  }
  return {
    async enterSignIn(name, address) {
      const at = addressKey(address);
      const before = await byRight.get(name);
      if (before !== null && before.consumedPoints >= LIMITS.right.points) {
        return { ok: false, retryAfterMs: before.msBeforeNext };
      }
      const first = await enter(byAddress, at);
      if (!first.ok) return first;
      const second = await enter(byNameAtAddress, pair(name, at));
      if (!second.ok || known.has(pair(name, at))) return second;
      return enter(byName, name);
    },
    async signedIn(name, address) {
      await giveBack(name, address);
      await byRight.penalty(name);
      const key = pair(name, addressKey(address));
      await byNameAtAddress.delete(key);
      known.add(key);
    },
    giveBack,
    async enterSignUp(address) {
      return isLoopback(address) ? { ok: true } : enter(bySignUp, addressKey(address));
    },
  };
}

function pair(name: string, at: string): string {
  return `${at} ${name}`; // an address has no space in it
}

async function enter(limiter: RateLimiterMemory, key: string): Promise<Gate> {
  try {
    await limiter.consume(key);
    return { ok: true };
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return { ok: false, retryAfterMs: refusal.msBeforeNext };
    throw refusal;
  }
}

/** Remembers the newest keys, as many as fit. */
function createKnown(): { has(key: string): boolean; add(key: string): void } {
  const keys = new Set<string>();
  return {
    has: (key) => keys.has(key),
    add(key) {
      keys.delete(key);
      keys.add(key);
      const oldest = keys.values().next();
      if (keys.size > MAX_KNOWN && oldest.done === false) keys.delete(oldest.value);
    },
  };
}
