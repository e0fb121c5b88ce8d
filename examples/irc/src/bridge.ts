import { type Bridge, type BridgeFailure, type HubPort, pause, withDeadline } from 'slipmat-hub/plugin';
import type { IrcConfig } from './config.ts';
import { settleIn } from './history.ts';
import { onLine } from './inbound.ts';
import type { Link } from './link.ts';
import { capabilitiesOf } from './outbound.ts';
import { createPeople } from './people.ts';
import { createPositions } from './positions.ts';
import { createPump } from './pump.ts';
import { openSession } from './register.ts';
import { createRoomBook, type RoomBook } from './rooms.ts';
import type { Session } from './session.ts';

const STOP_MS = 3_000;
const JOINS_MS = 15_000;
/** Removed so often within this time, the bridge is not wanted: somebody must look. */
const MAX_REMOVALS = 3;
const REMOVALS_MS = 600_000;

/** One connection to one network. When it breaks, the hub starts the bridge again. */
export function createBridge(config: IrcConfig, hub: HubPort): Bridge {
  let link: Link | null = null;
  let removals: readonly number[] = [];

  async function start(signal: AbortSignal): Promise<void> {
    const positions = createPositions(hub);
    await positions.load();
    const session = await openSession(config, hub.clock, (line) => void (link && onLine(line, link)), signal);
    const own = linkOf(session, positions);
    link = own;
    void session.ended.then(({ failure, say, isRemoval }) => {
      if (link === own) hub.status(null, { kind: 'failed', failure: isRemoval ? afterRemoval(failure) : failure, say });
    });
    // A network that slows clients down lets them into few rooms a minute: the rest follows while the first work.
    const joined = new AbortController();
    await Promise.race([joinAll(own), pause(hub.clock, JOINS_MS, AbortSignal.any([signal, joined.signal]))]);
    joined.abort();
    signal.throwIfAborted();
  }

  async function joinAll(own: Link): Promise<void> {
    for (const room of new Set(hub.rooms.list().map((one) => one.room))) {
      if (link !== own) return;
      await own.rooms.join(room);
    }
  }

  function linkOf(session: Session, positions: Link['positions']): Link {
    const people = createPeople(session);
    const rooms: RoomBook = createRoomBook({ config, hub, session, onIn: (room) => settleIn(room, made) });
    const pump = createPump(hub, session.hold);
    const made: Link = { config, hub, session, people, rooms, pump, positions, refusedRelay: new Set() };
    return made;
  }

  function afterRemoval(failure: BridgeFailure): BridgeFailure {
    const now = hub.clock.elapsed();
    removals = [...removals.filter((at) => now - at < REMOVALS_MS), now];
    return removals.length >= MAX_REMOVALS ? { kind: 'auth' } : failure;
  }

  async function stop(): Promise<void> {
    const own = link;
    link = null;
    if (own === null) return;
    own.rooms.stop();
    try {
      await withDeadline(hub.clock, STOP_MS, null, async () => {
        await Promise.all([own.session.close(), own.pump.close()]);
        await own.positions.save();
      });
    } catch (error) {
      hub.log.warn({ say: error instanceof Error ? error.message : '' }, 'IRC was left in a hurry');
    }
  }

  return {
    placement: 'one-hub',
    delivery: 'courier',
    start,
    stop,
    capabilities: (room) => capabilitiesOf(room, () => link, config),
  };
}
