import type { Clock } from '../../async/clock.ts';
import { newSecret } from '../../async/mint.ts';
import type { Epoch } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { LiveState, LiveStore, Signals } from '../ports.ts';
import type { OpenedSql } from '../sql/open.ts';
import { createBridgeState, createDeliveries } from './deliveries.ts';
import { inTurn } from './in-turn.ts';
import { createLeases } from './leases.ts';
import { holdLock } from './lock.ts';
import { createEmbeddedLog } from './log.ts';
import { createMemoryPresence } from './presence.ts';
import { createLogReads, type LogReads } from './reads.ts';
import { createRecent } from './recent.ts';

export interface EmbeddedOptions {
  readonly sql: OpenedSql;
  /** Held for the life of the process, so that a second hub cannot open the same folder. */
  readonly lockFile: string;
  readonly clock: Clock;
  /** At so many entries, posts are refused. */
  readonly maxEntries: number;
  readonly log: Logger;
}

/**
 * The live store of one hub, in its own database file, through the same writer. Close it before the database.
 * @throws {FolderInUse} when another hub has the folder
 */
export async function openEmbedded({ sql, lockFile, clock, maxEntries, log }: EmbeddedOptions): Promise<LiveStore> {
  const unlock = holdLock(lockFile);
  try {
    const { reader, writer } = sql;
    const opened = await writer.ask({ kind: 'open-log', maxEntries, newEpoch: newSecret() });
    if (opened.kind !== 'log-opened') throw new Error(`unexpected answer: ${opened.kind}`);
    const reads = createLogReads(reader);
    const live = createEmbeddedLog({ db: reader, writer, reads, recent: createRecent(opened.head), clock, maxEntries });
    log.info({ starts: opened.starts, head: opened.head }, 'the embedded log is open');
    return {
      log: live,
      live: liveState(reads, opened.epoch as Epoch, sql),
      leases: createLeases(clock, opened.starts),
      deliveries: createDeliveries(reader, writer),
      bridgeState: createBridgeState(reader, writer),
      presence: createMemoryPresence(clock),
      signals: NOBODY_ELSE,
      async close() {
        await live.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** One hub alone. */
const NOBODY_ELSE: Signals = { say() {}, hear: () => () => {} };

/** The log cannot go back behind this hub: its epoch is that of the file. */
function liveState(reads: LogReads, epoch: Epoch, { reader, writer }: OpenedSql): LiveState {
  return {
    snapshot: () => inTurn(reader, () => reads.snapshot()),
    epoch: async () => epoch,
    onEpoch: () => () => {},
    onHealth: (listener) => writer.onHealth(listener),
  };
}
