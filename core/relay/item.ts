import type { Seq } from '../domain/ids.ts';
import type { Entry } from '../store/ports.ts';
import { type Concern, concernOf } from './entry.ts';

/** An entry for readers on its way through the lanes of its channel; read once for all of them. */
export interface Item {
  readonly entry: Entry;
  readonly seq: Seq;
  /** How many changes of messages the hub had seen when it came; null for one that was read back from the store. */
  readonly stamp: number | null;
  /** What may have to be sent; null when it is nothing for any room. */
  concern(): Concern | null;
}

/** Null for entries that readers do not get. */
export function createItem(entry: Entry, stamp: number | null): Item | null {
  const { seq } = entry;
  if (seq === null || entry.audience !== 'readers') return null;
  let parsed: { readonly concern: Concern | null } | null = null;
  return {
    entry,
    seq,
    stamp,
    concern() {
      parsed ??= { concern: concernOf(entry) };
      return parsed.concern;
    },
  };
}
