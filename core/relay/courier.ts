import type { BridgeId, PortalId, RoomId } from '../domain/ids.ts';
import type { Portal, Portals } from '../domain/portal.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { runLane } from './lane.ts';
import type { LaneDeps, LaneState } from './lane-context.ts';
import { STOP_GRACE_MS } from './limits.ts';
import type { LaneEnd } from './steps.ts';
import { createWaker, type Waker } from './waker.ts';

/** A bridge that runs here now and takes commands. */
export interface ServedBridge {
  readonly id: BridgeId;
  readonly bridge: Bridge;
  readonly fence: number;
  /** Aborts when the lease is lost: nothing more may be sent. */
  readonly lost: AbortSignal;
  /** The platform refuses the credential, or another hub has taken over: this bridge must stop. */
  readonly onRefused: (why: 'auth' | 'fenced') => void;
}

export interface Serving {
  /** A room that was given up works again. */
  resume(room: RoomId): void;
  /** Lets what is under way end, for a bounded time. Resolves when nothing more is sent or written. */
  stop(): Promise<void>;
}

/** Sends what the log says to the rooms of the bridges that run here: one ordered lane a portal. */
export interface Courier {
  serve(served: ServedBridge): Serving;
  /** There are new entries in this shard. */
  wake(shard: number): void;
  lanes(): ReadonlyMap<PortalId, LaneState>;
}

interface RunningLane {
  readonly portal: Portal;
  readonly shard: number;
  readonly stopping: AbortController;
  readonly waker: Waker;
  readonly ended: Promise<LaneEnd>;
}

export function createCourier(deps: LaneDeps & { readonly portals: Portals }): Courier {
  const running = new Set<RunningLane>();
  const states = new Map<PortalId, LaneState>();

  /** @param after what must have ended before: a portal never has two lanes */
  function startLane(portal: Portal, served: ServedBridge, halt: AbortSignal, after: Promise<unknown>): RunningLane {
    const stopping = new AbortController();
    const waker = createWaker();
    stopping.signal.addEventListener('abort', () => waker.wake());
    halt.addEventListener('abort', () => stopping.abort(), { once: true });
    const onState = (state: LaneState): void => void states.set(portal.id, state);
    const { bridge, fence } = served;
    const of = { portal, bridge, fence, stopping: stopping.signal, halt, woken: waker.next, onState };
    const ended = after
      .then(() => runLane(of, deps))
      .then(
        (end) => afterEnd(end, portal, served),
        (error: unknown) => afterBug(error, portal),
      );
    const lane: RunningLane = { portal, shard: deps.log.shardOf(portal.scope), stopping, waker, ended };
    running.add(lane);
    return lane;
  }

  function afterEnd(end: LaneEnd, portal: Portal, served: ServedBridge): LaneEnd {
    if (end !== 'paused') states.set(portal.id, { phase: 'stopped', say: null });
    if (end === 'pause-bridge') served.onRefused('auth');
    if (end === 'fenced') served.onRefused('fenced');
    return end;
  }

  /** One portal's trouble stays its own. */
  function afterBug(error: unknown, portal: Portal): LaneEnd {
    const say = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    states.set(portal.id, { phase: 'paused', say: 'internal error, see the log' });
    deps.logger.error({ portal: portal.id, say }, 'lane broke');
    return 'paused';
  }

  return {
    wake(shard) {
      for (const lane of running) if (lane.shard === shard) lane.waker.wake();
    },
    lanes: () => states,
    serve(served) {
      const hurry = new AbortController();
      const halt = AbortSignal.any([hurry.signal, served.lost]);
      const lanes = new Map<PortalId, RunningLane>();
      const ending = new Map<PortalId, Promise<void>>();
      const start = (portal: Portal): void =>
        void lanes.set(portal.id, startLane(portal, served, halt, ending.get(portal.id) ?? Promise.resolve()));

      async function end(lane: RunningLane): Promise<void> {
        lane.stopping.abort();
        await lane.ended;
        running.delete(lane);
      }

      function drop(lane: RunningLane): void {
        const { id } = lane.portal;
        lanes.delete(id);
        const gone = end(lane).then(() => {
          if (ending.get(id) === gone) ending.delete(id);
          if (!lanes.has(id)) states.delete(id);
        });
        ending.set(id, gone);
      }

      function follow(): void {
        const wanted = new Map(
          deps.portals
            .list()
            .filter((one) => isServed(one, served.id))
            .map((one) => [one.id, one]),
        );
        for (const lane of lanes.values()) if (!wanted.has(lane.portal.id)) drop(lane);
        for (const portal of wanted.values()) if (!lanes.has(portal.id)) start(portal);
      }

      const unfollow = deps.portals.onChange(follow);
      follow();
      return {
        resume(room) {
          for (const lane of lanes.values()) {
            if (lane.portal.room !== room || states.get(lane.portal.id)?.phase !== 'paused') continue;
            running.delete(lane);
            start(lane.portal);
          }
        },
        async stop() {
          unfollow();
          const cancel = deps.clock.after(STOP_GRACE_MS, () => hurry.abort());
          await Promise.all([...[...lanes.values()].map(end), ...ending.values()]);
          cancel();
        },
      };
    },
  };
}

function isServed(portal: Portal, bridge: BridgeId): boolean {
  return portal.bridge === bridge && portal.direction !== 'in';
}
