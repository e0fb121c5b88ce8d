import { backoffMs } from '../../async/backoff.ts';
import { type Clock, pause } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { BridgeId, RoomId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Bridge } from '../../plugin/bridge.ts';
import { isBridgeError } from '../../plugin/errors.ts';
import { hubLine } from './line.ts';

export interface PostLineDeps {
  /** The bridge while it is live on this hub. */
  readonly live: (bridge: BridgeId) => Bridge | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

/** One line of the hub itself in a room, tried a few times; what may have arrived is not said again. Never rejects. */
export type PostLine = (place: Place, text: string, key: string) => Promise<void>;

interface Place {
  readonly bridge: BridgeId;
  readonly room: RoomId;
}

const POST_DEADLINE_MS = 10_000;
const MOST_TRIES = 5;
const RETRY = { baseMs: 1_000, capMs: 60_000 };

export function createPostLine({ live, clock, logger, stopping }: PostLineDeps): PostLine {
  return async ({ bridge, room }, text, key) => {
    const can = live(bridge)?.capabilities(room).post;
    if (can === undefined) return logger.info({ bridge, room }, 'a room cannot be told anything');
    const line = hubLine(room, text, key, clock.now());
    for (let attempt = 1; !stopping.aborted; attempt += 1) {
      try {
        await withDeadline(clock, POST_DEADLINE_MS, null, (signal) => can.run(line, signal));
        return;
      } catch (error) {
        const waitMs = attempt < MOST_TRIES ? waitAfter(error, attempt) : null;
        if (waitMs === null) {
          const say = error instanceof Error ? error.message : '';
          return logger.warn({ bridge, room, say }, 'a room was not told what the hub had to say');
        }
        await pause(clock, waitMs, stopping);
      }
    }
  };
}

/** How long to wait before it is tried again; null: it may have arrived, or never will. */
function waitAfter(error: unknown, attempt: number): number | null {
  if (!isBridgeError(error)) return null;
  const { failure } = error;
  if (failure.kind !== 'retryable' || failure.delivered === 'unknown') return null;
  return Math.min(failure.retryAfterMs ?? backoffMs(attempt, RETRY), RETRY.capMs);
}
