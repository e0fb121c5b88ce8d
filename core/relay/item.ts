import type { Seq } from '../domain/ids.ts';
import type { Entry } from '../store/ports.ts';
import { type Concern, concernOf } from './entry.ts';

/** An entry for readers on its way through the lanes of its channel; read once for all of them. */
export interface Item {
  readonly entry: Entry;
  readonly seq: Seq;
  /** How it came to the lane. */
  readonly arrival: Arrival;
  /** What may have to be sent; null when it is nothing for any room. */
  concern(): Concern | null;
}

/** What the hub knew when it read an entry. */
export interface Arrival {
  /** How many changes of messages it had seen by then. */
  readonly stamp: number;
  /** Read back from the store: what it quotes may have changed before. */
  readonly isReadBack: boolean;
}

/** Null for entries that readers do not get. */
export function createItem(entry: Entry, arrival: Arrival): Item | null {
  const { seq } = entry;
  if (seq === null || entry.audience !== 'readers') return null;
  let parsed: { readonly concern: Concern | null } | null = null;
  return {
    entry,
    seq,
    arrival,
    concern() {
      parsed ??= { concern: concernOf(entry) };
      return parsed.concern;
    },
  };
}
