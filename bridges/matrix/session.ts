import type { SerialByKey } from '../../core/plugin/index.ts';
import type { Client } from './client.ts';
import type { MatrixConfig } from './config.ts';
import type { Directs } from './directs.ts';
import type { Ghosts } from './ghosts.ts';
import type { Media } from './media.ts';
import type { Mutes } from './mutes.ts';
import type { OwnRooms } from './own-rooms.ts';
import type { People } from './people.ts';
import type { Reactions } from './reactions.ts';
import type { Registered } from './registration.ts';
import type { RoomFacts } from './room-facts.ts';

/** One run of the bridge, from its start to its stop. */
export interface Session {
  readonly config: MatrixConfig;
  readonly registered: Registered;
  readonly client: Client;
  /** User id of the bot. */
  readonly bot: string;
  readonly ghosts: Ghosts;
  readonly people: People;
  readonly media: Media;
  readonly rooms: RoomFacts;
  readonly reactions: Reactions;
  readonly directs: Directs;
  readonly mutes: Mutes;
  readonly ownRooms: OwnRooms;
  /** Changes of power levels of a room, one after the other. */
  readonly levels: SerialByKey<string>;
  /** Aborts when the bridge stops. */
  readonly stopping: AbortSignal;
}
