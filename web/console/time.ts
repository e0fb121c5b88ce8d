const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const THIS_YEAR = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const clockTime = (at: number): string => CLOCK.format(at);
export const dayTime = (at: number): string => DAY.format(at);
export const fullTime = (at: number): string => FULL.format(at);

/** Of today the time alone, of this year without it. */
export function shortTime(at: number): string {
  const then = new Date(at);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return CLOCK.format(at);
  return (then.getFullYear() === now.getFullYear() ? THIS_YEAR : SHORT).format(at);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** `8 s`, `3 min`, `2 h`, `4 days`: how long something has lasted. */
export function spanText(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < 48 * HOUR_MS) return `${Math.round(ms / HOUR_MS)} h`;
  return `${Math.round(ms / (24 * HOUR_MS))} days`;
}
