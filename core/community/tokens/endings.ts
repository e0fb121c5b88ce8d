import type { Clock } from '../../async/clock.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Grant } from '../../domain/scopes.ts';
import type { Feed } from '../../plugin/surface.ts';

/** Tells of tokens that are worth nothing any more: at the moment in which this hub learns of it, and at their time. */
export interface Endings {
  /** Calls back once. @returns what stops it */
  watch(actor: Actor, ended: () => void): () => void;
  stop(): void;
}

export interface EndingsDeps {
  readonly isGood: (grant: Grant) => boolean;
  readonly feed: Pick<Feed, 'onRights'>;
  readonly clock: Pick<Clock, 'now' | 'after'>;
}

interface Watched {
  readonly grant: Grant;
  readonly ended: () => void;
  stopWaiting: () => void;
}

/** Timers count to some 24 days; what is farther away is looked at again then. */
const FARTHEST_MS = 24 * 60 * 60_000;

export function createEndings({ isGood, feed, clock }: EndingsDeps): Endings {
  const watched = new Set<Watched>();

  function end(one: Watched): void {
    if (!watched.delete(one)) return;
    one.stopWaiting();
    one.ended();
  }

  function wait(one: Watched, until: EpochMs): void {
    const inMs = until - clock.now();
    one.stopWaiting = clock.after(Math.min(Math.max(inMs, 0), FARTHEST_MS), () => {
      if (isGood(one.grant)) wait(one, until);
      else end(one);
    });
  }

  // before what is stored after the change is handed out
  const stopRights = feed.onRights(() => {
    for (const one of watched) if (!isGood(one.grant)) end(one);
  });

  return {
    watch({ grant }, ended) {
      if (grant === undefined) return () => {};
      const one: Watched = { grant, ended, stopWaiting: () => {} };
      watched.add(one);
      if (grant.expiresAt !== null) wait(one, grant.expiresAt);
      return () => {
        watched.delete(one);
        one.stopWaiting();
      };
    },
    stop() {
      stopRights();
      for (const one of watched) one.stopWaiting();
      watched.clear();
    },
  };
}
