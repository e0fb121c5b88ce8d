import type { Client } from 'discord.js';
import type { RoomId } from '../../core/domain/ids.ts';
import { BridgeError, type HubPort, type SerialByKey } from '../../core/plugin/index.ts';
import type { Api } from './api.ts';
import type { Knowledge } from './knowledge.ts';
import type { Place } from './place.ts';
import type { Recents } from './recents.ts';
import type { Webhooks } from './webhooks.ts';

/** What sending needs, from the sign-in until the stop. */
export interface Session {
  readonly hub: HubPort;
  readonly client: Client<true>;
  readonly api: Api;
  readonly knowledge: Knowledge;
  readonly webhooks: Webhooks;
  /** One request after the other in each room: the client's own queues let an edit overtake a post. */
  readonly turns: SerialByKey<RoomId>;
  /** Ids that the bridge removes itself. */
  readonly removed: Recents<string>;
  /** Posts that were answered for, each with its key, so that another of the same words is not taken for them. */
  readonly confirmed: Recents<string, string>;
}

/** @throws {BridgeError} for a room that is gone, or that the bot may not see */
export function placeFor({ knowledge }: Session, room: RoomId): Place {
  const place = knowledge.place(room);
  if (place !== null) return place;
  throw new BridgeError('discord: the bot cannot see this channel any more', { kind: 'permanent', scope: 'portal' });
}

/** Waits for its turn in the room; gives up without having sent anything when it is aborted meanwhile. */
export function inTurn<T>({ turns }: Session, room: RoomId, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return turns.run(room, async () => {
    if (signal.aborted)
      throw new BridgeError('discord: given up while waiting', { kind: 'retryable', delivered: 'no' });
    return task();
  });
}
