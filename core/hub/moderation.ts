import { type Audit, createAudit } from '../community/audit.ts';
import { createPeopleFinder } from '../community/moderation/find-people.ts';
import { createLastMinutes } from '../community/moderation/last-minutes.ts';
import { createLifts } from '../community/moderation/lifts.ts';
import { createSanctions, type EventsOfBans, type Sanctions } from '../community/moderation/sanctions.ts';
import { createSanctionsDesk, type SanctionsDesk } from '../community/moderation/sanctions-desk.ts';
import { createEverywhere } from '../community/moderation/sanctions-everywhere.ts';
import { createSanctionQuestions, type SanctionQuestions } from '../community/moderation/sanctions-questions.ts';
import { createUndo } from '../community/moderation/undo.ts';
import type { Timers } from '../community/timers/timers.ts';
import type { ScopeId } from '../domain/ids.ts';
import { isRunning } from '../domain/live-event.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { HubOptions } from './options.ts';
import type { Routing } from './routing.ts';

/** What is done to people, and what is written down of it. */
export interface Moderation {
  readonly sanctions: Sanctions;
  readonly desk: SanctionsDesk;
  readonly audit: Audit;
  readonly questions: SanctionQuestions;
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly knowledge: Knowledge;
  readonly routing: Routing;
  readonly timers: Timers;
}

const RETENTION_MS = 60 * 60_000;

export function openModeration(parts: Parts, { config, clock, log: logger }: HubOptions): Moderation {
  const { sql, live, knowledge, routing, timers } = parts;
  const { facts, directory, karma, recent, history } = knowledge;
  const { untilFresh } = routing;
  const { log } = live.store;
  const events = eventsOf(directory);
  const caughtUp = async (scope: ScopeId): Promise<void> => {
    const shard = log.shardOf(scope);
    const head = (await log.heads())[shard];
    if (head !== undefined) await knowledge.tail.reached(shard, head);
  };
  const finder = createPeopleFinder({
    recent,
    sql,
    message: async (channel, id) => (await history.message(channel, id))?.message.author ?? null,
  });
  const audit = createAudit({ sql, finder, keepDays: config.retention.auditDays, clock });
  const sanctions = createSanctions({ facts, karma, events, untilFresh, caughtUp, clock });
  const desk = createSanctionsDesk({
    sanction: sanctions.sanction,
    undo: createUndo({ sql, directory, facts, karma, untilFresh, clock }),
    everywhere: createEverywhere({ facts, directory, log, untilFresh, caughtUp, timers, sql, clock }),
    redactLast: createLastMinutes({ recent, sql, caughtUp, route: routing.ask, clock }),
    finder,
    audit,
    karma,
    effectOf: ({ cause }) => audit.effectOf(cause),
    facts,
    untilFresh,
    sql,
    clock,
  });
  const lifts = createLifts({ facts, shards: log.shards, events, untilFresh, clock, logger });
  lifts.start();
  const stopSweeping = clock.every(RETENTION_MS, () => {
    audit.sweep().catch((error: unknown) => logger.warn({ err: error }, 'what is old could not be dropped yet'));
  });
  return {
    sanctions,
    desk,
    audit,
    questions: createSanctionQuestions({ facts, directory, desk }),
    async stop() {
      stopSweeping();
      await lifts.stop();
    },
  };
}

/** Bans of an event's moderators end with it. */
function eventsOf({ events }: Knowledge['directory']): EventsOfBans {
  return {
    runningIn({ kind, id, owner }) {
      if (owner === null) return null;
      const running = events.ofDj(owner).filter(({ state }) => isRunning(state));
      const own = kind === 'event' ? running.find(({ channel }) => channel === id) : running[0];
      return own?.id ?? null;
    },
    isOver: (event) => !events.current().some(({ id }) => id === event),
  };
}
