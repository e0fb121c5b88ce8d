import type { Clock } from '../async/clock.ts';
import type { Seq } from '../domain/ids.ts';
import type { Entry } from '../store/ports.ts';
import { type Concern, concernOf } from './entry.ts';
import type { Touched } from './touched.ts';

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
  /** By `clock.elapsed`. */
  readonly at: number;
  /** How many changes of messages it had seen by then. */
  readonly stamp: number;
  /** Read back from the store: what it quotes may have changed before. */
  readonly isReadBack: boolean;
}

/** Of what is read back now. */
export function arrivalNow({
  of,
  deps,
}: {
  readonly of: { readonly touched: Pick<Touched, 'stamp'> };
  readonly deps: { readonly clock: Pick<Clock, 'elapsed'> };
}): Arrival {
  return { at: deps.clock.elapsed(), stamp: of.touched.stamp(), isReadBack: true };
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
