import type { Clock } from '../../core/plugin/index.ts';

/** Twitch lets an account join 20 channels in 10 s. */
const MOST = 18;
const WINDOW_MS = 10_500;
/** A join that is not answered within this time has failed. */
const ANSWER_MS = 10_000;

/** Joins channels at the pace that Twitch allows, and knows which have not been answered. */
export interface Joins {
  add(login: string): void;
  /** It was answered, one way or the other; or is not wanted any more. @returns whether it was open */
  done(login: string): boolean;
  /** Forgets what is open: the connection is another. */
  reset(): void;
  /** Resolves when none is open. */
  settled(): Promise<void>;
}

export interface JoinsDeps {
  readonly clock: Clock;
  readonly send: (login: string) => void;
  readonly onSilence: (login: string) => void;
}

export function createJoins({ clock, send, onSilence }: JoinsDeps): Joins {
  const waiting = new Set<string>();
  const asked = new Map<string, () => void>();
  let sentAt: readonly number[] = [];
  let cancelNext = (): void => {};
  let onSettled: (() => void)[] = [];

  function next(): void {
    cancelNext();
    const now = clock.elapsed();
    sentAt = sentAt.filter((at) => now - at < WINDOW_MS);
    for (const login of waiting) {
      if (sentAt.length >= MOST) {
        cancelNext = clock.after(WINDOW_MS - (now - (sentAt[0] ?? now)), next);
        return;
      }
      waiting.delete(login);
      sentAt = [...sentAt, now];
      asked.set(
        login,
        clock.after(ANSWER_MS, () => {
          done(login);
          onSilence(login);
        }),
      );
      send(login);
    }
  }

  function done(login: string): boolean {
    asked.get(login)?.();
    const wasOpen = [asked.delete(login), waiting.delete(login)].includes(true);
    tellSettled();
    return wasOpen;
  }

  function tellSettled(): void {
    if (asked.size + waiting.size > 0) return;
    const told = onSettled;
    onSettled = [];
    for (const tell of told) tell();
  }

  return {
    add(login) {
      if (asked.has(login)) return;
      waiting.add(login);
      next();
    },
    done,
    reset() {
      cancelNext();
      for (const cancel of asked.values()) cancel();
      asked.clear();
      waiting.clear();
      tellSettled();
    },
    settled() {
      if (asked.size + waiting.size === 0) return Promise.resolve();
      return new Promise((resolve) => onSettled.push(resolve));
    },
  };
}
