const REAL = globalThis.Date;
/** A Friday evening in Berlin. */
const DOORS = REAL.parse('2030-11-22T21:00:00+01:00');
export const MINUTE_MS = 60_000;

/** Time of a made-up evening, for everything in this process: the hub, and the platforms beside it. */
export interface EveningTime {
  /** It is now so many minutes after the doors opened; never earlier than it was. Over five at once cost connections. */
  at(minutes: number): void;
  /** It is now exactly so many minutes after them, also when it was later. */
  again(minutes: number): void;
  /** Where a browser's own clock is to stand, and it stands still there: ms. */
  readonly shownAt: number;
}

/** @param shownMinutes when the pictures are taken */
export function startEvening(shownMinutes: number): EveningTime {
  let shiftMs = DOORS - REAL.now();
  class EveningDate extends REAL {
    constructor(...parts: readonly unknown[]) {
      if (parts.length === 0) super(EveningDate.now());
      else super(...(parts as [number]));
    }
    static override now(): number {
      return REAL.now() + shiftMs;
    }
  }
  globalThis.Date = EveningDate as DateConstructor;
  return {
    at(minutes) {
      shiftMs = Math.max(shiftMs, DOORS + minutes * MINUTE_MS - REAL.now());
    },
    again(minutes) {
      shiftMs = DOORS + minutes * MINUTE_MS - REAL.now();
    },
    shownAt: DOORS + shownMinutes * MINUTE_MS,
  };
}
