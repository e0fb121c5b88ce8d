import type { Clock } from '../../async/clock.ts';
import type { BridgeId, EpochMs, PortalId, RoomId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { AskClosed } from '../portals/closed.ts';
import type { DeskDeps, PortalDesk } from '../portals/desk.ts';

export interface ClosedRoomsDeps {
  readonly portals: {
    list(): readonly Portal[];
    /** From now on these links of closed channels are served; others of them send nothing. */
    confirm(rooms: ReadonlyMap<PortalId, RoomId>): void;
  };
  readonly directory: Pick<Directory, 'channel'>;
  readonly ask: AskClosed;
  /** Whether the bridge runs on this hub. */
  readonly isLive: (bridge: BridgeId) => boolean;
  readonly desk: Pick<PortalDesk, 'change'>;
  readonly announce: DeskDeps['announce'];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Watches the rooms that crew channels are linked with: nothing is sent before it is known that the room is closed, and
 * one that opens up is paused, with a notice to the crew.
 */
export interface ClosedRooms {
  /** Looks whether any room is to be asked about. */
  look(): void;
  /** What people may do in a room has changed. */
  changed(bridge: BridgeId, room: RoomId): void;
  stop(): Promise<void>;
}

const LOOK_MS = 2_000;
const AGAIN_MS = 3_600_000;
/** Not known any more when it was not confirmed for so long. */
const STALE_MS = AGAIN_MS + 10 * 60_000;
const RETRY_MS = 5_000;

interface Known {
  readonly room: RoomId;
  /** When it was last known to be closed; null: never. */
  readonly closedAt: EpochMs | null;
  readonly askAt: EpochMs;
}

export function createClosedRooms(deps: ClosedRoomsDeps): ClosedRooms {
  const { portals, directory, clock, logger } = deps;
  const known = new Map<PortalId, Known>();
  let looking: Promise<void> | null = null;
  let isStopped = false;

  function watched(): readonly Portal[] {
    return portals
      .list()
      .filter(
        ({ home, bridge, isPaused }) => directory.channel(home)?.kind === 'crew' && !isPaused && deps.isLive(bridge),
      );
  }

  async function askAbout(portal: Portal): Promise<void> {
    const { id, bridge, room } = portal;
    const closedness = await deps.ask(bridge, room);
    const now = clock.now();
    const before = known.get(id);
    if (closedness === 'closed') {
      known.set(id, { room, closedAt: now, askAt: (now + AGAIN_MS) as EpochMs });
      return;
    }
    if (closedness === 'unknown') {
      const closedAt = before?.room === room ? before.closedAt : null;
      known.set(id, { room, closedAt, askAt: (now + RETRY_MS) as EpochMs });
      return;
    }
    known.delete(id);
    confirm();
    await deps.desk.change(id, { isPaused: true });
    const channel = directory.channel(portal.home);
    const say =
      'A room of this channel can be read by others now, so its link is paused. Close the room, then resume it.';
    if (channel !== null) await deps.announce(channel, 'portal-opened-up', say, ['opened-up', id, String(now)]);
    logger.warn({ portal: id, bridge }, 'a room of a crew channel has opened up; the link is paused');
  }

  function confirm(): void {
    const now = clock.now();
    const closed = [...known].filter(([, { closedAt }]) => closedAt !== null && now - closedAt < STALE_MS);
    portals.confirm(new Map(closed.map(([id, { room }]) => [id, room])));
  }

  async function lookAll(): Promise<void> {
    const now = watched();
    const ids = new Set(now.map(({ id }) => id));
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
    for (const portal of now) {
      if (isStopped) return;
      const before = known.get(portal.id);
      if (before === undefined || before.room !== portal.room || before.askAt <= clock.now()) await askAbout(portal);
    }
    confirm();
  }

  function look(): void {
    if (isStopped) return;
    looking ??= lookAll()
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'rooms of crew channels could not be looked at; tried again'),
      )
      .finally(() => {
        looking = null;
      });
  }

  const stopLooking = clock.every(LOOK_MS, look);
  return {
    look,
    changed(bridge, room) {
      const portal = watched().find((one) => one.bridge === bridge && one.room === room);
      const before = portal === undefined ? undefined : known.get(portal.id);
      if (portal === undefined || before === undefined) return;
      // nothing more is sent until it is known
      known.set(portal.id, { ...before, closedAt: null, askAt: clock.now() });
      confirm();
      look();
    },
    async stop() {
      isStopped = true;
      stopLooking();
      await looking;
    },
  };
}
