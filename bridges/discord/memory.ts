import { z } from 'zod';
import type { RoomId } from '../../core/domain/ids.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import { isLater } from './people.ts';

/** As many as one request lists: what is older cannot be compared. */
const MAX_SEEN = 100;
const SAVE_AFTER_MS = 1_000;

/** The last messages of one room as they were seen: what was edited or removed meanwhile shows by comparing. */
export interface RoomMemory {
  /** Nothing is known of the room yet: whatever stands there was there before the link. */
  isNew(): boolean;
  /** From now on what comes is new, also when the room was empty. */
  settle(): void;
  has(id: string): boolean;
  /** The time of its last edit as Discord wrote it, null for none; undefined when it was never seen. */
  editedOf(id: string): string | null | undefined;
  see(id: string, edited: string | null): void;
  forget(id: string): void;
  ids(): readonly string[];
}

export interface Memories {
  of(room: RoomId): Promise<RoomMemory>;
  drop(room: RoomId): void;
  /** Writes down what has changed. Never rejects. */
  flush(): Promise<void>;
}

const stored = z.array(z.tuple([z.string(), z.string().nullable()]));

export function createMemories(hub: Pick<HubPort, 'state' | 'clock' | 'log'>): Memories {
  const rooms = new Map<RoomId, { readonly memory: RoomMemory; readonly seen: Map<string, string | null> }>();
  const loading = new Map<RoomId, Promise<RoomMemory>>();
  const dirty = new Set<RoomId>();
  let cancelSave: (() => void) | null = null;

  async function load(room: RoomId): Promise<RoomMemory> {
    const text = await hub.state.load(stateName(room));
    const seen = new Map(text === null || text === '' ? [] : stored.parse(JSON.parse(text)));
    const memory = memoryOf(seen, text !== null && text !== '', () => changed(room));
    rooms.set(room, { memory, seen });
    return memory;
  }

  function changed(room: RoomId): void {
    dirty.add(room);
    cancelSave ??= hub.clock.after(SAVE_AFTER_MS, () => void flush());
  }

  async function flush(): Promise<void> {
    cancelSave?.();
    cancelSave = null;
    const now = [...dirty];
    dirty.clear();
    for (const room of now) {
      const held = rooms.get(room);
      if (held === undefined) continue;
      try {
        await hub.state.save(stateName(room), JSON.stringify([...held.seen]));
      } catch (error) {
        hub.log.warn({ room, failure: error instanceof Error ? error.name : '' }, 'what was seen could not be kept');
      }
    }
  }

  return {
    async of(room) {
      const known = rooms.get(room);
      if (known !== undefined) return known.memory;
      const running = loading.get(room) ?? load(room).finally(() => loading.delete(room));
      loading.set(room, running);
      return running;
    },
    drop(room) {
      rooms.delete(room);
      dirty.delete(room);
    },
    flush,
  };
}

function memoryOf(seen: Map<string, string | null>, wasKnown: boolean, changed: () => void): RoomMemory {
  let isKnown = wasKnown;
  return {
    isNew: () => !isKnown,
    settle() {
      if (!isKnown) changed();
      isKnown = true;
    },
    has: (id) => seen.has(id),
    editedOf: (id) => seen.get(id),
    see(id, edited) {
      if (seen.has(id) && seen.get(id) === edited) return;
      seen.set(id, edited);
      if (seen.size > MAX_SEEN) seen.delete(oldest(seen.keys()));
      changed();
    },
    forget(id) {
      if (seen.delete(id)) changed();
    },
    ids: () => [...seen.keys()],
  };
}

function oldest(ids: Iterable<string>): string {
  let least = '';
  for (const id of ids) if (least === '' || isLater(least, id)) least = id;
  return least;
}

function stateName(room: RoomId): string {
  return `seen:${room}`;
}
