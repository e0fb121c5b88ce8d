import type { LiveEvents } from '../community/events/live-events.ts';
import { createHookAsked, type HookAsked } from '../community/hooks-in/deeds.ts';
import { createHooks } from '../community/hooks-in/hooks.ts';
import { createHookPosting, type HookPosting } from '../community/hooks-in/post.ts';
import type { BridgeId } from '../domain/ids.ts';
import { isOver } from '../domain/live-event.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Knowledge } from './knowledge.ts';
import type { HubOptions } from './options.ts';
import type { Order } from './order.ts';
import type { Routing } from './routing.ts';

/** Webhooks by which others post. */
export interface HooksIn extends HookAsked {
  readonly posting: HookPosting;
}

interface Parts {
  readonly sql: OpenedSql;
  readonly knowledge: Knowledge;
  readonly order: Pick<Order, 'append'>;
  readonly routing: Pick<Routing, 'ask'>;
  readonly media: Pick<MediaStore, 'port'>;
  readonly liveEvents: Pick<LiveEvents, 'onHappened'>;
}

export function openHooksIn(parts: Parts, { config, clock }: HubOptions): HooksIn {
  const { sql, knowledge, order, routing, liveEvents } = parts;
  const { directory, facts } = knowledge;
  const hooks = createHooks({ sql, clock });
  const media = parts.media.port(':hooks' as BridgeId);
  liveEvents.onHappened(async ({ event }) => {
    if (isOver(event.state)) await hooks.removeOf(event.id);
  });
  const { publicUrl } = config;
  return {
    ...createHookAsked({ hooks, facts, directory, media, append: order.append, publicUrl, clock }),
    posting: createHookPosting({ hooks, directory, media, route: routing.ask }),
  };
}
