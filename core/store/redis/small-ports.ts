import type { MessageId } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { BridgeState, Deliveries, Leases, Presence } from '../ports.ts';
import { bridgeKey, copiesKey, copyKey, hubsKey, leaseKeys, portalKey } from './keys.ts';
import type { Link } from './link.ts';
import { parsePresent, text } from './reply.ts';

/** Copies can be found for so long. */
const COPIES_MS = 7 * 24 * 3_600_000;

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

export function createDeliveries(link: Link): Deliveries {
  return {
    async load(portal) {
      const [at, inFlight] = await link.use((client) => client.hmget(portalKey(portal), 'at', 'inFlight'));
      return { at: asPosition(at), inFlight: asPosition(inFlight) };
    },
    async begin(portal, fence, entry) {
      return asBegun(text(await link.callOnce('begin', [portalKey(portal)], [String(fence), entry])));
    },
    async settle(portal, fence, entry, { message, refs }) {
      const copies = message === null || refs.length === 0 ? [] : [copiesKey(portal, message)];
      const parts = copies.length === 0 ? [] : refs.map((ref) => copyKey(portal, ref));
      const args = [String(fence), entry, String(COPIES_MS), JSON.stringify(refs), message ?? ''];
      const answer = await link.call('settle', [portalKey(portal), ...copies, ...parts], args);
      return text(answer) === 'ok' ? 'ok' : 'fenced';
    },
    async rewind(portal, to) {
      await link.call('rewind', [portalKey(portal)], [to]);
    },
    async copies(portal, message) {
      const kept = await link.use((client) => client.get(copiesKey(portal, message)));
      return kept === null ? [] : parseRefs(kept);
    },
    messageOf: (portal, ref) => link.use(async (client) => asMessage(await client.get(copyKey(portal, ref)))),
    async forget(portal, ref) {
      const message = asMessage(await link.use((client) => client.get(copyKey(portal, ref))));
      if (message === null) return;
      await link.call('forget', [copiesKey(portal, message), copyKey(portal, ref)], [ref.room, ref.id]);
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

type Loaded = Awaited<ReturnType<Deliveries['load']>>['at'];
function asPosition(value: string | null | undefined): Loaded {
  return (value ?? null) as Loaded;
}

function asMessage(value: string | null): MessageId | null {
  return value as MessageId | null;
}

function asBegun(answer: string): 'go' | 'unknown' | 'fenced' {
  return answer === 'go' || answer === 'unknown' ? answer : 'fenced';
}

function parseRefs(json: string): readonly RemoteRef[] {
  return JSON.parse(json) as readonly RemoteRef[];
}
