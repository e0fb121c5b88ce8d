import { backoffMs } from '../../async/backoff.ts';
import { type Clock, pause } from '../../async/clock.ts';
import type { EpochMs, WebhookId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { HookPause } from '../../plugin/asked/hooks-out.ts';
import { createWaker } from '../../relay/waker.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { type Attempt, deliveryIdOf, triedOf } from './attempt.ts';
import type { Deliveries } from './deliveries.ts';
import type { Told } from './payload.ts';
import type { Outcome } from './send.ts';
import { GIVEN_UP_MS, type Source } from './source.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

/** Nothing has arrived for so long: it is paused. */
export const PAUSED_AFTER_MS = 3 * 24 * 60 * 60_000;
const RETRY = { baseMs: 5_000, capMs: 60 * 60_000 };
/** After an error of the hub's own, such as a store that is away. */
const AGAIN_MS = 2_000;
/** How far a position in memory may be ahead of the one that is kept, where nothing was to be told. */
const MOST_AHEAD = 500;

/** Tells one subscription what happens, one thing after the other. */
export interface Lane {
  wake(): void;
  /** It was paused or removed, and tells nothing more. */
  isOver(): boolean;
  stop(): Promise<void>;
}

export interface LaneDeps {
  readonly subscriptions: Subscriptions;
  readonly deliveries: Deliveries;
  readonly source: Source;
  readonly attempt: Attempt;
  readonly sql: Pick<Sql, 'write'>;
  /** Says to its owner that it was paused. */
  readonly tellPaused: (subscription: Subscription, why: HookPause) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is done next: look again at once, wait so long or until something comes (null), or nothing ever. */
type Next = 'again' | 'end' | { readonly waitMs: number | null };

export function startLane(id: WebhookId, deps: LaneDeps): Lane {
  const { subscriptions, deliveries, source, clock, logger } = deps;
  const stopping = new AbortController();
  const waker = createWaker();
  let looked = 0;
  let isOver = false;

  async function step(): Promise<Next> {
    const subscription = await subscriptions.get(id);
    if (subscription === null || subscription.paused !== null) return 'end';
    const leftMs = subscription.tryAt - clock.now();
    if (leftMs > 0) return { waitMs: leftMs };
    const before = Math.max(looked, subscription.afterSeq);
    const { told, through } = await source.next(subscription, before);
    looked = through;
    if (told === null) {
      if (through - subscription.afterSeq >= MOST_AHEAD) await write([moved(through)]);
      return through > before ? 'again' : { waitMs: null };
    }
    // judged at this moment: what somebody may see no more, no URL of theirs is told
    if (!source.isAllowed(subscription)) return paused(subscription, 'not-allowed');
    return tell(subscription, told);
  }

  async function tell(subscription: Subscription, told: Told): Promise<Next> {
    const isOld = subscription.tries > 0 && clock.now() - told.at >= GIVEN_UP_MS;
    if (isOld) return giveUp(subscription, told, { ...TOO_OLD, retryAfterMs: null });
    const deliveryId = deliveryIdOf(subscription, told);
    const outcome = await deps.attempt(subscription, told, deliveryId, stopping.signal);
    if (stopping.signal.aborted && outcome.kind !== 'arrived') return 'end';
    switch (outcome.kind) {
      case 'arrived': {
        const isMended = subscription.failingSince !== null;
        const mended = isMended ? [subscriptions.set(id, { failing_since: null })] : [];
        await write([...noted(subscription, told, outcome, 'done'), passed(told), ...mended]);
        return 'again';
      }
      case 'gone':
        await write(noted(subscription, told, outcome, 'waiting'));
        return paused(subscription, 'gone');
      case 'refused':
      case 'failed':
        return putOff(subscription, told, outcome);
    }
  }

  async function putOff(
    subscription: Subscription,
    told: Told,
    outcome: Extract<Outcome, { kind: 'failed' | 'refused' | 'gone' }>,
  ): Promise<Next> {
    const now = clock.now();
    const since = subscription.failingSince ?? now;
    const tries = subscription.tries + 1;
    const tryAt = now + Math.max(backoffMs(tries, RETRY), outcome.retryAfterMs ?? 0);
    if (outcome.kind === 'refused' || tryAt - told.at >= GIVEN_UP_MS) await giveUp(subscription, told, outcome);
    else {
      const later = subscriptions.set(id, { tries, try_at: tryAt });
      await write([...noted(subscription, told, outcome, 'waiting'), later]);
    }
    await write([subscriptions.set(id, { failing_since: since })]);
    return now - since >= PAUSED_AFTER_MS ? paused(subscription, 'failed') : 'again';
  }

  async function giveUp(subscription: Subscription, told: Told, outcome: Outcome): Promise<Next> {
    await write([...noted(subscription, told, outcome, 'dead'), passed(told)]);
    return 'again';
  }

  async function paused(subscription: Subscription, why: HookPause): Promise<Next> {
    await write([subscriptions.set(id, { paused_why: why })]);
    await deps.tellPaused(subscription, why);
    return 'end';
  }

  function noted(
    subscription: Subscription,
    told: Told,
    outcome: Outcome,
    state: 'waiting' | 'done' | 'dead',
  ): readonly Statement[] {
    const now: EpochMs = clock.now();
    const tries = subscription.tries + 1;
    const rest = { id: deliveryIdOf(subscription, told), state, tries, madeAt: now, triedAt: now };
    return deliveries.note(triedOf(subscription, told, outcome, rest));
  }

  function passed({ source: of, place }: Told): Statement {
    return subscriptions.move(id, { source: of === 'audit' ? 'audit' : 'entry', place });
  }

  const moved = (through: number): Statement => subscriptions.move(id, { source: 'entry', place: through });

  async function write(statements: readonly Statement[]): Promise<void> {
    await deps.sql.write(statements);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = waker.next();
      const next = await step().catch((error: unknown): Next => {
        logger.warn({ err: error, webhook: id }, 'a webhook waits for the store');
        return { waitMs: AGAIN_MS };
      });
      if (next === 'end') break;
      if (next === 'again') continue;
      const over = new AbortController();
      const signal = AbortSignal.any([stopping.signal, over.signal]);
      await Promise.race([woken, pause(clock, next.waitMs ?? IDLE_MS, signal)]);
      over.abort();
    }
    isOver = true;
  }
  const running = run();

  return {
    wake: waker.wake,
    isOver: () => isOver,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Looked at again in any case. */
const IDLE_MS = 60_000;
const TOO_OLD = { kind: 'failed', status: null, say: 'nothing arrived within a day' } as const;
