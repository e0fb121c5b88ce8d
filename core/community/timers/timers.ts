import { backoffMs } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** Something that is to be done at a time, kept over restarts. */
export interface Timer {
  /** Made from its cause, such as `lift:ENTRY`: the same cause makes one timer. */
  readonly id: string;
  /** Which handler does it. */
  readonly kind: string;
  readonly due: EpochMs;
  /** JSON, for the handler. */
  readonly payload: string;
}

/**
 * Does what is due. It may be called again for the same timer, after a crash or on another hub: whatever it appends is
 * keyed by the timer's id, so that it takes effect once. Rejects: it is tried again later, ever more rarely.
 */
export type Fire = (timer: Timer) => Promise<void>;

/** Durable timers; also what must follow a transaction even if the hub falls right after it: such a one is due at once. */
export interface Timers {
  /** Belongs into the transaction of its cause. One with the same id is replaced. */
  set(timer: Timer): Statement;
  /** Belongs into the transaction of what makes it needless. */
  cancel(id: string): Statement;
  /** One handler a kind, given before the hub has started. */
  on(kind: string, fire: Fire): void;
  /** Does this one now, on this hub, if it is due: for what follows a change whose answer waits for it. */
  hurry(id: string): Promise<void>;
  /** Does all that is due. Called each second by the one hub that holds the lease. */
  sweep(): Promise<void>;
}

export interface TimerDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Done in one sweep; what is left comes with the next. */
const MOST_AT_ONCE = 100;
const RETRY = { baseMs: 1_000, capMs: 60_000 };

interface Row extends Timer {
  readonly tries: number;
}

export function createTimers({ sql, clock, logger }: TimerDeps): Timers {
  const handlers = new Map<string, Fire>();

  function dueNow() {
    return sql.build.selectFrom('timers').selectAll().where('try_at', '<=', clock.now());
  }

  async function fire(timer: Row): Promise<void> {
    const handler = handlers.get(timer.kind);
    try {
      if (handler === undefined) throw new Error('no handler: it was set by another version of the hub');
      await handler(timer);
    } catch (error) {
      logger.warn({ err: error, timer: timer.id, tries: timer.tries + 1 }, 'a timer failed; it is tried again');
      return putOff(timer);
    }
    // one that was set anew meanwhile stays
    const gone = sql.build.deleteFrom('timers').where('id', '=', timer.id).where('due', '=', timer.due);
    await sql.write([{ query: gone.where('payload', '=', timer.payload).compile() }]);
  }

  async function putOff({ id, due, tries }: Row): Promise<void> {
    const later = sql.build
      .updateTable('timers')
      .set({ try_at: clock.now() + backoffMs(tries + 1, RETRY), tries: tries + 1 })
      .where('id', '=', id)
      .where('due', '=', due);
    await sql.write([{ query: later.compile() }]);
  }

  return {
    set({ id, kind, due, payload }) {
      const row = { kind, due, payload, try_at: due, tries: 0 };
      const insert = sql.build.insertInto('timers').values({ id, ...row });
      return { query: insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).compile() };
    },
    cancel: (id) => ({ query: sql.build.deleteFrom('timers').where('id', '=', id).compile() }),
    on(kind, handler) {
      handlers.set(kind, handler);
    },
    async hurry(id) {
      for (const row of await sql.read(dueNow().where('id', '=', id).compile())) await fire(timerOf(row));
    },
    async sweep() {
      const rows = await sql.read(dueNow().orderBy('try_at').limit(MOST_AT_ONCE).compile());
      for (const row of rows) await fire(timerOf(row));
    },
  };
}

function timerOf(row: { id: string; kind: string; due: number; payload: string; tries: number }): Row {
  return { id: row.id, kind: row.kind, due: row.due as EpochMs, payload: row.payload, tries: row.tries };
}
