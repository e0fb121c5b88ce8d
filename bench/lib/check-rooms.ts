import { wordIn } from './rooms.ts';

/** What one room was to get and what it got. */
export interface RoomSeen {
  readonly name: string;
  /** What people said in that very room: no copy of these is due. */
  readonly own: ReadonlySet<string>;
  readonly shown: readonly string[];
  /** Deliveries that the hub counts as in doubt. */
  readonly unknown: number;
}

export interface RoomsChecked {
  /** Neither shown, nor in doubt; what the hub never stored counts as well. */
  readonly missing: number;
  readonly doubled: number;
  readonly unknown: number;
  /** Shown after something that stands behind it in the log. */
  readonly reordered: number;
}

/** What is wrong, to look at. */
export interface Fault {
  readonly room: string;
  readonly absent: readonly string[];
  readonly twice: readonly string[];
  readonly late: readonly string[];
  readonly unknown: number;
}

/**
 * Holds rooms against the log. Pure, so that it can be shown to find what it looks for.
 * @param said every message, by its word
 * @param log the same in the order of the hub's log
 */
export function checkRooms(
  said: readonly string[],
  log: readonly string[],
  rooms: readonly RoomSeen[],
): { readonly checked: RoomsChecked; readonly notStored: readonly string[]; readonly faults: readonly Fault[] } {
  const place = new Map(log.map((text, at) => [wordIn(text) ?? text, at]));
  const notStored = said.filter((word) => !place.has(word));
  const faults = rooms.map((room) => faultsOf(room, said, place));
  const sum = (of: (fault: Fault) => number): number => faults.reduce((total, fault) => total + of(fault), 0);
  return {
    checked: {
      missing: notStored.length + sum(({ absent, unknown }) => Math.max(0, absent.length - unknown)),
      doubled: sum(({ twice }) => twice.length),
      unknown: sum(({ unknown }) => unknown),
      reordered: sum(({ late }) => late.length),
    },
    notStored,
    faults,
  };
}

function faultsOf(room: RoomSeen, said: readonly string[], place: ReadonlyMap<string, number>): Fault {
  const twice: string[] = [];
  const late: string[] = [];
  const seen = new Set<string>();
  let highest = -1;
  for (const word of room.shown.flatMap((text) => wordIn(text) ?? [])) {
    const at = place.get(word) ?? -1;
    if (seen.has(word)) twice.push(word);
    else if (at < highest) late.push(word);
    seen.add(word);
    highest = Math.max(highest, at);
  }
  const absent = said.filter((word) => place.has(word) && !room.own.has(word) && !seen.has(word));
  return { room: room.name, absent, twice, late, unknown: room.unknown };
}
