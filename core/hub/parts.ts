import type { Accounts } from '../community/accounts/accounts.ts';
import type { LiveEvents } from '../community/events/live-events.ts';
import type { Library } from '../community/library/library.ts';
import type { Timers } from '../community/timers/timers.ts';
import type { HubId } from '../domain/ids.ts';
import type { HttpServer } from '../http/server.ts';
import type { Marks } from '../media/marks.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { Health } from '../ops/health.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { OpenedArchive } from '../store/archive/archive.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Archiving } from './archiving.ts';
import type { Directs } from './directs.ts';
import type { HooksIn } from './hooks-in.ts';
import type { HooksOut } from './hooks-out.ts';
import type { OpenedHouseRules } from './house-rules.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { Moderation } from './moderation.ts';
import type { Order } from './order.ts';
import type { People } from './people.ts';
import type { LivePortals } from './portals.ts';
import type { Privacy } from './privacy.ts';
import type { Routing } from './routing.ts';
import type { OpenedTokens } from './tokens.ts';

export type { HubOptions } from './options.ts';

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
  readonly directs: Directs;
  readonly moderation: Moderation;
  readonly order: Order;
  readonly houseRules: OpenedHouseRules;
  readonly portals: LivePortals;
  readonly liveEvents: LiveEvents;
  readonly accounts: Accounts;
  readonly privacy: Privacy;
  readonly tokens: OpenedTokens;
  readonly hooksIn: HooksIn;
  readonly hooksOut: HooksOut;
  readonly people: People;
  readonly media: MediaStore;
  readonly marks: Marks;
  readonly library: Library;
  readonly health: Health;
  readonly http: HttpServer;
}
