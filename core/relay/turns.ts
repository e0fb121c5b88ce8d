import type { PortalId, Position } from '../domain/ids.ts';
import type { Log } from '../store/ports.ts';
import type { Inbox } from './inbox.ts';
import { createWaker, type Waker } from './waker.ts';

/** A lane among those of the same portal: what was stored first is said first in the room, whichever channel it is of. */
export interface Turn {
  /** What the lane is at; null: it is through with all it has heard of. */
  at(position: Position | null): void;
  /** Whether no other lane has anything left from before. */
  isNext(position: Position): boolean;
  /** Resolves once that is so, or with the signal. */
  next(position: Position, stopping: AbortSignal): Promise<void>;
  /** The lane has ended and holds nobody up. */
  leave(): void;
}

export interface Turns {
  enter(portal: PortalId, inbox: Inbox): Turn;
}

interface Member {
  /** `unknown`: it has not looked yet. */
  front: Position | null | 'unknown';
  readonly inbox: Inbox;
}
interface Group {
  readonly members: Set<Member>;
  readonly moved: Waker;
}

export function createTurns({ isBefore }: Pick<Log, 'isBefore'>): Turns {
  const groups = new Map<PortalId, Group>();

  function holdsUp({ front, inbox }: Member, position: Position): boolean {
    if (front === 'unknown' || (front !== null && isBefore(front, position))) return true;
    const first = inbox.first();
    return !inbox.isWhole() || (first !== null && isBefore(first.entry.position, position));
  }

  return {
    enter(portal, inbox) {
      const group = groups.get(portal) ?? { members: new Set(), moved: createWaker() };
      groups.set(portal, group);
      const self: Member = { front: 'unknown', inbox };
      group.members.add(self);
      const isNext = (position: Position): boolean =>
        [...group.members].every((one) => one === self || !holdsUp(one, position));

      return {
        at(position) {
          self.front = position;
          if (group.members.size > 1) group.moved.wake();
        },
        isNext,
        async next(position, stopping) {
          const stopped = Promise.withResolvers<void>();
          const stop = (): void => stopped.resolve();
          stopping.addEventListener('abort', stop, { once: true });
          while (!stopping.aborted) {
            const moved = group.moved.next();
            if (isNext(position)) break;
            await Promise.race([moved, stopped.promise]);
          }
          stopping.removeEventListener('abort', stop);
        },
        leave() {
          group.members.delete(self);
          if (group.members.size === 0 && groups.get(portal) === group) groups.delete(portal);
          group.moved.wake();
        },
      };
    },
  };
}
