import type { Clock } from '../async/clock.ts';
import type { EpochMs, Position } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { Log } from '../store/ports.ts';
import type { Sql } from '../store/sql/sql.ts';

const LOOK_MS = 30_000;
const LATE_MS = 5 * 60_000;
/** How long a step's key is remembered: afterwards the archive knows it. */
const KEEP_MS = 15 * 60_000;
const KEEP_LATE_MS = 24 * 3_600_000;

/** Whether the archive lags, whichever hub archives: until it has caught up, repeats are told by the log alone. */
export interface LagWatch {
  keepKeysMs(): number;
  start(log: Log): void;
  stop(): void;
}

export function createLagWatch({ sql, clock, logger }: { sql: Sql; clock: Clock; logger: Logger }): LagWatch {
  let isLate = false;
  let stopLooking = (): void => {};

  async function look(log: Log): Promise<void> {
    const marks = await sql.read(sql.build.selectFrom('archive_marks').selectAll().compile());
    const byShard = new Map(marks.map(({ shard, position }) => [shard, position as Position]));
    const heads = await log.heads();
    const late = await Promise.all(
      heads.map(async (head, shard) => {
        const mark = byShard.get(shard);
        if (mark === undefined || !log.isBefore(mark, head)) return false;
        return log.isBefore(mark, await log.positionAt(shard, (clock.now() - LATE_MS) as EpochMs));
      }),
    );
    isLate = late.includes(true);
  }

  return {
    keepKeysMs: () => (isLate ? KEEP_LATE_MS : KEEP_MS),
    start(log) {
      stopLooking = clock.every(LOOK_MS, () => {
        look(log).catch((error: unknown) => {
          isLate = true;
          logger.warn({ err: error }, 'how far the archive is could not be read; keys are kept for longer');
        });
      });
    },
    stop: () => stopLooking(),
  };
}
