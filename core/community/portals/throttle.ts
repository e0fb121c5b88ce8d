import { RateLimiterMemory, RateLimiterRes } from '../../async/rate-limiter.ts';
import type { BridgeId, RoomId } from '../../domain/ids.ts';

/** Codes tried in one room, right ones forgiven. */
const TRIES = { points: 5, duration: 10 * 60 };
/** Lines that the hub says in one room by itself: answers and notices. */
const LINES = { points: 10, duration: 60 };
/** What a platform announces by itself in one room. */
const NOTICES = { points: 60, duration: 60 };
/** Commands of one person. */
const COMMANDS = { points: 20, duration: 60 };

export interface RoomThrottle {
  /** To be asked before a code is looked at. */
  enter(bridge: BridgeId, room: RoomId): Promise<{ readonly ok: boolean }>;
  /** The code was right. */
  forgive(bridge: BridgeId, room: RoomId): Promise<void>;
  /** Whether the hub may say one line more in this room now. What moderators are told, no crowd can use up. */
  mayAnswer(bridge: BridgeId, room: RoomId, isModerator: boolean): Promise<boolean>;
  mayNotice(bridge: BridgeId, room: RoomId): Promise<boolean>;
  mayCommand(user: string): Promise<boolean>;
}

/** Counts in the memory of this hub: a bridge runs on one hub at a time. */
export function createRoomThrottle(): RoomThrottle {
  const tries = new RateLimiterMemory(TRIES);
  const lines = new RateLimiterMemory(LINES);
  const moderatorLines = new RateLimiterMemory({ ...LINES, keyPrefix: 'moderators' });
  const notices = new RateLimiterMemory(NOTICES);
  const commands = new RateLimiterMemory(COMMANDS);
  const keyOf = (bridge: BridgeId, room: RoomId): string => JSON.stringify([bridge, room]);
  return {
    enter: async (bridge, room) => ({ ok: await passes(tries, keyOf(bridge, room)) }),
    async forgive(bridge, room) {
      await tries.delete(keyOf(bridge, room));
    },
    mayAnswer: (bridge, room, isModerator) => passes(isModerator ? moderatorLines : lines, keyOf(bridge, room)),
    mayNotice: (bridge, room) => passes(notices, keyOf(bridge, room)),
    mayCommand: (user) => passes(commands, user),
  };
}

async function passes(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (spent) {
    if (spent instanceof RateLimiterRes) return false;
    throw spent;
  }
}
