import { hash } from 'node:crypto';
import { createSerialByKey, type HubPort } from '../../core/plugin/index.ts';
import { type AtMost, createAtMost } from './at-most.ts';

/** Many small values that last over restarts, in a few of the hub's state values; the oldest go. */
export interface Kept {
  get(key: string): Promise<string | undefined>;
  /** Resolves once it is kept. */
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Of one state value; far below what it may hold. */
const MAX_BYTES = 40_000;

/** @param shards how many state values; each holds `most` at most */
export function createKept(state: HubPort['state'], name: string, shards: number, most: number): Kept {
  const loaded = new Map<number, Promise<AtMost<string>>>();
  const writing = createSerialByKey<number>(10_000);
  const shardOf = (key: string): number => hash('sha256', key, 'buffer').readUInt16BE() % shards;

  async function load(shard: number): Promise<AtMost<string>> {
    const values = createAtMost<string>(most);
    for (const [key, value] of parsePairs(await state.load(`${name}:${shard}`))) values.set(key, value);
    return values;
  }

  function shardAt(shard: number): Promise<AtMost<string>> {
    const known = loaded.get(shard) ?? load(shard);
    loaded.set(shard, known);
    // what could not be read is read again
    known.catch(() => loaded.delete(shard));
    return known;
  }

  function change(key: string, apply: (values: AtMost<string>) => void): Promise<void> {
    const shard = shardOf(key);
    return writing.run(shard, async () => {
      const values = await shardAt(shard);
      apply(values);
      let json = JSON.stringify(values.entries());
      while (Buffer.byteLength(json) > MAX_BYTES) {
        for (const [old] of values.entries().slice(0, 20)) values.delete(old);
        json = JSON.stringify(values.entries());
      }
      await state.save(`${name}:${shard}`, json);
    });
  }

  return {
    get: async (key) => (await shardAt(shardOf(key))).get(key),
    set: (key, value) => change(key, (values) => values.set(key, value)),
    delete: (key) => change(key, (values) => values.delete(key)),
  };
}

function parsePairs(json: string | null): readonly (readonly [string, string])[] {
  const read: unknown = json === null ? [] : JSON.parse(json);
  if (!Array.isArray(read)) return [];
  return read.flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return [];
    const [key, value]: readonly unknown[] = pair;
    return typeof key === 'string' && typeof value === 'string' ? [[key, value] as const] : [];
  });
}
