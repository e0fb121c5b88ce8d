import type { Clock } from '../async/clock.ts';
import type { EpochMs, Position } from '../domain/ids.ts';
import type { Portal, Portals } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import type { LiveStore } from '../store/ports.ts';
import type { Archiving } from './archiving.ts';

const KEEP_MS = 30_000;
/** Portals asked for at once. */
const CHUNK = 200;

export interface KeepParts {
  readonly portals: Portals;
  readonly store: Pick<LiveStore, 'log' | 'deliveries'>;
  readonly archiving: Pick<Archiving, 'keep'>;
  readonly outageMs: number;
  readonly hotMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The archiver trims nothing that a portal has still to send by itself; after a longer outage the portal sends one
 * line. What is younger than an outage is mostly kept anyway, and then no portal is asked for.
 */
export function keepForPortals(parts: KeepParts): { keep(): Promise<void>; stop(): void } {
  const { portals, store, archiving, outageMs, hotMs, clock, log } = parts;
  if (outageMs <= hotMs) return { keep: async () => undefined, stop: () => undefined };

  async function keep(): Promise<void> {
    try {
      archiving.keep(await lowest());
    } catch (error) {
      log.warn({ err: error }, 'how far the portals are could not be read; what was kept for them stays');
    }
  }

  async function lowest(): Promise<readonly (Position | null)[]> {
    const found: (Position | null)[] = Array.from({ length: store.log.shards }, () => null);
    const since = (clock.now() - outageMs) as EpochMs;
    const oldest = await Promise.all(found.map((_, shard) => store.log.positionAt(shard, since)));
    const served = portals.legs().filter(({ direction }) => direction !== 'in');
    for (let start = 0; start < served.length; start += CHUNK) {
      for (const { shard, at } of await Promise.all(served.slice(start, start + CHUNK).map(placeOf))) {
        const [limit, before] = [oldest[shard], found[shard] ?? null];
        if (at === null || limit === undefined || store.log.isBefore(at, limit)) continue;
        if (before === null || store.log.isBefore(at, before)) found[shard] = at;
      }
    }
    return found;
  }

  async function placeOf({ id, scope }: Portal) {
    return { shard: store.log.shardOf(scope), at: (await store.deliveries.load(id)).at };
  }

  let keeping: Promise<void> | null = null;
  const stop = clock.every(KEEP_MS, () => {
    keeping ??= keep().finally(() => {
      keeping = null;
    });
  });
  return { keep, stop };
}
