import {
  createPrivacyDeeds,
  createPrivacyDesk,
  createPrivacyQuestions,
  type PrivacyDesk,
} from '../community/privacy/desk.ts';
import { createErasing, type Erasing } from '../community/privacy/erase.ts';
import { type DataPage, dataOf } from '../community/privacy/export.ts';
import { fileAt } from '../community/privacy/redacting.ts';
import { startRetention } from '../community/privacy/retention.ts';
import { createRetiring } from '../community/privacy/retiring.ts';
import type { Timers } from '../community/timers/timers.ts';
import type { Attachment } from '../domain/content.ts';
import type { BridgeId, UserId } from '../domain/ids.ts';
import type { Leg } from '../domain/portal.ts';
import { dropFiles } from '../media/drop-files.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { untilArchived } from '../store/backup/until-archived.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { HubOptions } from './options.ts';
import type { LivePortals } from './portals.ts';

/** What is kept of people, for how long, and how it goes. */
export interface Privacy {
  readonly desk: PrivacyDesk;
  readonly erasing: Erasing;
  readonly deeds: ReturnType<typeof createPrivacyDeeds>;
  readonly questions: ReturnType<typeof createPrivacyQuestions>;
  dataOf(user: UserId, after: string | null): Promise<DataPage>;
  readonly dropFiles: (files: readonly Attachment[]) => Promise<void>;
  /** Bridges are there: copies and ghosts of people go by them. */
  reachBy(bridges: {
    /** Rooms, and people who are written to in private. */
    readonly legs: () => readonly Leg[];
    readonly live: (bridge: BridgeId) => Bridge | null;
  }): void;
  /** The daily sweep begins. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly knowledge: Knowledge;
  readonly timers: Timers;
  readonly portals: LivePortals;
  readonly media: MediaStore;
}

/** One look at whether the archive has all: else it is looked again at the next turn. */
const LOOK_MS = 500;

export function openPrivacy(parts: Parts, { config, clock, log: logger }: HubOptions): Privacy {
  const { sql, live, knowledge, timers, portals, media } = parts;
  const { directory, history, held } = knowledge;
  const { log, deliveries } = live.store;
  const archived = async (): Promise<boolean> => {
    const tooLong = new AbortController();
    const cancel = clock.after(LOOK_MS, () => tooLong.abort());
    try {
      return await untilArchived({ log, sql, clock }, tooLong.signal);
    } finally {
      cancel();
    }
  };
  const isPresent = async (users: readonly UserId[]): Promise<boolean> => {
    const channels = new Set(users.flatMap((user) => directory.channelsFor(user)).map(({ id }) => id));
    for (const channel of channels) {
      const there = await live.store.presence.connected(channel);
      if (there.some(({ user }) => users.includes(user))) return true;
    }
    return false;
  };
  let legs: () => readonly Leg[] = portals.legs;
  const bridges = config.bridges.map(({ id }) => id as BridgeId);
  const retiring = createRetiring({ sql, bridges, clock, logger });
  const erasing = createErasing({
    sql,
    directory,
    timers,
    log,
    deliveries,
    legs: () => legs(),
    retiring,
    held,
    head: (scope, id) => history.head(scope, id),
    message: (channel, id) => history.message(channel, id),
    archived,
    isPresent,
    truncate: sql.writer.truncate,
    dropFiles: (ids) => dropFiles(media, sql, ids),
    clock,
    logger,
  });
  const deps = { sql, directory, erasing };
  const desk = createPrivacyDesk(deps);
  const retention = startRetention({ sql, timers, days: config.retention, clock, logger });
  return {
    desk,
    erasing,
    deeds: createPrivacyDeeds(desk),
    questions: createPrivacyQuestions(deps),
    dataOf: (user, after) => dataOf(sql, directory.sameAs(user), after),
    dropFiles: (files) =>
      dropFiles(
        media,
        sql,
        files.flatMap(({ url }) => fileAt(url) ?? []),
      ),
    reachBy(reach) {
      legs = reach.legs;
      retiring.start(reach.live);
    },
    start: retention.start,
    stop: retiring.stop,
  };
}
