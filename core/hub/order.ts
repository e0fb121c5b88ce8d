import { stepKey } from '../async/mint.ts';
import { type CrewGuests, createCrewGuests } from '../community/crew/guests.ts';
import { createModes, type Modes } from '../community/moderation/modes.ts';
import { createQueue, type Queue } from '../community/moderation/queue.ts';
import { createReportRows } from '../community/moderation/report-rows.ts';
import { createReports, type Reports } from '../community/moderation/reports.ts';
import { createSettings, type Settings } from '../community/moderation/settings.ts';
import type { Timers } from '../community/timers/timers.ts';
import type { BridgeId, ChannelId } from '../domain/ids.ts';
import { createLastingPictures } from '../media/lasting-pictures.ts';
import { type Step, StoreUnavailable } from '../store/ports.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { Moderation } from './moderation.ts';
import type { HubOptions } from './options.ts';
import type { Routing } from './routing.ts';

/** What keeps channels in good order: what is held, what is reported, how calm they are kept, what is set for them. */
export interface Order {
  readonly queue: Queue;
  readonly reports: Reports;
  readonly modes: Modes;
  readonly settings: Settings;
  readonly crewGuests: CrewGuests;
  /** For steps that no right decides; this hub knows of it once it resolves. */
  append(step: Step): Promise<void>;
  /** Calls back when something was reported in a channel, or decided. */
  onReports(listener: (channel: ChannelId) => void): void;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly knowledge: Knowledge;
  readonly routing: Routing;
  readonly moderation: Moderation;
  readonly timers: Timers;
}

export function createOrder(parts: Parts, { clock, config }: HubOptions): Order {
  const { sql, live, knowledge, routing, moderation, timers } = parts;
  const { facts, held, directory, recent, firstHeard, history, karma, tail } = knowledge;
  const { log } = live.store;
  const { untilFresh } = routing;
  const { finder, audit } = moderation.desk;

  async function append(step: Step): Promise<void> {
    const stored = await log.append(step);
    if (stored.kind === 'stored' || stored.kind === 'duplicate')
      await tail.reached(log.shardOf(step.scope), stored.position);
    else if (stored.kind !== 'conflict') throw new StoreUnavailable(`it was not stored: ${stored.kind}`);
  }

  const common = {
    facts,
    untilFresh,
    append,
    sql,
    clock,
    karmaOf: karma.karmaOf,
    channels: directory.channels,
    finder,
  };
  const ofReports = new Set<(channel: ChannelId) => void>();
  return {
    append,
    onReports: (listener) => void ofReports.add(listener),
    queue: createQueue({ ...common, held, recent, audit }),
    reports: createReports({
      ...common,
      history,
      firstHeard,
      rows: createReportRows(sql),
      onChange(channel) {
        for (const listener of ofReports) listener(channel);
      },
      redact: ({ by, channel, id, reason }) =>
        routing.ask({
          actor: by,
          request: { kind: 'redaction', channel, id, reason },
          origin: { bridge: 'reports' as BridgeId, ref: null },
          key: stepKey('uphold', id, by.user),
          clientKey: null,
          again: false,
        }),
    }),
    modes: createModes({ ...common, timers }),
    settings: createSettings({
      ...common,
      directory,
      pictures: createLastingPictures(sql, config.publicUrl, clock.now),
    }),
    crewGuests: createCrewGuests({ ...common, directory }),
  };
}
