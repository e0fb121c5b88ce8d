import type { Timers } from '../community/timers/timers.ts';
import { type LeaseDeps, waitForLease } from '../supervisor/lease.ts';

const SWEEP_MS = 1_000;

/** Durable timers are swept each second by the one hub that holds the lease. */
export function startSweeping(timers: Pick<Timers, 'sweep'>, deps: LeaseDeps): { stop(): Promise<void> } {
  const { clock, logger } = deps;
  const stopping = new AbortController();
  let sweeping: Promise<void> | null = null;

  function sweep(): void {
    sweeping ??= timers
      .sweep()
      .catch((error: unknown) => logger.warn({ err: error }, 'timers could not be read; they are looked at again'))
      .finally(() => {
        sweeping = null;
      });
  }

  async function reign(): Promise<void> {
    const lease = await waitForLease('timers', stopping.signal, deps, () => {});
    if (lease === null) return;
    sweep();
    const stopSweeping = clock.every(SWEEP_MS, sweep);
    const over = AbortSignal.any([stopping.signal, lease.lost]);
    if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
    stopSweeping();
    await sweeping;
    await lease.release();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await reign();
  }
  const running = run();

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
