import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { BridgeId, RoomId, UserId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import type { Capabilities } from '../../plugin/operations.ts';
import type { Typing } from '../../plugin/surface.ts';
import type { Signals } from '../../store/ports.ts';

const TOPIC = 'typing';
/** A room is told at most this often that somebody types. */
const EVERY_MS = 4_000;
/** A signal that takes longer tells of the past. */
const WITHIN_MS = 3_000;
/** Rooms that are being told at once; more are left out. */
const MOST_TELLING = 50;

export type { Typing } from '../../plugin/surface.ts';

/** Who types where: at most once, never kept; what is too much is left out. */
export interface TypingDesk {
  /** Somebody types here. */
  say(typing: Typing): void;
  /** Somebody types in a room, on the hub that runs its bridge. */
  heard(typing: Typing, from: { readonly bridge: BridgeId; readonly room: RoomId }): void;
  /** What is typed elsewhere. @returns a function that stops it */
  hear(listener: (typing: Typing) => void): () => void;
  stop(): Promise<void>;
}

export interface TypingDeps {
  readonly signals: Signals;
  readonly portals: () => readonly Portal[];
  readonly can: (bridge: BridgeId, room: RoomId) => Capabilities | null;
  readonly isOptedOut: (user: UserId) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Told {
  readonly typing: Typing;
  readonly from: { readonly bridge: BridgeId; readonly room: RoomId } | null;
}

export function createTypingDesk(deps: TypingDeps): TypingDesk {
  const { signals, clock, logger } = deps;
  const listeners = new Set<(typing: Typing) => void>();
  const toldAt = new Map<string, number>();
  const telling = new Set<Promise<void>>();

  function tellReaders(typing: Typing): void {
    for (const listener of listeners) listener(typing);
  }

  function tellRooms({ typing, from }: Told): void {
    if (deps.isOptedOut(typing.user)) return;
    for (const portal of deps.portals()) {
      if (portal.channel !== typing.channel || portal.isPaused || portal.direction === 'in') continue;
      if (portal.bridge === from?.bridge && portal.room === from.room) continue;
      const can = deps.can(portal.bridge, portal.room)?.signal;
      if (can === undefined || !can.limits.kinds.includes('typing') || !isDue(portal, typing)) continue;
      inBackground(tellRoom(portal, typing, can));
    }
  }

  /** The end is told where the beginning was. */
  function isDue({ id }: Portal, { on }: Typing): boolean {
    const now = clock.elapsed();
    const last = toldAt.get(id);
    if (telling.size >= MOST_TELLING) return false;
    if (!on) return toldAt.delete(id);
    if (last !== undefined && now - last < EVERY_MS) return false;
    toldAt.set(id, now);
    return true;
  }

  async function tellRoom(
    { room, bridge }: Portal,
    { user, name, platform, avatarUrl, on }: Typing,
    can: NonNullable<Capabilities['signal']>,
  ): Promise<void> {
    const speaker = { kind: 'user', name, avatarUrl, key: user, platform } as const;
    try {
      await withDeadline(clock, WITHIN_MS, null, (signal) =>
        can.run({ room, speaker, what: { kind: 'typing', on } }, signal),
      );
    } catch (error) {
      logger.debug({ err: error, bridge, room }, 'a room was not told who types');
    }
  }

  function inBackground(task: Promise<void>): void {
    const ended = task.finally(() => telling.delete(ended));
    telling.add(ended);
  }

  const stopHearing = signals.hear((topic, body) => {
    if (topic !== TOPIC) return;
    const told: Told = JSON.parse(body);
    tellReaders(told.typing);
    tellRooms(told);
  });

  return {
    say(typing) {
      signals.say(TOPIC, JSON.stringify({ typing, from: null }));
      tellRooms({ typing, from: null });
    },
    heard(typing, from) {
      tellReaders(typing);
      signals.say(TOPIC, JSON.stringify({ typing, from }));
      tellRooms({ typing, from });
    },
    hear(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async stop() {
      stopHearing();
      await Promise.all(telling);
    },
  };
}
