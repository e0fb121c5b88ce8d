import type { ViewRow } from '../../../client/index.ts';

/*
 * Which of the rows in memory are drawn. At the bottom: the newest few. Scrolled up: the part being read, which new
 * messages leave alone.
 */
export const PINNED_ROWS = 200;
export const HELD_ROWS = 600;
const STEP = 100;

export type Window =
  | { readonly kind: 'pinned' }
  /** Rows from `from` to `to`, both included. `newest` was the last there when the reader left the bottom. */
  | { readonly kind: 'held'; readonly from: number; readonly to: number; readonly newest: number };

export const PINNED: Window = { kind: 'pinned' };

type Rows = readonly ViewRow[];

export function shownRows(rows: Rows, window: Window): Rows {
  if (window.kind === 'pinned') return rows.slice(-PINNED_ROWS);
  return rows.slice(indexOf(rows, window.from), indexOf(rows, window.to + 1));
}

/** Holds what is drawn now, as the reader leaves the bottom. */
export function hold(rows: Rows): Window {
  const [first, last] = [rows.at(-PINNED_ROWS) ?? rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return PINNED;
  return { kind: 'held', from: first.seq, to: last.seq, newest: last.seq };
}

/** Draws older rows too; what is then too much goes at the other end. */
export function showOlder(rows: Rows, window: Window): Window {
  const held = window.kind === 'held' ? window : hold(rows);
  if (held.kind === 'pinned') return held;
  const from = Math.max(0, indexOf(rows, held.from) - STEP);
  const to = Math.min(indexOf(rows, held.to), from + HELD_ROWS - 1);
  return bounded(rows, from, to, held.newest);
}

/** Draws newer rows too; what is then too much goes at the other end. */
export function showNewer(rows: Rows, window: Window): Window {
  if (window.kind === 'pinned') return window;
  const to = Math.min(rows.length - 1, indexOf(rows, window.to) + STEP);
  const from = Math.max(indexOf(rows, window.from), to - HELD_ROWS + 1);
  return bounded(rows, from, to, window.newest);
}

/** Draws what stands around one row. Null when that is not in memory. */
export function showAround(rows: Rows, messageId: string): Window | null {
  const at = rows.findIndex((row) => row.kind === 'message' && row.message.id === messageId);
  if (at < 0) return null;
  return bounded(rows, Math.max(0, at - STEP), Math.min(rows.length - 1, at + STEP), rows.at(-1)?.seq ?? 0);
}

/** Whether the newest row there is drawn. */
export function isAtTail(rows: Rows, window: Window): boolean {
  return window.kind === 'pinned' || window.to >= (rows.at(-1)?.seq ?? 0);
}

/** Whether rows in memory stand above the first drawn one. */
export function hasOlder(rows: Rows, window: Window): boolean {
  if (window.kind === 'pinned') return rows.length > PINNED_ROWS;
  return (rows[0]?.seq ?? window.from) < window.from;
}

/** Messages that came since the reader left the bottom. */
export function newSince(rows: Rows, window: Window): number {
  if (window.kind === 'pinned') return 0;
  let count = 0;
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row === undefined || row.seq <= window.newest) break;
    if (row.kind === 'message') count += 1;
  }
  return count;
}

function bounded(rows: Rows, from: number, to: number, newest: number): Window {
  const [first, last] = [rows[from], rows[to]];
  if (first === undefined || last === undefined) return PINNED;
  return { kind: 'held', from: first.seq, to: last.seq, newest };
}

/** Index of the first row at or above `seq`. */
function indexOf(rows: Rows, seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.seq ?? seq) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
