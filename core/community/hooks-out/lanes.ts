import type { Clock } from '../../async/clock.ts';
import type { ChannelId, WebhookId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import { type Lane, type LaneDeps, startLane } from './lane.ts';
import type { Subscription } from './subscriptions.ts';

/** How often is looked for subscriptions of other hubs, and for acts, which come by way of the archive. */
const LOOK_MS = 2_000;

interface Running {
  readonly lane: Lane;
  readonly channel: ChannelId;
  readonly hasActs: boolean;
}

/** The lanes of all subscriptions, on the one hub that tells them. */
export interface Lanes {
  /** Something was said there. */
  wake(channel: ChannelId): void;
  /** Subscriptions are others than before. */
  refresh(): void;
  stop(): Promise<void>;
}

export function startLanes(deps: LaneDeps & { readonly clock: Clock; readonly logger: Logger }): Lanes {
  const { subscriptions, clock, logger } = deps;
  const running = new Map<WebhookId, Running>();
  let refreshing: Promise<void> | null = null;
  let isStale = false;
  let isStopped = false;

  async function look(isChanged: boolean): Promise<void> {
    const found = new Map((await subscriptions.running()).map((one) => [one.id, one]));
    if (isStopped) return;
    for (const [id, { lane }] of running) if (!found.has(id)) await drop(id, lane);
    for (const one of found.values()) take(one, isChanged);
  }

  async function drop(id: WebhookId, lane: Lane): Promise<void> {
    running.delete(id);
    await lane.stop();
  }

  function take({ id, channel, kinds }: Subscription, isChanged: boolean): void {
    const known = running.get(id);
    const kept = known?.lane.isOver() === false ? known.lane : null;
    const lane = kept ?? startLane(id, deps);
    const hasActs = kinds.includes('sanction');
    running.set(id, { lane, channel, hasActs });
    if (kept !== null && (isChanged || hasActs)) lane.wake();
  }

  async function lookUntilFresh(): Promise<void> {
    do {
      const isChanged = isStale;
      isStale = false;
      await look(isChanged);
    } while (isStale && !isStopped);
  }

  function start(): void {
    refreshing ??= lookUntilFresh()
      .catch((error: unknown) => logger.warn({ err: error }, 'webhooks could not be read; they are looked at again'))
      .finally(() => {
        refreshing = null;
      });
  }

  const stopLooking = clock.every(LOOK_MS, start);
  start();

  return {
    wake(channel) {
      for (const one of running.values()) if (one.channel === channel) one.lane.wake();
    },
    refresh() {
      isStale = true;
      start();
    },
    async stop() {
      isStopped = true;
      stopLooking();
      await refreshing;
      await Promise.all([...running.values()].map(({ lane }) => lane.stop()));
      running.clear();
    },
  };
}
