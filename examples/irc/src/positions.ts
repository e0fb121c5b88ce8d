import type { HubPort, RoomId } from 'slipmat-hub/plugin';

const SAVE_MS = 1_000;
const SECOND_MS = 1_000;
/** Of one second of one room. */
const MAX_IDS = 200;

/** How far each room has been read, by the network's clock, so that what was missed can be asked for. */
export interface Positions {
  load(): Promise<void>;
  /** Null: nothing was ever read there. */
  of(room: RoomId): number | null;
  /** Whether something that is told again, with this time and id, is new. */
  isNew(room: RoomId, at: number, id: string): boolean;
  /** Said before the room was linked: not for the hub. */
  pass(room: RoomId, at: number, id: string): void;
  /** The room is linked from now on. */
  begin(room: RoomId, at: number): void;
  /** What was said then is stored. */
  reached(room: RoomId, at: number, id: string): void;
  save(): Promise<void>;
}

/** A time, and what was said in its second: some networks tell the time of history in whole seconds. */
interface Place {
  readonly at: number;
  readonly ids: readonly string[];
}
type Places = Map<string, Place>;

/** Where a room began stands in the state, how far it is stored in the cursor: that moves with what is stored alone. */
export function createPositions(hub: Pick<HubPort, 'cursor' | 'state' | 'clock' | 'log'>): Positions {
  const passed: Places = new Map();
  const begun: Places = new Map();
  const stored: Places = new Map();
  let saving: Promise<void> = Promise.resolve();
  let cancel: (() => void) | null = null;

  async function write(what: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      hub.log.warn(
        { what, say: error instanceof Error ? error.name : '' },
        'how far IRC was read was not written down',
      );
    }
  }

  function saveSoon(): void {
    cancel ??= hub.clock.after(SAVE_MS, () => {
      cancel = null;
      saving = saving.then(() => write('cursor', () => hub.cursor.save(textOf(stored))));
    });
  }

  const placeOf = (room: RoomId): Place | null => stored.get(room) ?? begun.get(room) ?? null;

  return {
    async load() {
      fill(begun, await hub.state.load('begun'));
      fill(stored, await hub.cursor.load());
    },
    of: (room) => placeOf(room)?.at ?? null,
    isNew(room, at, id) {
      const place = placeOf(room);
      if (place === null) return false;
      const since = at % SECOND_MS === 0 ? secondOf(place.at) * SECOND_MS : place.at;
      return at >= since && !place.ids.includes(id);
    },
    pass: (room, at, id) => void passed.set(room, further(passed.get(room), at, id)),
    begin(room, at) {
      const before = passed.get(room);
      const ids = before !== undefined && secondOf(before.at) === secondOf(at) ? before.ids : [];
      begun.set(room, { at, ids });
      saving = saving.then(() => write('begun', () => hub.state.save('begun', textOf(begun))));
    },
    reached(room, at, id) {
      stored.set(room, further(placeOf(room) ?? undefined, at, id));
      saveSoon();
    },
    async save() {
      if (cancel !== null) {
        cancel();
        cancel = null;
        saving = saving.then(() => write('cursor', () => hub.cursor.save(textOf(stored))));
      }
      await saving;
    },
  };
}

function further(before: Place | undefined, at: number, id: string): Place {
  if (before === undefined || secondOf(at) > secondOf(before.at)) return { at, ids: [id] };
  if (secondOf(at) < secondOf(before.at)) return before;
  return { at: Math.max(at, before.at), ids: [...before.ids, id].slice(-MAX_IDS) };
}

function secondOf(at: number): number {
  return Math.floor(at / SECOND_MS);
}

function textOf(places: Places): string {
  return JSON.stringify(Object.fromEntries([...places].map(([room, { at, ids }]) => [room, [at, ...ids]])));
}

function fill(places: Places, text: string | null): void {
  const read: unknown = text === null ? {} : JSON.parse(text);
  for (const [room, place] of Object.entries(read ?? {})) {
    if (!Array.isArray(place) || typeof place[0] !== 'number') continue;
    const ids = place.slice(1).filter((id) => typeof id === 'string');
    places.set(room, { at: place[0], ids });
  }
}
