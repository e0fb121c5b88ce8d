import type { HubPort, RoomId } from 'slipmat-hub/plugin';
import type { IrcConfig } from './config.ts';
import type { People } from './people.ts';
import type { Positions } from './positions.ts';
import type { Pump } from './pump.ts';
import type { RoomBook } from './rooms.ts';
import type { Session } from './session.ts';

/** All that belongs to one connection. */
export interface Link {
  readonly config: IrcConfig;
  readonly hub: HubPort;
  readonly session: Session;
  readonly people: People;
  readonly rooms: RoomBook;
  readonly pump: Pump;
  readonly positions: Positions;
  /** Where the network does not let the bridge speak under other names, though it could. */
  readonly refusedRelay: Set<RoomId>;
}
