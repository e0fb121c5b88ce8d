import { stepKey } from '../../async/mint.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { WireEntry } from '../../domain/wire.ts';
import type { Entry } from '../../store/ports.ts';
import type { PostLine } from '../portals/post-line.ts';

export interface RoomLinesDeps {
  readonly portals: { list(): readonly Portal[] };
  readonly post: PostLine;
  /** Whether the bridge runs on this hub. */
  readonly isLive: (bridge: Portal['bridge']) => boolean;
  /** Rooms that do not want the hub to say anything by itself. */
  readonly quiet: ReadonlySet<PortalId>;
}

/** What rooms are told of live events: those that people there wait for. */
const TOLD: ReadonlySet<string> = new Set(
  ['open', 'start', 'ad-hoc', 'again', 'end', 'resume', 'cancel'].map((what) => `event-${what}`),
);
/** Lines under way at once; more are left out. */
const MOST_RUNNING = 200;

/** Says the notices of live events in the rooms that are at that chat now: once, by the hub that runs their bridge. */
export interface RoomLines {
  /** Follows the log. */
  apply(batch: readonly Entry[]): void;
  settled(): Promise<void>;
}

export function createRoomLines({ portals, post, isLive, quiet }: RoomLinesDeps): RoomLines {
  const running = new Set<Promise<void>>();

  function tell(entry: Entry): void {
    const wire: WireEntry = JSON.parse(entry.body);
    if (wire.type !== 'notice' || !TOLD.has(wire.code)) return;
    const rooms = portals.list().filter((one) => one.channel === entry.channel && wants(one));
    for (const portal of rooms) {
      if (running.size >= MOST_RUNNING) return;
      const posting = post(portal, wire.say, stepKey('event-line', entry.key, portal.id)).finally(() => {
        running.delete(posting);
      });
      running.add(posting);
    }
  }

  function wants({ id, bridge, direction, isPaused }: Portal): boolean {
    return direction !== 'in' && !isPaused && !quiet.has(id) && isLive(bridge);
  }

  return {
    apply(batch) {
      for (const entry of batch) if (entry.kind === 'notice' && entry.channel !== null) tell(entry);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
