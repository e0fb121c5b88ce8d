import type { BridgeId, ChannelId, PortalId, RoomId, Seq } from '../domain/ids.ts';
import type { Leg, Portals } from '../domain/portal.ts';
import type { Bridge } from '../plugin/bridge.ts';
import type { BridgeState, Entry } from '../store/ports.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { createItem } from './item.ts';
import { runLane } from './lane.ts';
import type { LaneDeps, LaneState } from './lane-context.ts';
import { STOP_GRACE_MS } from './limits.ts';
import type { LaneEnd } from './steps.ts';
import { createTouched } from './touched.ts';
import { createTurns } from './turns.ts';
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
  /** What the hub reads of the log, in order; only the lanes of a channel hear of its entries. */
  feed(batch: readonly Entry[]): void;
  lanes(): ReadonlyMap<PortalId, LaneState>;
  /** Tries dead letters once more, in the portal's own order. @returns false where the portal is not served here */
  retry(portal: PortalId, letters: readonly Seq[]): boolean;
}

export interface CourierDeps extends LaneDeps {
  /** The bridge as this portal sees it; absent: as it is. */
  readonly faceOf?: (portal: Leg, bridge: Bridge) => Bridge;
  readonly portals: Portals;
  readonly bridgeState: BridgeState;
}

interface RunningLane {
  readonly portal: Leg;
  readonly inbox: Inbox;
  readonly retries: Set<Seq>;
  readonly stopping: AbortController;
  readonly waker: Waker;
  readonly ended: Promise<LaneEnd>;
}

export function createCourier(deps: CourierDeps): Courier {
  const channels = new Map<ChannelId, Set<RunningLane>>();
  const states = new Map<PortalId, LaneState>();
  const touched = createTouched();
  const turns = createTurns(deps.log);

  function enlist(lane: RunningLane): void {
    const { channel } = lane.portal;
    const lanes = channels.get(channel) ?? new Set();
    channels.set(channel, lanes.add(lane));
  }

  function strike(lane: RunningLane): void {
    const lanes = channels.get(lane.portal.channel);
    lanes?.delete(lane);
    if (lanes?.size === 0) channels.delete(lane.portal.channel);
  }

  /** @param after what must have ended before: a portal never has two lanes */
  function startLane(
    portal: Leg,
    served: ServedBridge,
    { halt, budgets }: Shared,
    after: Promise<unknown>,
  ): RunningLane {
    const stopping = new AbortController();
    const waker = createWaker();
    const inbox = createInbox();
    const retries = new Set<Seq>();
    const turn = turns.enter(portal.of, inbox);
    stopping.signal.addEventListener('abort', () => waker.wake());
    halt.addEventListener('abort', () => stopping.abort(), { once: true, signal: stopping.signal });
    const { fence } = served;
    const bridge = deps.faceOf?.(portal, served.bridge) ?? served.bridge;
    const run = (): Promise<LaneEnd> =>
      runLane(
        {
          portal,
          bridge,
          fence,
          budgets,
          touched,
          stopping: stopping.signal,
          halt,
          inbox,
          turn,
          woken: waker.next,
          takeRetry: () => takeFirst(retries),
          onState: (state) => void states.set(portal.id, state),
        },
        deps,
      );
    const ended = after
      .then(run)
      .finally(turn.leave)
      .then(
        (end) => afterEnd(end, portal, served),
        (error: unknown) => afterBug(error, portal),
      );
    const lane: RunningLane = { portal, inbox, retries, stopping, waker, ended };
    enlist(lane);
    return lane;
  }

  function afterEnd(end: LaneEnd, portal: Leg, served: ServedBridge): LaneEnd {
    if (end !== 'paused') states.set(portal.id, { phase: 'stopped', say: null });
    if (end === 'pause-bridge') served.onRefused('auth');
    if (end === 'fenced') served.onRefused('fenced');
    return end;
  }

  /** One portal's trouble stays its own. */
  function afterBug(error: unknown, portal: Leg): LaneEnd {
    const say = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    states.set(portal.id, { phase: 'paused', say: 'internal error, see the log' });
    deps.logger.error({ portal: portal.id, say }, 'lane broke');
    return 'paused';
  }

  return {
    feed(batch) {
      for (const entry of batch) {
        touched.note(entry);
        const lanes = entry.channel === null ? undefined : channels.get(entry.channel);
        const arrival = { stamp: touched.stamp(), isReadBack: false };
        const item = lanes === undefined ? null : createItem(entry, arrival);
        if (item === null) continue;
        for (const lane of lanes ?? []) {
          lane.inbox.put(item);
          lane.waker.wake();
        }
      }
    },
    lanes: () => states,
    retry(portal, letters) {
      const lane = [...channels.values()].flatMap((lanes) => [...lanes]).find((one) => one.portal.id === portal);
      if (lane === undefined) return false;
      for (const seq of letters) lane.retries.add(seq);
      lane.waker.wake();
      return true;
    },
    serve(served) {
      const hurry = new AbortController();
      const shared: Shared = {
        halt: AbortSignal.any([hurry.signal, served.lost]),
        budgets: createBudgets(served.id, deps),
      };
      const lanes = new Map<PortalId, RunningLane>();
      const ending = new Map<PortalId, Promise<void>>();
      const start = (portal: Leg): void =>
        void lanes.set(portal.id, startLane(portal, served, shared, ending.get(portal.id) ?? Promise.resolve()));

      async function end(lane: RunningLane): Promise<void> {
        lane.stopping.abort();
        await lane.ended;
        strike(lane);
      }

      /** @param isGone it is linked no more, so that it begins anew when it is again */
      function drop(lane: RunningLane, isGone: boolean): void {
        const { id } = lane.portal;
        lanes.delete(id);
        const gone = end(lane)
          .then(() => (isGone ? closePortal(id) : undefined))
          .then(() => {
            if (ending.get(id) === gone) ending.delete(id);
            if (!lanes.has(id)) states.delete(id);
          });
        ending.set(id, gone);
      }

      async function closePortal(id: PortalId): Promise<void> {
        try {
          await deps.deliveries.close(id);
        } catch (error) {
          const say = error instanceof Error ? error.name : '';
          deps.logger.warn({ portal: id, say }, 'where an unlinked portal stood could not be forgotten');
        }
      }

      function follow(): void {
        const all = deps.portals.legs().filter((one) => one.bridge === served.id);
        const wanted = new Map(all.filter(isServed).map((one) => [one.id, one]));
        const linked = new Set(deps.portals.list().map(({ id }) => id));
        for (const lane of lanes.values()) {
          const { id, of, room } = lane.portal;
          // a portal whose room got another id goes on from where it stands
          if (wanted.get(id)?.room !== room) drop(lane, !linked.has(of));
        }
        for (const portal of wanted.values()) if (!lanes.has(portal.id)) start(portal);
      }

      const unfollow = deps.portals.onChange(follow);
      follow();
      return {
        resume(room) {
          for (const lane of lanes.values()) {
            if (lane.portal.room !== room || states.get(lane.portal.id)?.phase !== 'paused') continue;
            strike(lane);
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

/** What the lanes of one bridge have in common. */
interface Shared {
  readonly halt: AbortSignal;
  readonly budgets: Budgets;
}

function takeFirst(seqs: Set<Seq>): Seq | null {
  const [first] = seqs;
  if (first === undefined) return null;
  seqs.delete(first);
  return first;
}

function isServed({ direction, isPaused }: Leg): boolean {
  return direction !== 'in' && !isPaused;
}
