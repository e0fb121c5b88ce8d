import type { Clock } from '../async/clock.ts';
import type { PortalId, Seq } from '../domain/ids.ts';
import type { Portal, Portals } from '../domain/portal.ts';
import type { DeadLetter, Deliveries } from '../store/ports.ts';
import type { Courier } from './courier.ts';

/** Portals read at once. */
const CHUNK = 200;
/** How old the count may be that metrics and readiness show. */
const COUNTED_MS = 60_000;

export interface PortalLetter extends DeadLetter {
  readonly portal: PortalId;
}

/** What was given up, for the operator. */
export interface DeadLetters {
  /** Oldest first within a portal. */
  list(portals: readonly Pick<Portal, 'id'>[]): Promise<readonly PortalLetter[]>;
  /** Tried once more by the hub that serves the portal. @returns how many, null where that is another hub */
  retry(portal: PortalId, seq: Seq | null): Promise<number | null>;
  /** @returns how many are gone */
  drop(portal: PortalId, seq: Seq | null): Promise<number>;
  /** Over all portals; may be a minute old. */
  count(): Promise<number>;
}

export interface DeadLetterParts {
  readonly deliveries: Pick<Deliveries, 'letters' | 'dropLetters'>;
  readonly portals: Pick<Portals, 'legs'>;
  readonly courier: Pick<Courier, 'retry'>;
  readonly clock: Pick<Clock, 'elapsed'>;
}

interface Wanted {
  readonly leg: PortalId;
  readonly seqs: readonly Seq[];
}

function countOf(letters: readonly Wanted[]): number {
  return letters.reduce((sum, { seqs }) => sum + seqs.length, 0);
}

export function createDeadLetters({ deliveries, portals, courier, clock }: DeadLetterParts): DeadLetters {
  let counted: { readonly at: number; readonly count: Promise<number> } | null = null;

  async function list(of: readonly Pick<Portal, 'id'>[]): Promise<readonly PortalLetter[]> {
    const wanted = new Set(of.map(({ id }) => id));
    const legs = portals.legs().filter((leg) => wanted.has(leg.of));
    const found: PortalLetter[] = [];
    for (let start = 0; start < legs.length; start += CHUNK) {
      const read = legs.slice(start, start + CHUNK).map(async (leg) => {
        return (await deliveries.letters(leg.id)).map((letter) => ({ ...letter, portal: leg.of }));
      });
      found.push(...(await Promise.all(read)).flat());
    }
    return found;
  }

  /** By leg; numbers of two channels may be the same, and then both are meant. */
  async function wanted(portal: PortalId, seq: Seq | null): Promise<readonly Wanted[]> {
    const legs = portals.legs().filter((leg) => leg.of === portal);
    const found = await Promise.all(
      legs.map(async ({ id }) => {
        const letters = await deliveries.letters(id);
        return { leg: id, seqs: letters.map((letter) => letter.seq).filter((one) => seq === null || one === seq) };
      }),
    );
    return found.filter(({ seqs }, index) => index === 0 || seqs.length > 0);
  }

  return {
    list,
    async retry(portal, seq) {
      const letters = await wanted(portal, seq);
      counted = null;
      const isServed = letters.map(({ leg, seqs }) => courier.retry(leg, seqs)).some((is) => is);
      return isServed ? countOf(letters) : null;
    },
    async drop(portal, seq) {
      const letters = await wanted(portal, seq);
      for (const { leg, seqs } of letters) await deliveries.dropLetters(leg, seqs);
      counted = null;
      return countOf(letters);
    },
    async count() {
      const now = clock.elapsed();
      if (counted === null || now - counted.at > COUNTED_MS) {
        counted = {
          at: now,
          count: list(portals.legs().map((leg) => ({ id: leg.of }))).then((letters) => letters.length),
        };
      }
      try {
        return await counted.count;
      } catch (error) {
        counted = null;
        throw error;
      }
    },
  };
}
