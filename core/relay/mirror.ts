import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { createSerialByKey, TooManyWaiting } from '../async/serial-by-key.ts';
import type { AccountId, BridgeId, EpochMs, PortalId, RoomId, ScopeId, UserId } from '../domain/ids.ts';
import type { Portal, Portals } from '../domain/portal.ts';
import type { Logger } from '../ops/log.ts';
import type { InForce, SanctionBody } from '../pipeline/live-facts.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { isBridgeError } from '../plugin/errors.ts';
import type { Capabilities } from '../plugin/operations.ts';
import type { Entry } from '../store/ports.ts';
import { SEND_DEADLINE_MS } from './limits.ts';
import type { Echoes } from './mirror-echo.ts';
import { type HubReason, planNative } from './mirror-plan.ts';
import type { Mirrored, MirrorRows } from './mirror-rows.ts';
import { stepAfter } from './retry.ts';

/** What became of an act in one linked room. `why` of `hub`: a HubReason; of `pending`: what went wrong so far. */
export interface MirrorEffect {
  readonly cause: string;
  readonly portal: PortalId;
  readonly what: 'act' | 'lift';
  readonly kind: 'native' | 'hub' | 'pending';
  readonly why: HubReason | null;
}

export interface MirrorDeps {
  readonly portals: Pick<Portals, 'list' | 'onChange'>;
  /** The bridge while it is live on this hub. */
  readonly live: (bridge: BridgeId) => Bridge | null;
  readonly platform: (bridge: BridgeId) => string | null;
  /** Whether what is given in this scope holds in the portal's channels. */
  readonly holdsIn: (scope: ScopeId, portal: Portal) => boolean;
  /** All that is in force, in any scope. */
  readonly inForce: () => readonly InForce[];
  /** What holds in this scope; it may be over already. */
  readonly sanction: (scope: ScopeId, user: UserId) => InForce | null;
  /** Where somebody is known, over all platforms. */
  readonly accountsOf: (user: UserId) => Promise<readonly { readonly platform: string; readonly account: AccountId }[]>;
  readonly rows: MirrorRows;
  readonly echoes: Echoes;
  readonly report: (effect: MirrorEffect) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Repeats sanctions natively in the rooms of the bridges that run here. It compares what is in force with what was done
 * there and mends the difference, so that nothing is lost over a stop: the newest wins, and what is so already is left.
 */
export interface Mirror {
  /** What the hub reads of the log, after its own copy of the live state took it. */
  feed(batch: readonly Entry[]): void;
  /** What the bridge may do in its rooms has changed. */
  look(bridge: BridgeId): void;
  start(): void;
  /** Resolves when nothing is being sent. */
  stop(): Promise<void>;
}

/** How often it is looked which bridges have come up, and what is over. */
const LOOK_MS = 1_000;
/** What was told badly, or not at all, is found after so long. */
const LOOK_AGAIN_MS = 10 * 60_000;
/** People at one bridge whose sanctions are being brought there; the others wait for the next look. */
const MOST_LANES = 5_000;
/** Acts under way at one bridge. */
const SLOTS = 4;
const MOST_TRIES = 20;
const REFUSED_MS = 60_000;

/** One person at one bridge. */
interface Lane {
  readonly bridge: BridgeId;
  readonly user: UserId;
  attempt: number;
  isQueued: boolean;
  /** What was refused before is tried again. */
  isThorough: boolean;
  /** Somebody has lifted it, so that what the platform's own people gave goes too. */
  isLifted: boolean;
  cancel: (() => void) | null;
}

/** One account in one room: what is so there, and what shall be. */
interface Spot {
  readonly lane: Lane;
  readonly room: RoomId;
  readonly account: AccountId;
  /** Null: the room is linked no more. */
  readonly portal: Portal | null;
  readonly row: Mirrored | null;
  readonly sanction: InForce | null;
  readonly can: Capabilities['sanction'] | null;
}

export function createMirror(deps: MirrorDeps): Mirror {
  const { portals, live, rows, echoes, report, clock, logger } = deps;
  const lanes = new Map<string, Lane>();
  const slots = createSerialByKey<string>(MOST_LANES);
  const running = new Set<Promise<void>>();
  const up = new Map<BridgeId, number>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  /** Timeouts that ended before were looked at. */
  let over = 0 as EpochMs;

  function touch(bridge: BridgeId, user: UserId, how: { readonly isThorough?: boolean; readonly isLifted?: boolean }) {
    if (stopping.signal.aborted || live(bridge) === null) return;
    const key = `${bridge} ${user}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      if (lanes.size >= MOST_LANES) return void up.delete(bridge);
      const fresh = { isQueued: false, isThorough: false, isLifted: false, cancel: null };
      lane = { bridge, user, attempt: 0, ...fresh };
      lanes.set(key, lane);
    }
    lane.attempt = 0;
    lane.isThorough ||= how.isThorough === true;
    lane.isLifted = how.isLifted ?? lane.isLifted;
    enqueue(lane);
  }

  /** One person is never acted on twice at once: they always have the same slot. */
  function enqueue(lane: Lane): void {
    lane.cancel?.();
    lane.cancel = null;
    if (lane.isQueued) return;
    lane.isQueued = true;
    const slot = `${lane.bridge} ${lane.user.charCodeAt(lane.user.length - 1) % SLOTS}`;
    const task = slots
      .run(slot, () => {
        lane.isQueued = false;
        return serve(lane);
      })
      .catch((error: unknown) => {
        lane.isQueued = false;
        lanes.delete(`${lane.bridge} ${lane.user}`);
        up.delete(lane.bridge);
        if (!(error instanceof TooManyWaiting)) logger.warn({ err: error, bridge: lane.bridge }, 'mirror put off');
      })
      .finally(() => running.delete(task));
    running.add(task);
  }

  async function serve(lane: Lane): Promise<void> {
    const waitMs = stopping.signal.aborted ? null : await reconcile(lane);
    if (lane.isQueued) return;
    if (waitMs === null || lane.attempt >= MOST_TRIES) return void lanes.delete(`${lane.bridge} ${lane.user}`);
    lane.cancel = clock.after(waitMs, () => enqueue(lane));
  }

  /** @returns how long to wait before it is tried again; null: all is as it shall be, or nothing can be done now */
  async function reconcile(lane: Lane): Promise<number | null> {
    lane.attempt += 1;
    let waitMs: number | null = null;
    for (const spot of await spotsOf(lane)) {
      if (stopping.signal.aborted) return null;
      const wait = await settle(spot);
      if (wait !== null) waitMs = Math.min(wait, waitMs ?? wait);
    }
    lane.isThorough = false;
    return waitMs;
  }

  async function spotsOf(lane: Lane): Promise<readonly Spot[]> {
    const { bridge, user } = lane;
    const built = live(bridge);
    if (built === null) return [];
    const known = await rows.of(bridge, user);
    const here = portals.list().filter((one) => one.bridge === bridge);
    const platform = deps.platform(bridge);
    const accounts = new Set(known.map(({ account }) => account));
    const restrained = here.filter(({ scope }) => inForce(scope, user) !== null);
    if (restrained.length > 0) {
      for (const one of await deps.accountsOf(user)) if (one.platform === platform) accounts.add(one.account);
    }
    const rooms = new Map<RoomId, Portal | null>(known.map(({ room }) => [room, null]));
    for (const portal of here)
      if (rooms.has(portal.room) || restrained.includes(portal)) rooms.set(portal.room, portal);
    return [...rooms].flatMap(([room, portal]) =>
      [...accounts].map((account): Spot => {
        const row = known.find((one) => one.room === room && one.account === account) ?? null;
        const sanction = portal === null ? null : inForce(portal.scope, user);
        return { lane, room, account, portal, row, sanction, can: built.capabilities(room).sanction ?? null };
      }),
    );
  }

  function inForce(scope: ScopeId, user: UserId): InForce | null {
    const found = deps.sanction(scope, user);
    return found !== null && (found.until === null || found.until > clock.now()) ? found : null;
  }

  async function settle(spot: Spot): Promise<number | null> {
    const { sanction, portal, row, can } = spot;
    if (sanction === null || portal === null) return row === null ? null : lift(spot, row, spot.lane.isLifted);
    if (row?.state === 'theirs' && row.cause === sanction.cause) return null;
    const plan = planNative(sanction, portal, can?.limits ?? null, clock.now());
    if (plan.kind === 'hub') {
      if (row?.cause === sanction.cause && isSettled(row, plan.why)) return null;
      await tell(spot, sanction.cause, 'hub', plan.why);
      const isWider = row !== null && row.state !== 'theirs' && (row.act === 'ban' || plan.why !== 'too-short');
      return isWider ? lift(spot, row, false) : null;
    }
    const { act, until } = plan.restraint;
    if (row !== null && row.act === act && row.cause === sanction.cause && isDone(row, spot.lane, clock.now()))
      return null;
    if (row !== null && row.act === 'ban' && act === 'timeout') {
      const waitMs = await lift(spot, row, false);
      if (waitMs !== null) return waitMs;
    }
    const { bridge, user } = spot.lane;
    const next = { bridge, room: spot.room, account: spot.account, user, act, until, cause: sanction.cause };
    await rows.put({ ...next, state: 'sending', at: clock.now() });
    return attempt(spot, { act, until, reason: sanction.reason }, sanction.cause, async (isRefused) => {
      await rows.put({ ...next, state: isRefused ? 'refused' : 'applied', at: clock.now() });
    });
  }

  /** @param isWhole what the platform's own people gave goes too */
  async function lift(spot: Spot, row: Mirrored, isWhole: boolean): Promise<number | null> {
    const { can, portal } = spot;
    const isOver = row.act === 'timeout' && row.until !== null && row.until <= clock.now();
    const endsItself = isOver && can?.limits.needsLift !== true;
    const isTheirs = row.state === 'theirs' && !(isWhole && portal?.reach !== 'none');
    if (row.state === 'refused' || endsItself || isTheirs) {
      await rows.drop(row);
      if (!isTheirs && row.state !== 'refused') await tell(spot, row.cause, 'native', null, 'lift');
      return null;
    }
    if (can?.limits.acts.includes('lift') !== true) {
      await tell(spot, row.cause, 'pending', 'no-right', 'lift');
      // a room that is linked no more is none of ours
      if (portal === null) await rows.drop(row);
      return null;
    }
    return attempt(spot, { act: 'lift', until: null, reason: null }, row.cause, () => rows.drop(row));
  }

  /** @param done told whether the platform refused it for good */
  async function attempt(
    spot: Spot,
    command: {
      readonly act: 'timeout' | 'ban' | 'lift';
      readonly until: EpochMs | null;
      readonly reason: string | null;
    },
    cause: string,
    done: (isRefused: boolean) => Promise<void>,
  ): Promise<number | null> {
    const { room, account, lane, can } = spot;
    const what = command.act === 'lift' ? 'lift' : 'act';
    if (can === null || can === undefined) return null;
    echoes.expect({ bridge: lane.bridge, account, ...command });
    try {
      await withDeadline(clock, SEND_DEADLINE_MS, stopping.signal, (signal) =>
        can.run({ room, account, ...command }, signal),
      );
    } catch (error) {
      if (stopping.signal.aborted) return null;
      return afterFailure(error, spot, cause, what, done);
    }
    await done(false);
    await tell(spot, cause, 'native', null, what);
    return null;
  }

  async function afterFailure(
    error: unknown,
    spot: Spot,
    cause: string,
    what: MirrorEffect['what'],
    done: (isRefused: boolean) => Promise<void>,
  ): Promise<number | null> {
    const { bridge } = spot.lane;
    const next = stepAfter(error, spot.lane.attempt);
    const say = isBridgeError(error) || !(error instanceof Error) ? String(error) : error.name;
    logger.warn({ bridge, room: spot.room, what, next: next.kind, say }, 'a sanction was not brought to a platform');
    switch (next.kind) {
      case 'retry':
        await tell(spot, cause, 'pending', null, what);
        return next.inMs;
      case 'pause-bridge':
        await tell(spot, cause, 'pending', null, what);
        return null;
      case 'dead-letter':
      case 'pause-portal':
        await done(true);
        await tell(spot, cause, 'hub', 'refused', what);
        return null;
    }
  }

  async function tell(
    { portal }: Spot,
    cause: string,
    kind: MirrorEffect['kind'],
    why: HubReason | null,
    what: MirrorEffect['what'] = 'act',
  ): Promise<void> {
    if (portal !== null) await report({ cause, portal: portal.id, what, kind, why });
  }

  /** Everybody for whom there may be something to do at this bridge. */
  async function lookAll(bridge: BridgeId, isThorough: boolean): Promise<void> {
    const here = portals.list().filter((one) => one.bridge === bridge);
    const isHere = (scope: ScopeId): boolean => here.some((portal) => deps.holdsIn(scope, portal));
    const users = new Set(await rows.users(bridge));
    for (const one of deps.inForce()) if (isHere(one.scope)) users.add(one.user);
    for (const user of users) touch(bridge, user, { isThorough });
  }

  /** Bridges that have come up here, what is due for a look, and timeouts that are over. */
  async function look(): Promise<void> {
    const bridges = new Set(portals.list().map(({ bridge }) => bridge));
    for (const bridge of bridges) {
      if (live(bridge) === null) up.delete(bridge);
      else {
        const before = up.get(bridge);
        if (before !== undefined && clock.elapsed() - before < LOOK_AGAIN_MS) continue;
        up.set(bridge, clock.elapsed());
        await lookAll(bridge, before === undefined);
      }
    }
    const now = clock.now();
    for (const { bridge, user } of await rows.over(over, now)) touch(bridge, user, {});
    over = now;
  }

  function lookNow(): void {
    if (looking !== null || stopping.signal.aborted) return;
    looking = look()
      .catch((error: unknown) => logger.warn({ err: error }, 'what is in force could not be compared; tried again'))
      .finally(() => {
        looking = null;
      });
  }

  let stops: readonly (() => void)[] = [];
  return {
    feed(batch) {
      for (const entry of batch) {
        // who is one person may have changed
        if (entry.kind === 'change') up.clear();
        if (entry.kind !== 'sanction') continue;
        const body = JSON.parse(entry.body) as SanctionBody;
        const isLifted = body.act === 'lift' && !body.isByTimer;
        const here = portals.list().filter((portal) => deps.holdsIn(body.scope, portal));
        for (const bridge of new Set(here.map((one) => one.bridge))) touch(bridge, body.user, { isLifted });
      }
    },
    look: (bridge) => void up.delete(bridge),
    start() {
      stops = [clock.every(LOOK_MS, lookNow), portals.onChange(() => up.clear())];
    },
    async stop() {
      stopping.abort();
      for (const stop of stops) stop();
      for (const lane of lanes.values()) lane.cancel?.();
      await looking;
      await Promise.all(running);
    },
  };
}

/** What was refused is asked for again when the bridge comes up or its rights have changed, but not at once. */
function isDone({ state, at }: Mirrored, { isThorough }: Lane, now: EpochMs): boolean {
  return state === 'applied' || state === 'theirs' || (state === 'refused' && (!isThorough || now - at < REFUSED_MS));
}

/** The native act of this very cause stands as it is. */
function isSettled({ state }: Mirrored, why: HubReason): boolean {
  return state === 'refused' || (why === 'too-short' && state !== 'sending');
}
