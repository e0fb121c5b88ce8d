import type { Position } from '../../domain/ids.ts';
import type { Place } from './jobs.ts';

/** Reads a position of this store: a decimal counter. @throws on one of another store */
export function placeOf(position: Position): Place {
  const place = Number(position);
  if (!Number.isSafeInteger(place) || place < 0) throw new Error(`not a position of the embedded log: ${position}`);
  return place;
}

export function positionOf(place: Place): Position {
  return String(place) as Position;
}

export function isBefore(a: Position, b: Position): boolean {
  return placeOf(a) < placeOf(b);
}
