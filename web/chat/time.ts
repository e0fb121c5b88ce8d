/* Times in the reader's zone and habit (24 or 12 hours), all by Intl. */

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const withYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const DAY_MS = 86_400_000;

export function clockTime(atMs: number): string {
  return clock.format(atMs);
}

export function fullTime(atMs: number): string {
  return full.format(atMs);
}

/** Short, with its day. */
export function dateTime(atMs: number): string {
  return short.format(atMs);
}

/** Such as `5 minutes ago`. */
export function ago(atMs: number): string {
  const minutes = Math.round((nowMs() - atMs) / 60_000);
  if (minutes < 60) return relative.format(-Math.max(0, minutes), 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 24 ? relative.format(-hours, 'hour') : relative.format(-Math.round(hours / 24), 'day');
}

/** `Today`, `Yesterday`, then the date; with its year once that is not this one's. */
export function dayLabel(atMs: number, nowMs: number): string {
  const days = Math.round((startOfDay(atMs) - startOfDay(nowMs)) / DAY_MS);
  if (days === 0 || days === -1) return capitalised(relative.format(days, 'day'));
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? weekday : withYear).format(atMs);
}

export function isSameDay(aMs: number, bMs: number): boolean {
  return startOfDay(aMs) === startOfDay(bMs);
}

function startOfDay(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** The one place here that reads the time. */
export function nowMs(): number {
  return Date.now();
}
