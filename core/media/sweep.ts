import type { Clock } from '../async/clock.ts';
import type { HubId } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { Leases } from '../store/ports.ts';
import type { MediaRows } from './rows.ts';
import type { Vault, Withdrawn } from './vault.ts';

const DAY_MS = 86_400_000;
/** Looked at so often whether a day has passed since the last sweep of any hub. */
const LOOK_EVERY_MS = 3_600_000;
/** Nothing younger is taken for a leftover: a transfer may be under way. */
const LEFTOVER_MS = DAY_MS;
const LEASE = 'media-sweep';
const BATCH = 500;
/** What messages gave up is looked for so often. */
const ENDED_EVERY_MS = 30_000;

export interface SweepDeps {
  readonly vault: Vault;
  readonly rows: MediaRows;
  readonly leases: Leases;
  readonly hub: HubId;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Sweeper {
  /** Removes what is over: links, then bytes without a link, then files without bytes in the database. */
  sweep(): Promise<void>;
  /** Files whose messages are gone, once their time is up. Never rejects. */
  sweepEnded(): Promise<void>;
  /** Ends the timer; resolves when nothing is being removed. */
  stop(): Promise<void>;
}

/**
 * Sweeps once a day, on one of the hubs. The lease spares work and no more: sweeping twice, or beside a transfer, harms
 * nothing, since a file is first taken aside and comes back when the database names it again.
 */
export function createSweeper(deps: SweepDeps): Sweeper {
  const { vault, rows, leases, hub, clock, logger } = deps;
  let sweeping: Promise<void> = Promise.resolve();
  let isStopping = false;
  let sweptAt: number | null = null;

  async function sweepInTurn(): Promise<void> {
    if (sweptAt !== null && clock.now() - sweptAt < DAY_MS) return;
    try {
      // never given back: until it runs out no other hub sweeps
      if ((await leases.take(LEASE, hub, DAY_MS - LOOK_EVERY_MS / 2)) === null) return;
      sweptAt = clock.now();
      await sweep();
    } catch (error) {
      logger.warn({ err: error }, 'files that are over were not removed');
    }
  }

  async function sweep(): Promise<void> {
    for (const left of await vault.withdrawn()) await settle(left);
    const links = await rows.dropExpired();
    const files = (await dropOrphans()) + (await dropStrays());
    await vault.tidy(clock.now() - LEFTOVER_MS);
    logger.info({ links, files }, 'files that are over removed');
  }

  async function sweepEnded(): Promise<void> {
    try {
      const hashes = await rows.dropEnded(BATCH);
      for (const hash of hashes) if (!isStopping && (await rows.dropOrphan(hash))) await removeFile(hash);
    } catch (error) {
      logger.warn({ err: error }, 'files that no message carries were not removed');
    }
  }

  async function dropOrphans(): Promise<number> {
    let dropped = 0;
    for (;;) {
      const hashes = await rows.orphans(BATCH);
      let inBatch = 0;
      for (const hash of hashes) {
        if (isStopping) return dropped;
        if (!(await rows.dropOrphan(hash))) continue;
        inBatch += 1;
        await removeFile(hash);
      }
      dropped += inBatch;
      if (hashes.length < BATCH || inBatch === 0) return dropped;
    }
  }

  /** Files that a crash left between the vault and the database. */
  async function dropStrays(): Promise<number> {
    let dropped = 0;
    for await (const hashes of vault.olderThan(clock.now() - LEFTOVER_MS)) {
      if (isStopping) return dropped;
      const known = await rows.known(hashes);
      for (const hash of hashes.filter((one) => !known.has(one))) {
        await removeFile(hash);
        dropped += 1;
      }
    }
    return dropped;
  }

  async function removeFile(hash: string): Promise<void> {
    const withdrawn = await vault.withdraw(hash);
    if (withdrawn !== null) await settle(withdrawn);
  }

  /** Somebody may have stored the same bytes meanwhile and found the file in its place. */
  async function settle(withdrawn: Withdrawn): Promise<void> {
    const isNamed = (await rows.known([withdrawn.hash])).has(withdrawn.hash);
    await (isNamed ? withdrawn.restore() : withdrawn.end());
  }

  const stopLooking = clock.every(LOOK_EVERY_MS, () => {
    sweeping = sweeping.then(sweepInTurn);
  });
  const stopEnded = clock.every(ENDED_EVERY_MS, () => {
    sweeping = sweeping.then(sweepEnded);
  });
  return {
    sweep,
    sweepEnded,
    async stop() {
      isStopping = true;
      stopLooking();
      stopEnded();
      await sweeping;
    },
  };
}
