import type { ScopeId } from '../domain/ids.ts';
import type { Log } from './ports.ts';

const EVERYWHERE = 'every:';

/** One scope for each shard, whatever they own: what is for everyone goes to all of them. By shard. */
export function everyShard(log: Pick<Log, 'shards' | 'shardOf'>): readonly ScopeId[] {
  const found: ScopeId[] = [];
  for (let n = 0, left = log.shards; left > 0; n += 1) {
    const scope = `${EVERYWHERE}${n}` as ScopeId;
    const shard = log.shardOf(scope);
    if (found[shard] !== undefined) continue;
    found[shard] = scope;
    left -= 1;
  }
  return found;
}

/** Whether what stands in this scope holds in every channel of its shard. */
export function isEverywhere(scope: ScopeId): boolean {
  return scope.startsWith(EVERYWHERE);
}
