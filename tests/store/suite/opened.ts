import type { Position } from '../../../core/domain/ids.ts';
import type { Entry, LiveStore, Step, Stored } from '../../../core/store/ports.ts';
import { START } from '../../../core/store/ports.ts';

export { until } from '../../fakes/until.ts';

/** A store over fresh data, on the machine's own clock. */
export interface OpenedForTest {
  readonly store: LiveStore;
  /** Closes the store and opens it again over the same data, as a hub that starts again would. */
  reopen(): Promise<LiveStore>;
  /** Closes the store last opened and throws the data away. */
  close(): Promise<void>;
}
export type OpenForTest = (options?: { readonly maxEntries?: number }) => Promise<OpenedForTest>;

/** What the stores promise differently. */
export interface Traits {
  /** `alone`: no second hub can be there, so that a lease is always granted. */
  readonly leases: 'alone' | 'contended';
}

/** Follows the log from these positions, the very start when there are none, and keeps what it saw. */
export function collect(store: LiveStore, after: readonly Position[] = fromStart(store)): Collected {
  const stopping = new AbortController();
  const entries: Entry[] = [];
  const running = (async () => {
    for await (const batch of store.log.tail(after, stopping.signal)) entries.push(...batch);
  })();
  return {
    entries,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
/** The positions from which everything is read. */
export function fromStart(store: LiveStore): readonly Position[] {
  return Array.from({ length: store.log.shards }, () => START);
}
export interface Collected {
  readonly entries: readonly Entry[];
  stop(): Promise<void>;
}

/** Appends and insists that it was stored. */
export async function stored(store: LiveStore, step: Step): Promise<Extract<Stored, { kind: 'stored' | 'duplicate' }>> {
  const answer = await store.log.append(step);
  if (answer.kind !== 'stored') throw new Error(`not stored: ${JSON.stringify(answer)}`);
  return answer;
}

/** All entries of a shard, in pages. */
export async function wholeShard(store: LiveStore, shard: number): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for (;;) {
    const page = await store.log.range(shard, all.at(-1)?.position ?? START, 500);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Drops everything up to the position, however many calls that takes. @returns how many entries went */
export async function trimAll(store: LiveStore, shard: number, upTo: Position): Promise<number> {
  let dropped = 0;
  for (;;) {
    const now = await store.log.trim(shard, upTo);
    if (now === 0) return dropped;
    dropped += now;
  }
}
