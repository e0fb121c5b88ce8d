import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { BridgeId, RoomId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Capabilities } from '../../plugin/operations.ts';
import { type Problem, problem } from '../accounts/outcome.ts';

/** `cannot`: the bridge has no way to tell; `unknown`: it is not live here, or the platform did not answer. */
export type Closedness = 'closed' | 'open' | 'cannot' | 'unknown';

export type AskClosed = (bridge: BridgeId, room: RoomId) => Promise<Closedness>;

const ASK_DEADLINE_MS = 10_000;

/** Whether nobody but its own members can read what is posted in a room, by the platform's word. */
export function createAskClosed(
  can: (bridge: BridgeId, room: RoomId) => Capabilities | null,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): AskClosed {
  return async (bridge, room) => {
    const capabilities = can(bridge, room);
    if (capabilities === null) return 'unknown';
    const { isClosed } = capabilities;
    if (isClosed === undefined) return 'cannot';
    try {
      const is = await withDeadline(clock, ASK_DEADLINE_MS, null, (signal) => isClosed.run({ room }, signal));
      return is ? 'closed' : 'open';
    } catch (error) {
      logger.warn(
        { bridge, room, say: error instanceof Error ? error.message : '' },
        'who reads a room cannot be told',
      );
      return 'unknown';
    }
  };
}

/** Why a closed channel cannot be linked with a room that is so; null: it can. */
export function openProblem(closedness: Closedness): Problem | null {
  switch (closedness) {
    case 'closed':
      return null;
    case 'open':
      return problem('forbidden', 'Others can read that room: the crew channel goes into closed rooms alone.');
    case 'cannot':
      return problem('forbidden', 'The hub cannot see who reads a room there, so the crew channel cannot go there.');
    case 'unknown':
      return problem('unavailable', 'Who can read that room could not be checked just now; try again.');
  }
}
