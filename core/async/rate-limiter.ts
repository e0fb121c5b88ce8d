import Memory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import Res from 'rate-limiter-flexible/lib/RateLimiterRes.js';

/* Of the limiters that the library has for many kinds of stores only the one in memory is loaded. */
export const RateLimiterMemory = Memory;
export type RateLimiterMemory = Memory;
export const RateLimiterRes = Res;
export type RateLimiterRes = Res;
