import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import type { Accounts } from '../community/accounts/accounts.ts';
import type { PasswordCost } from '../community/accounts/passwords.ts';
import type { LiveEvents } from '../community/events/live-events.ts';
import type { HubPresence } from '../community/presence.ts';
import type { Timers } from '../community/timers/timers.ts';
import type { HubId } from '../domain/ids.ts';
import type { HttpServer } from '../http/server.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { Outside } from '../media/outside.ts';
import type { Health } from '../ops/health.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { BuiltIns } from '../plugin/load.ts';
import type { OpenedArchive } from '../store/archive/archive.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Archiving } from './archiving.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { Moderation } from './moderation.ts';
import type { Order } from './order.ts';
import type { LivePortals } from './portals.ts';
import type { Routing } from './routing.ts';

export interface HubOptions {
  readonly config: HubConfig;
  /** What comes with the hub; `main.ts` hands it in. */
  readonly builtIns: BuiltIns;
  /** Platform name of people who have their account here: that of the native surface. */
  readonly nativePlatform: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Folder of the built web app. */
  readonly webRoot: string;
  readonly version: string;
  /** Tests hash cheaply. */
  readonly passwordCost?: PasswordCost;
  /** Tests fetch files from this machine; else the public internet alone is reached. */
  readonly outside?: Outside;
}

/** Everything that a hub is made of. */
export interface HubParts {
  readonly id: HubId;
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  /** Handlers are given before the hub has started. */
  readonly timers: Timers;
  readonly archive: OpenedArchive;
  readonly archiving: Archiving;
  readonly knowledge: Knowledge;
  readonly metrics: Metrics;
  readonly routing: Routing;
  readonly moderation: Moderation;
  readonly order: Order;
  readonly portals: LivePortals;
  readonly liveEvents: LiveEvents;
  readonly accounts: Accounts;
  readonly presence: HubPresence;
  readonly media: MediaStore;
  readonly health: Health;
  readonly http: HttpServer;
}
