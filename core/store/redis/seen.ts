import type { ChannelId, Position, ScopeId, Seq } from '../../domain/ids.ts';
import { type Entry, START } from '../ports.ts';
import { shardOf } from './keys.ts';
import { isPosition, laterOf } from './position.ts';

/** What this hub or its archive has seen of the log, should Redis come back with less. */
export interface RedisMemory {
  /** The highest position of each shard; may be empty, and places of another kind of store are passed over. */
  highest(): readonly Position[];
  seqs(): readonly { readonly scope: ScopeId; readonly channel: ChannelId; readonly seq: Seq }[];
}

/** The memory that was handed in, together with what passed through this store since it was opened. */
export interface Seen {
  note(entry: Pick<Entry, 'shard' | 'position' | 'channel' | 'seq'>): void;
  highest(shard: number): Position;
  seqs(shard: number): ReadonlyMap<ChannelId, Seq>;
}

export function createSeen(shards: number, memory: RedisMemory): Seen {
  const positions: Position[] = Array.from({ length: shards }, () => START);
  const newest = Array.from({ length: shards }, () => new Map<ChannelId, Seq>());

  return {
    note({ shard, position, channel, seq }) {
      positions[shard] = laterOf(positions[shard] ?? START, position);
      if (channel !== null && seq !== null) raise(newest[shard], channel, seq);
    },
    highest(shard) {
      const remembered = memory.highest()[shard] ?? START;
      const own = positions[shard] ?? START;
      return isPosition(remembered) ? laterOf(own, remembered) : own;
    },
    seqs(shard) {
      const all = new Map(newest[shard]);
      for (const { scope, channel, seq } of memory.seqs()) if (shardOf(scope) === shard) raise(all, channel, seq);
      return all;
    },
  };
}

function raise(seqs: Map<ChannelId, Seq> | undefined, channel: ChannelId, seq: Seq): void {
  if (seqs !== undefined && seq > (seqs.get(channel) ?? 0)) seqs.set(channel, seq);
}
