import type { BridgeState, Leases, Presence } from '../ports.ts';
import { bridgeKey, hubsKey, leaseKeys } from './keys.ts';
import type { Link } from './link.ts';
import { parsePresent, text } from './reply.ts';

export function createLeases(link: Link): Leases {
  return {
    async take(name, hub, ttlMs) {
      const fence = Number(text(await link.call('take', leaseKeys(name), [hub, String(ttlMs)])));
      return fence === 0 ? null : { fence };
    },
    async renew(name, fence, ttlMs) {
      return text(await link.call('renew', leaseKeys(name), [String(fence), String(ttlMs)])) === '1';
    },
    async release(name, fence) {
      await link.call('release', leaseKeys(name), [String(fence)]);
    },
  };
}

export function createBridgeState(link: Link): BridgeState {
  return {
    load: (bridge, name) => link.use((client) => client.hget(bridgeKey(bridge), name)),
    async save(bridge, name, value) {
      await link.use((client) => client.hset(bridgeKey(bridge), name, value));
    },
  };
}

export function createPresence(link: Link): Presence {
  return {
    async beat(hub, connected, ttlMs) {
      const people = [...connected].flatMap(([channel, users]) => [channel, JSON.stringify(users)]);
      await link.call('beat', [hubsKey()], [hub, String(ttlMs), ...people]);
    },
    connected: async (channel) => parsePresent(await link.call('connected', [hubsKey()], [channel])),
    async leave(hub) {
      await link.call('leave', [hubsKey()], [hub]);
    },
  };
}
