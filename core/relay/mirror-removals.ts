import { type Clock, pause } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { createSerialByKey, TooManyWaiting } from '../async/serial-by-key.ts';
import type { BridgeId, RoomId } from '../domain/ids.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Logger } from '../ops/log.ts';
import type { Bridge } from '../plugin/bridge.ts';
import type { Capabilities } from '../plugin/operations.ts';
import { SEND_DEADLINE_MS } from './limits.ts';
import { stepAfter } from './retry.ts';

/** Where the hub holds the line by itself: what a sanctioned person writes in a room is taken away there. */
export interface Removals {
  /** As far as the bridge may; returns at once. */
  remove(place: { readonly bridge: BridgeId; readonly room: RoomId }, ref: RemoteRef): void;
  stop(): Promise<void>;
}

export interface RemovalsDeps {
  readonly live: (bridge: BridgeId) => Bridge | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Of one bridge; more stay where they are. */
const MOST_WAITING = 200;
const MOST_TRIES = 5;
const MOST_WAIT_MS = 30_000;

export function createMirrorRemovals({ live, clock, logger }: RemovalsDeps): Removals {
  const queues = createSerialByKey<BridgeId>(MOST_WAITING);
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function removeOne(bridge: BridgeId, ref: RemoteRef): Promise<void> {
    for (let attempt = 1; attempt <= MOST_TRIES && !stopping.signal.aborted; attempt += 1) {
      const can = live(bridge)?.capabilities(ref.room).redact;
      if (can === undefined || !can.limits.others) return;
      try {
        await tryOnce(can, ref);
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        const next = stepAfter(error, attempt);
        if (next.kind !== 'retry' || next.inMs > MOST_WAIT_MS) {
          return logger.warn({ bridge, room: ref.room, next: next.kind }, 'a message of a sanctioned person stays');
        }
        await pause(clock, next.inMs, stopping.signal);
      }
    }
  }

  async function tryOnce(can: NonNullable<Capabilities['redact']>, ref: RemoteRef): Promise<void> {
    await withDeadline(clock, SEND_DEADLINE_MS, stopping.signal, (signal) =>
      can.run({ refs: [ref], reason: null }, signal),
    );
  }

  return {
    remove({ bridge, room }, ref) {
      const task = queues
        .run(bridge, () => removeOne(bridge, ref))
        .catch((error: unknown) => {
          const isFull = error instanceof TooManyWaiting;
          logger.warn({ bridge, room, isFull }, 'a message of a sanctioned person was not taken away');
        })
        .finally(() => running.delete(task));
      running.add(task);
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
