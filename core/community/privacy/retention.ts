import type { Clock } from '../../async/clock.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import type { Timers } from '../timers/timers.ts';
import { dropEntries, dropMessages } from './old-messages.ts';

export interface RetentionDeps {
  readonly sql: Sql;
  readonly timers: Timers;
  /** Null: kept. */
  readonly days: { readonly messagesDays: number | null; readonly seenDays: number | null };
  readonly clock: Clock;
  readonly logger: Logger;
}

const KIND = 'retention';
const DAY_MS = 24 * 3_600_000;
/** Between two parts of a sweep: what people say goes first. */
const PART_MS = 1;
/** In one turn of the timers: other timers wait. */
const MOST_PARTS = 10;
/** What is only of use until every hub has read it. */
const CHANGES_KEPT_DAYS = 7;

/** Where a sweep is. */
export interface At {
  readonly stage: 'messages' | 'entries' | 'rest';
  readonly cursor: number;
}
const FIRST: At = { stage: 'messages', cursor: 0 };

/** Drops what is older than it is kept, once a day, by one of the hubs, in parts between which posts are stored. */
export function startRetention({ sql, timers, days, clock, logger }: RetentionDeps): { start(): Promise<void> } {
  const timer = (at: At, inMs: number) => {
    return { id: KIND, kind: KIND, due: (clock.now() + inMs) as EpochMs, payload: JSON.stringify(at) };
  };

  function beforeOf(kept: number | null): EpochMs | null {
    return kept === null ? null : ((clock.now() - kept * DAY_MS) as EpochMs);
  }

  /** One part. Null: the sweep is through. */
  async function part(at: At): Promise<{ readonly statements: readonly Statement[]; readonly next: At } | null> {
    const before = beforeOf(days.messagesDays);
    switch (at.stage) {
      case 'messages': {
        const dropped = before === null ? null : await dropMessages(sql, before, clock.now());
        return dropped === null ? to('entries') : { statements: dropped, next: at };
      }
      case 'entries': {
        const dropped = before === null ? null : await dropEntries(sql, before, at.cursor);
        return dropped === null
          ? to('rest')
          : { statements: dropped.statements, next: { stage: 'entries', cursor: dropped.cursor } };
      }
      case 'rest':
        if (at.cursor > 0) return null;
        return {
          statements: [...overs(sql, clock.now()), ...unseen(sql, beforeOf(days.seenDays))],
          next: { stage: 'rest', cursor: 1 },
        };
    }
  }

  timers.on(KIND, async ({ payload }) => {
    let at: At = JSON.parse(payload);
    for (let parts = 0; parts < MOST_PARTS; parts += 1) {
      const done = await part(at);
      if (done === null) {
        logger.info({}, 'what is older than it is kept is gone');
        await sql.write([timers.set(timer(FIRST, DAY_MS))]);
        return;
      }
      await sql.write([...done.statements, timers.set(timer(done.next, PART_MS))]);
      at = done.next;
    }
  });

  return {
    async start() {
      const { id, kind, due, payload } = timer(FIRST, 0);
      const insert = sql.build.insertInto('timers').values({ id, kind, due, payload, try_at: due, tries: 0 });
      await sql.write([{ query: insert.onConflict((on) => on.doNothing()).compile() }]);
    },
  };
}

function to(stage: At['stage']): { readonly statements: readonly Statement[]; readonly next: At } {
  return { statements: [], next: { stage, cursor: 0 } };
}

/** Who was in a channel, and not for so long. */
function unseen({ build }: Pick<Sql, 'build'>, before: EpochMs | null): readonly Statement[] {
  if (before === null) return [];
  return [{ query: build.deleteFrom('seen_people').where('last_at', '<', before).compile() }];
}

function overs({ build }: Pick<Sql, 'build'>, now: EpochMs): readonly Statement[] {
  return [
    build
      .deleteFrom('changes')
      .where('is_announced', '=', 1)
      .where('at', '<', now - CHANGES_KEPT_DAYS * DAY_MS),
    build.deleteFrom('link_codes').where('expires_at', '<', now),
    build.deleteFrom('link_requests').where('expires_at', '<', now),
    build.deleteFrom('sessions').where('expires_at', '<', now),
  ].map((one) => ({ query: one.compile() }));
}
