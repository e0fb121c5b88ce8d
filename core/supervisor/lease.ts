import { type Clock, pause } from '../async/clock.ts';
import { jitter } from '../async/mint.ts';
import type { HubId } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { Leases } from '../store/ports.ts';

export const LEASE_TTL_MS = 5_000;
export const LEASE_RENEW_MS = 1_500;
/** The lease counts as lost this long before it ends for everybody else. */
export const LEASE_MARGIN_MS = 500;

export interface LeaseDeps {
  readonly leases: Leases;
  readonly hub: HubId;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A lease held by this hub, renewed until it is lost or given back. */
export interface HeldLease {
  readonly fence: number;
  /** Aborts at once when another hub has it or when it could not be renewed in time. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Waits until the lease is free and takes it; null when the signal aborts first.
 * @param onWait called when somebody else has it, or nobody can say
 */
export async function waitForLease(
  name: string,
  signal: AbortSignal,
  deps: LeaseDeps,
  onWait: () => void,
): Promise<HeldLease | null> {
  const { leases, hub, clock, logger } = deps;
  while (!signal.aborted) {
    const askedAt = clock.elapsed();
    try {
      const taken = await leases.take(name, hub, LEASE_TTL_MS);
      if (taken !== null) return hold(name, taken.fence, askedAt, deps);
    } catch (error) {
      logger.warn({ lease: name, say: error instanceof Error ? error.name : '' }, 'lease cannot be asked for');
    }
    onWait();
    await pause(clock, LEASE_TTL_MS / 3 + jitter() * 200, signal);
  }
  return null;
}

function hold(name: string, fence: number, takenAt: number, deps: LeaseDeps): HeldLease {
  const { leases, clock, logger } = deps;
  const lost = new AbortController();
  let renewedAt = takenAt;
  let isAsking = false;

  function lose(why: string): void {
    stopChecking();
    if (lost.signal.aborted) return;
    logger.warn({ lease: name, fence, why }, 'lease lost');
    lost.abort();
  }

  async function renew(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    const askedAt = clock.elapsed();
    try {
      if (await leases.renew(name, fence, LEASE_TTL_MS)) renewedAt = askedAt;
      else lose('taken over');
    } catch (error) {
      logger.warn({ lease: name, say: error instanceof Error ? error.name : '' }, 'lease not renewed');
    } finally {
      isAsking = false;
    }
  }

  /** By the own clock, for the store may be silent: then nobody tells that the time is up. */
  function check(): void {
    const ageMs = clock.elapsed() - renewedAt;
    if (ageMs > LEASE_TTL_MS - LEASE_MARGIN_MS) lose('not renewed in time');
    else if (ageMs >= LEASE_RENEW_MS) void renew();
  }
  const stopChecking = clock.every(LEASE_RENEW_MS / 6, check);

  return {
    fence,
    lost: lost.signal,
    async release() {
      stopChecking();
      if (lost.signal.aborted) return;
      lost.abort();
      try {
        await leases.release(name, fence);
      } catch (error) {
        logger.warn({ lease: name, say: error instanceof Error ? error.name : '' }, 'lease left to run out');
      }
    },
  };
}
