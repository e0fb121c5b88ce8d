import type { Clock } from '../../async/clock.ts';
import type { ChannelId, EpochMs, HubId, UserId } from '../../domain/ids.ts';
import type { Presence, PresentUser } from '../ports.ts';

interface Told {
  readonly connected: ReadonlyMap<ChannelId, readonly PresentUser[]>;
  readonly until: EpochMs;
}

/** Who is connected, in memory: it ends with the process, as the connections do. */
export function createMemoryPresence(clock: Clock): Presence {
  const hubs = new Map<HubId, Told>();

  function forgetOld(): void {
    for (const [hub, { until }] of hubs) if (until <= clock.now()) hubs.delete(hub);
  }

  return {
    async beat(hub, connected, ttlMs) {
      hubs.set(hub, { connected: new Map(connected), until: (clock.now() + ttlMs) as EpochMs });
    },
    async connected(channel) {
      forgetOld();
      const people = new Map<UserId, PresentUser>();
      for (const { connected } of hubs.values()) {
        for (const person of connected.get(channel) ?? []) people.set(person.user, person);
      }
      return [...people.values()];
    },
    async leave(hub) {
      hubs.delete(hub);
    },
  };
}
