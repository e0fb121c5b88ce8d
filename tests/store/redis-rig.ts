import { type Clock, systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import type { Entry } from '../../core/store/ports.ts';
import { type OpenedRedis, openRedis, type RedisMemory } from '../../core/store/redis/open.ts';
import type { Post } from './suite/steps.ts';

/** What the tests of Redis alone have in common. */

export const NOTHING_SEEN: RedisMemory = { highest: () => [], seqs: () => [] };

export function openHub(
  url: string,
  options: { readonly maxEntries?: number; readonly memory?: RedisMemory; readonly clock?: Clock } = {},
): Promise<OpenedRedis> {
  const { maxEntries = 1_000_000, memory = NOTHING_SEEN, clock = systemClock } = options;
  return openRedis({ url, clock, log: silentLogger, maxEntries, memory });
}

/** The machine's time, with waits made twenty times shorter. */
export const hastyClock: Clock = {
  ...systemClock,
  after: (ms, run) => systemClock.after(ms / 20, run),
};

/** Ids of messages as they stand in the log. */
export function messagesOf(entries: readonly Entry[]): readonly (string | null)[] {
  return entries.filter(({ kind }) => kind === 'message').map(({ message }) => message);
}

export function idsOf(steps: readonly Post[]): readonly string[] {
  return steps.map(({ id }) => id);
}

export function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
