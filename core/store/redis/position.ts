import type { EpochMs, Position } from '../../domain/ids.ts';
import { START } from '../ports.ts';

/* Positions are the stream's own ids: the time in ms by Redis' clock and a counter, `1700000000000-0`. */

const FORM = /^\d+-\d+$/;
const LAST_OF_MS = '18446744073709551615';

/** Whether it is a place in a log of this kind; positions of another store are not. */
export function isPosition(text: string): boolean {
  return FORM.test(text);
}

export function isBefore(a: Position, b: Position): boolean {
  // of the same form, as nearly all are, they sort as texts do
  if (a.length === b.length && a.indexOf('-') === b.indexOf('-')) return a < b;
  const [aMs, aCount] = parts(a);
  const [bMs, bCount] = parts(b);
  return aMs < bMs || (aMs === bMs && aCount < bCount);
}

export function laterOf(a: Position, b: Position): Position {
  return isBefore(a, b) ? b : a;
}

export function earlierOf(a: Position, b: Position): Position {
  return isBefore(b, a) ? b : a;
}

/** The position just before the first entry at or after this time. */
export function positionBefore(at: EpochMs): Position {
  return at <= 0 ? START : (`${Math.trunc(at) - 1}-${LAST_OF_MS}` as Position);
}

function parts(position: Position): readonly [ms: number, count: number] {
  const [ms = '0', count = '0'] = position.split('-');
  return [Number(ms), Number(count)];
}
