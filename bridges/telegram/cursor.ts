import type { HubPort } from '../../core/plugin/index.ts';

/** After a quiet week Telegram begins to number anew, perhaps lower; an old number would then hide what is new. */
const NUMBERS_HOLD_MS = 6 * 24 * 60 * 60_000;

/** The number of the next update, kept with the time at which it was learnt. */
export interface Cursor {
  load(): Promise<void>;
  /** What to ask for; null: whatever there is. */
  next(): number | null;
  save(next: number): Promise<void>;
}

export function createCursor({ cursor, clock }: Pick<HubPort, 'cursor' | 'clock'>): Cursor {
  let kept: { readonly next: number; readonly at: number } | null = null;
  return {
    async load() {
      const [, next, at] = /^(\d+) (\d+)$/.exec((await cursor.load()) ?? '') ?? [];
      kept = next === undefined ? null : { next: Number(next), at: Number(at) };
    },
    next: () => (kept !== null && clock.now() - kept.at < NUMBERS_HOLD_MS ? kept.next : null),
    async save(next) {
      await cursor.save(`${next} ${clock.now()}`);
      kept = { next, at: clock.now() };
    },
  };
}
