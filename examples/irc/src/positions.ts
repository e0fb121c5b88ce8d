import type { HubPort, RoomId } from 'slipmat-hub/plugin';

const SAVE_MS = 1_000;

/** How far each room has been read, by the server's clock, so that what was missed can be asked for. */
export interface Positions {
  load(): Promise<void>;
  /** Null: nothing was ever read there. */
  of(room: RoomId): number | null;
  /** The room is linked from now on: what was said before is not for the hub. */
  begin(room: RoomId, at: number): void;
  /** What was said then is stored. */
  reached(room: RoomId, at: number): void;
  save(): Promise<void>;
}

/** Where a room began stands in the state, how far it is stored in the cursor: that moves with what is stored alone. */
export function createPositions(hub: Pick<HubPort, 'cursor' | 'state' | 'clock' | 'log'>): Positions {
  const begun = new Map<string, number>();
  const stored = new Map<string, number>();
  let saving: Promise<void> | null = null;
  let wait: (() => void) | null = null;
  let isChanged = false;

  async function save(): Promise<void> {
    wait?.();
    wait = null;
    await saving;
    if (!isChanged) return;
    isChanged = false;
    saving = write();
    await saving;
    saving = null;
  }

  async function write(): Promise<void> {
    try {
      await hub.cursor.save(JSON.stringify(Object.fromEntries(stored)));
    } catch (error) {
      isChanged = true;
      hub.log.warn({ say: error instanceof Error ? error.name : '' }, 'how far IRC was read could not be written down');
    }
  }

  async function saveBegun(): Promise<void> {
    try {
      await hub.state.save('begun', JSON.stringify(Object.fromEntries(begun)));
    } catch (error) {
      hub.log.warn(
        { say: error instanceof Error ? error.name : '' },
        'where IRC rooms begin could not be written down',
      );
    }
  }

  return {
    async load() {
      fill(begun, await hub.state.load('begun'));
      fill(stored, await hub.cursor.load());
    },
    of: (room) => stored.get(room) ?? begun.get(room) ?? null,
    begin(room, at) {
      begun.set(room, at);
      void saveBegun();
    },
    reached(room, at) {
      if (at <= (stored.get(room) ?? 0)) return;
      stored.set(room, at);
      isChanged = true;
      wait ??= hub.clock.after(SAVE_MS, () => void save());
    },
    save,
  };
}

function fill(map: Map<string, number>, text: string | null): void {
  if (text === null) return;
  const read: unknown = JSON.parse(text);
  if (typeof read !== 'object' || read === null) return;
  for (const [room, at] of Object.entries(read)) {
    if (typeof at === 'number') map.set(room, Math.max(at, map.get(room) ?? 0));
  }
}
