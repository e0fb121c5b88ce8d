import type { Clock } from '../../async/clock.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { Logger } from '../../ops/log.ts';
import type { InForce, LiveFacts, SanctionBody } from '../../pipeline/live-facts.ts';
import { sanctionStep } from '../../pipeline/steps.ts';
import type { Fresh } from '../../pipeline/until-fresh.ts';
import type { Step } from '../../store/ports.ts';
import { type EventsOfBans, isRunning } from './sanctions.ts';

const SWEEP_MS = 1_000;
const MOST_AT_ONCE = 200;

/**
 * A timeout ends by its own `until`; the lift is for the platforms, and so that nothing stays written down as in force.
 * What is in force is itself durable, so it is the timer: whatever has ended is lifted by each hub that sees it, under
 * one key, also what ended while no hub ran. Bans of an event's moderators end with it the same way.
 */
export interface Lifts {
  start(): void;
  /** Lifts what has ended by now. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

export interface LiftDeps {
  readonly facts: Pick<LiveFacts, 'inForce' | 'given'>;
  readonly shards: number;
  readonly events: Pick<EventsOfBans, 'isOver'>;
  readonly untilFresh: Fresh;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createLifts(deps: LiftDeps): Lifts {
  const { facts, shards, events, untilFresh, clock, logger } = deps;
  let sweeping: Promise<void> | null = null;
  let stopTimer = (): void => {};
  let isStopped = false;

  function hasEnded(one: InForce, now: EpochMs): boolean {
    return !isRunning(one, now) || (one.endsWith !== null && events.isOver(one.endsWith));
  }

  function ended(): readonly InForce[] {
    const now = clock.now();
    const found: InForce[] = [];
    for (let shard = 0; shard < shards; shard += 1) {
      found.push(...facts.inForce(shard).sanctions.filter((one) => hasEnded(one, now)));
    }
    return found.slice(0, MOST_AT_ONCE);
  }

  async function lift({ scope, user }: InForce): Promise<void> {
    await untilFresh(scope, (rev): Step | Receipt => {
      const now = clock.now();
      const current = facts.given(scope, user);
      // somebody may have lifted it, or given another
      if (current === null || !hasEnded(current, now)) return { kind: 'unchanged', id: null, seq: null };
      const key = ['ended', current.cause, String(current.until), current.endsWith ?? ''];
      return { ...sanctionStep(liftOf(current), key, now, noteOf(current)), ifRev: rev };
    });
  }

  async function sweep(): Promise<void> {
    for (const one of ended()) {
      if (isStopped) return;
      await lift(one);
    }
  }

  function start(): void {
    stopTimer = clock.every(SWEEP_MS, () => {
      sweeping ??= sweep()
        .catch((error: unknown) => logger.warn({ err: error }, 'what has ended could not be lifted yet'))
        .finally(() => {
          sweeping = null;
        });
    });
  }

  return {
    start,
    sweep,
    async stop() {
      isStopped = true;
      stopTimer();
      await sweeping;
    },
  };
}

function liftOf({ scope, user, channel, cause }: InForce): SanctionBody {
  const nobody = { by: null, reason: null, until: null, endsWith: null };
  return { ...nobody, scope, user, act: 'lift', channel, cause, isByTimer: true };
}

/** That a timeout is over goes without saying; that a ban ends with its event does not. */
function noteOf({ act, user, channel, cause }: InForce): Parameters<typeof sanctionStep>[3] {
  if (act === 'timeout') return {};
  const reason = 'The live event is over.';
  return { audit: { act: 'lift', by: null, target: user, message: null, channel, until: null, reason, cause } };
}
