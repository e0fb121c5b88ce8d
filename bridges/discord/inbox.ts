import {
  createSerialByKey,
  type HubPort,
  type Inbound,
  pause,
  type Receipt,
  TooManyWaiting,
} from '../../core/plugin/index.ts';

/** What may wait in one room; what comes beyond is fetched later, where Discord keeps it. */
const MAX_WAITING = 500;
const MAX_PAUSE_MS = 10_000;
const STOP_WAIT_MS = 3_000;

/** The way to the hub: one thing after the other in each room, rooms beside each other. */
export interface Inbox {
  /** Runs it after what came earlier under this key. Never rejects; tells `onOverflow` when there was no room for it. */
  run(key: string, task: () => Promise<void>, onOverflow?: () => void): void;
  /** Hands it to the hub, again and again while the hub cannot store it. Never rejects. */
  deliver(inbound: Inbound): Promise<Receipt>;
  /** Resolves once what waits under this key now is done, also when there is no room for more. */
  idle(key: string): Promise<void>;
  /** Aborts with the stop. */
  readonly signal: AbortSignal;
  /** Nothing is begun any more; resolves once what was under way has ended, or soon after. */
  stop(): Promise<void>;
}

export function createInbox(hub: Pick<HubPort, 'receive' | 'clock' | 'log'>): Inbox {
  const queue = createSerialByKey<string>(MAX_WAITING);
  const stopping = new AbortController();
  const running = new Map<Promise<void>, string>();

  async function guarded(task: () => Promise<void>): Promise<void> {
    if (stopping.signal.aborted) return;
    try {
      await task();
    } catch (error) {
      if (stopping.signal.aborted) return;
      hub.log.error({ failure: error instanceof Error ? error.name : '', say: sayOf(error) }, 'inbound left out');
    }
  }

  async function queued(key: string, task: () => Promise<void>, onOverflow: () => void): Promise<void> {
    try {
      await queue.run(key, () => guarded(task));
    } catch (error) {
      if (!(error instanceof TooManyWaiting)) throw error;
      onOverflow();
    }
  }

  return {
    signal: stopping.signal,
    run(key, task, onOverflow = () => hub.log.warn({ room: key }, 'too much at once, left out')) {
      if (stopping.signal.aborted) return;
      const promise = queued(key, task, onOverflow).finally(() => running.delete(promise));
      running.set(promise, key);
    },
    async idle(key) {
      await Promise.all([...running].flatMap(([promise, of]) => (of === key ? [promise] : [])));
    },
    async deliver(inbound) {
      for (;;) {
        if (stopping.signal.aborted) return { kind: 'stopping' };
        const receipt = await hub.receive(inbound);
        if (!isForLater(receipt)) return receipt;
        const waitMs = Math.min(receipt.retryAfterMs ?? 1_000, MAX_PAUSE_MS);
        hub.log.warn({ code: receipt.code, waitMs }, 'the hub cannot store it now');
        await pause(hub.clock, waitMs, stopping.signal);
      }
    },
    async stop() {
      stopping.abort();
      const done = new AbortController();
      await Promise.race([
        Promise.all(running.keys()).then(() => done.abort()),
        pause(hub.clock, STOP_WAIT_MS, done.signal),
      ]);
    },
  };
}

/** Not for what was said, but for the state of the hub. */
function isForLater(receipt: Receipt): receipt is Extract<Receipt, { kind: 'refused' }> {
  return receipt.kind === 'refused' && (receipt.code === 'unavailable' || receipt.code === 'archive-behind');
}

/** The texts of this bridge's own errors hold no secret; of others only the kind is told. */
function sayOf(error: unknown): string | null {
  return error instanceof Error && error.name === 'BridgeError' ? error.message : null;
}
