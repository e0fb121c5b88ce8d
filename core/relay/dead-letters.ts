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
  list(portals: readonly Portal[]): Promise<readonly PortalLetter[]>;
  /** Tried once more by the hub that serves the portal. @returns how many, null where that is another hub */
  retry(portal: PortalId, seq: Seq | null): Promise<number | null>;
  /** @returns how many are gone */
  drop(portal: PortalId, seq: Seq | null): Promise<number>;
  /** Over all portals; may be a minute old. */
  count(): Promise<number>;
}

export interface DeadLetterParts {
  readonly deliveries: Pick<Deliveries, 'letters' | 'dropLetters'>;
  readonly portals: Pick<Portals, 'list'>;
  readonly courier: Pick<Courier, 'retry'>;
  readonly clock: Pick<Clock, 'elapsed'>;
}

export function createDeadLetters({ deliveries, portals, courier, clock }: DeadLetterParts): DeadLetters {
  let counted: { readonly at: number; readonly count: Promise<number> } | null = null;

  async function list(of: readonly Portal[]): Promise<readonly PortalLetter[]> {
    const found: PortalLetter[] = [];
    for (let start = 0; start < of.length; start += CHUNK) {
      const read = of.slice(start, start + CHUNK).map(async ({ id }) => {
        return (await deliveries.letters(id)).map((letter) => ({ ...letter, portal: id }));
      });
      found.push(...(await Promise.all(read)).flat());
    }
    return found;
  }

  async function wanted(portal: PortalId, seq: Seq | null): Promise<readonly Seq[]> {
    const letters = await deliveries.letters(portal);
    return letters.map((letter) => letter.seq).filter((one) => seq === null || one === seq);
  }

  return {
    list,
    async retry(portal, seq) {
      const letters = await wanted(portal, seq);
      counted = null;
      return courier.retry(portal, letters) ? letters.length : null;
    },
    async drop(portal, seq) {
      const letters = await wanted(portal, seq);
      await deliveries.dropLetters(portal, letters);
      counted = null;
      return letters.length;
    },
    async count() {
      const now = clock.elapsed();
      if (counted === null || now - counted.at > COUNTED_MS) {
        counted = { at: now, count: list(portals.list()).then((letters) => letters.length) };
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
