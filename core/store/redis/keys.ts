import type { BridgeId, MessageId, PortalId, ScopeId } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';

/** Fixed for ever: another number would look for a scope's entries in another shard. */
export const SHARDS = 16;

/*
 * Every key carries the tag of its shard, on a single Redis too, so that a cluster needs no renaming.
 * What belongs to a scope lives in the scope's shard; portals, leases and bridges are spread by their own names.
 */

export function logKey(shard: number): string {
  return `${tagOf(shard)}log`;
}
export function epochKey(): string {
  return `${tagOf(0)}epoch`;
}
/** Hash of what is fixed at the first start: how many shards, which archive, which cap. */
export function factsKey(): string {
  return `${tagOf(0)}facts`;
}
export function hubsKey(): string {
  return `${tagOf(0)}on`;
}
export function leaseKeys(name: string): readonly [lease: string, fence: string] {
  const tag = tagOf(shardOfName(name));
  return [`${tag}lease:${name}`, `${tag}fence:${name}`];
}
export function bridgeKey(bridge: BridgeId): string {
  return `${tagOf(shardOfName(bridge))}cursor:${bridge}`;
}
export function portalKey(portal: PortalId): string {
  return `${tagOf(shardOfName(portal))}portal:${portal}`;
}
export function lettersKey(portal: PortalId): string {
  return `${tagOf(shardOfName(portal))}letters:${portal}`;
}
export function copiesKey(portal: PortalId, message: MessageId): string {
  return `${tagOf(shardOfName(portal))}copies:${portal}:${message}`;
}
export function copyKey(portal: PortalId, ref: RemoteRef): string {
  return `${tagOf(shardOfName(portal))}copy:${JSON.stringify([portal, ref.room, ref.id])}`;
}

/** The shard of a scope. Never to be changed: see SHARDS. */
export function shardOf(scope: ScopeId): number {
  return shardOfName(scope);
}

function tagOf(shard: number): string {
  return `slipmat:{s${shard}}:`;
}

/** FNV-1a of 32 bits over UTF-16 units. */
function shardOfName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHARDS;
}
