/** How browsers run something at the next frame, or after a while. */
export interface FrameClock {
  now(): number;
  /** Before the next frame is drawn; a page that is not shown draws none, so there it is a timer. */
  frame(run: () => void): void;
  after(ms: number, run: () => void): void;
}

/** Above this many events a second, the page is redrawn at most each `SLOW_FLUSH_MS`. */
export const BUSY_PER_SECOND = 20;
export const SLOW_FLUSH_MS = 250;

/** Gathers events so that the page changes once a frame, however many come; less often in a busy hour. */
export function createFlush(
  flush: () => void,
  clock: FrameClock,
): {
  /** Something has come; `now` for what the person at this screen did. */
  readonly note: (when: 'soon' | 'now') => void;
} {
  let isScheduled = false;
  let windowStart = clock.now();
  let inWindow = 0;
  let lastRate = 0;

  const run = (): void => {
    isScheduled = false;
    flush();
  };
  const count = (): number => {
    const at = clock.now();
    if (at - windowStart >= 1_000) {
      lastRate = at - windowStart < 2_000 ? inWindow : 0;
      windowStart = at;
      inWindow = 0;
    }
    inWindow += 1;
    return Math.max(lastRate, inWindow);
  };
  return {
    note(when) {
      const rate = count();
      if (when === 'now') {
        flush();
        return;
      }
      if (isScheduled) return;
      isScheduled = true;
      if (rate > BUSY_PER_SECOND) clock.after(SLOW_FLUSH_MS, run);
      else clock.frame(run);
    },
  };
}

export const browserClock: FrameClock = {
  now: () => performance.now(),
  frame: (run) => {
    if (document.hidden) setTimeout(run, SLOW_FLUSH_MS);
    else requestAnimationFrame(run);
  },
  after: (ms, run) => {
    setTimeout(run, ms);
  },
};
