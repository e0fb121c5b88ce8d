import { backoffMs } from '../async/backoff.ts';
import { type Clock, pause } from '../async/clock.ts';
import { DeadlineError, withDeadline } from '../async/deadline.ts';
import type { BridgeId, RoomId } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { type BridgeFailure, isBridgeError } from '../plugin/errors.ts';
import type { LinkState } from '../plugin/hub-port.ts';
import type { Courier, Serving } from '../relay/courier.ts';
import { type HeldLease, LEASE_RENEW_MS, type LeaseDeps, waitForLease } from './lease.ts';

export const START_DEADLINE_MS = 30_000;
/** For the courier and the bridge together. */
export const STOP_DEADLINE_MS = 5_000;
/** A link that stayed up this long has mended: the next failure counts as the first. */
const STEADY_MS = 60_000;
const LEAST_STOP_MS = 1_000;
const RESTART = { baseMs: 1_000, capMs: 60_000 };

const REFUSED_CREDENTIAL = {
  kind: 'failed',
  failure: { kind: 'auth' },
  say: 'the platform refuses its credential',
} as const;

export interface Phase {
  /** `standby`: another hub runs it. `paused`: only the operator can mend it. `broken`: it could not be loaded. */
  readonly kind: 'standby' | 'starting' | 'live' | 'waiting' | 'paused' | 'stopped' | 'broken';
  /** For operators; holds no secret. */
  readonly say: string | null;
}

export interface RunnerDeps {
  readonly id: BridgeId;
  readonly bridge: Bridge;
  readonly courier: Courier;
  readonly lease: LeaseDeps;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onPhase: (phase: Phase) => void;
}

/** Keeps one bridge running. */
export interface Runner {
  /** Runs until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether what the bridge says now is taken. */
  isOpen(): boolean;
  /** Whether it runs here or is still stopping, and no other hub can have it. */
  holds(): boolean;
  status(room: RoomId | null, state: LinkState): void;
}

/** Why one run of the bridge ended. */
type Ending =
  | { readonly kind: 'stopping' | 'lease-lost' }
  | { readonly kind: 'failed'; readonly failure: BridgeFailure; readonly say: string };

/** One run of the bridge, from its start to the end of its stop. */
interface Session {
  readonly lease: HeldLease | null;
  /** Aborts with the hub's stop or the loss of the lease, whichever comes first. */
  readonly closed: AbortSignal;
  readonly end: (ending: Ending) => void;
  serving: Serving | null;
  liveSince: number | null;
}

export function createRunner(deps: RunnerDeps): Runner {
  const { id, bridge, courier, clock, onPhase } = deps;
  const logger = deps.logger.child({ bridge: id });
  let session: Session | null = null;
  let attempt = 0;
  let isFinishing = false;

  async function runOnce(lease: HeldLease | null, signal: AbortSignal): Promise<Ending> {
    const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
    const closed = lease === null ? signal : AbortSignal.any([signal, lease.lost]);
    const own: Session = { lease, closed, end, serving: null, liveSince: null };
    const onClosed = (): void => end({ kind: signal.aborted ? 'stopping' : 'lease-lost' });
    closed.addEventListener('abort', onClosed, { once: true });
    if (closed.aborted) onClosed();
    session = own;
    onPhase({ kind: 'starting', say: null });
    const failed = await startBridge(closed);
    if (failed !== null) end(failed);
    else if (!closed.aborted) begin(own);
    const ending = await ended;
    closed.removeEventListener('abort', onClosed);
    await finish(own);
    return ending;
  }

  async function startBridge(closed: AbortSignal): Promise<Ending | null> {
    try {
      await withDeadline(clock, START_DEADLINE_MS, closed, (limited) => bridge.start(limited));
      return null;
    } catch (error) {
      return closed.aborted ? null : endingOf(error);
    }
  }

  function begin(own: Session): void {
    const { lease } = own;
    own.liveSince = clock.elapsed();
    onPhase({ kind: 'live', say: null });
    logger.info({ fence: lease?.fence ?? null }, 'bridge live');
    if (bridge.delivery !== 'courier' || lease === null) return;
    const onRefused = (why: 'auth' | 'fenced'): void =>
      own.end(why === 'fenced' ? { kind: 'lease-lost' } : REFUSED_CREDENTIAL);
    own.serving = courier.serve({ id, bridge, fence: lease.fence, lost: lease.lost, onRefused });
  }

  async function finish(own: Session): Promise<void> {
    isFinishing = true;
    const beganAt = clock.elapsed();
    await own.serving?.stop();
    const leftMs = STOP_DEADLINE_MS - (clock.elapsed() - beganAt);
    try {
      await withDeadline(clock, Math.max(LEAST_STOP_MS, leftMs), null, () => bridge.stop());
    } catch (error) {
      logger.error({ say: sayOf(error) }, 'bridge did not stop in good order');
    }
    if (own.liveSince !== null && clock.elapsed() - own.liveSince > STEADY_MS) attempt = 0;
    isFinishing = false;
    session = null;
  }
  /** @returns how long to wait, or null to give up until somebody mends it */
  function waitAfter(ending: Extract<Ending, { kind: 'failed' }>): number | null {
    attempt += 1;
    switch (ending.failure.kind) {
      case 'retryable':
        return Math.max(ending.failure.retryAfterMs ?? 0, backoffMs(attempt, RESTART));
      case 'permanent':
      case 'auth':
        return null;
      default:
        return ending.failure satisfies never;
    }
  }

  async function runUnderLease(signal: AbortSignal): Promise<Ending> {
    if (bridge.placement === 'each-hub') return runOnce(null, signal);
    const onWait = (): void => onPhase({ kind: 'standby', say: null });
    const lease = await waitForLease(`bridge:${id}`, signal, deps.lease, onWait);
    if (lease === null) return { kind: 'stopping' };
    try {
      return await runOnce(lease, signal);
    } finally {
      await lease.release();
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ending = await runUnderLease(signal);
      if (signal.aborted) break;
      if (ending.kind !== 'failed') {
        await pause(clock, LEASE_RENEW_MS, signal);
        continue;
      }
      const waitMs = waitAfter(ending);
      if (waitMs === null) {
        onPhase({ kind: 'paused', say: ending.say });
        logger.error({ failure: ending.failure.kind, say: ending.say }, 'bridge paused until it is mended');
        return;
      }
      onPhase({ kind: 'waiting', say: ending.say });
      logger.warn({ attempt, waitMs, say: ending.say }, 'bridge failed, will be started again');
      await pause(clock, waitMs, signal);
    }
    onPhase({ kind: 'stopped', say: null });
  }

  return {
    run,
    isOpen: () => session !== null && !isFinishing && !session.closed.aborted,
    holds: () => session !== null && session.lease?.lost.aborted !== true,
    status(room, state) {
      if (room !== null && state.kind === 'live') session?.serving?.resume(room);
      if (room === null && state.kind === 'failed') session?.end({ ...state, kind: 'failed' });
    },
  };
}

function endingOf(error: unknown): Ending {
  if (isBridgeError(error)) return { kind: 'failed', failure: error.failure, say: error.message };
  return { kind: 'failed', failure: { kind: 'retryable', delivered: 'no' }, say: sayOf(error) };
}

/** A bridge's own errors hold no secret; of any other only the kind is shown. */
function sayOf(error: unknown): string {
  if (isBridgeError(error) || error instanceof DeadlineError) return error.message;
  return error instanceof Error ? error.name : 'unknown error';
}
