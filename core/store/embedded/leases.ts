import type { Clock } from '../../async/clock.ts';
import type { EpochMs, HubId } from '../../domain/ids.ts';
import type { Leases } from '../ports.ts';

/** Leases given within one start of the hub; fences of a later start are above all of an earlier one. */
const FENCES_PER_START = 1_000_000_000;

interface Held {
  readonly hub: HubId;
  readonly fence: number;
  readonly until: EpochMs;
}

/** One hub alone holds the folder, so its leases need no more than memory; the fences grow over restarts. */
export function createLeases(clock: Clock, starts: number): Leases {
  const leases = new Map<string, Held>();
  let given = 0;

  const holder = (name: string): Held | null => {
    const held = leases.get(name);
    return held === undefined || held.until <= clock.now() ? null : held;
  };

  function hold(name: string, hub: HubId, fence: number, ttlMs: number): void {
    leases.set(name, { hub, fence, until: (clock.now() + ttlMs) as EpochMs });
  }

  return {
    async take(name, hub, ttlMs) {
      const held = holder(name);
      if (held !== null && held.hub !== hub) return null;
      given += 1;
      const fence = starts * FENCES_PER_START + given;
      hold(name, hub, fence, ttlMs);
      return { fence };
    },
    async renew(name, fence, ttlMs) {
      const held = holder(name);
      if (held === null || held.fence !== fence) return false;
      hold(name, held.hub, fence, ttlMs);
      return true;
    },
    async release(name, fence) {
      if (leases.get(name)?.fence === fence) leases.delete(name);
    },
  };
}
