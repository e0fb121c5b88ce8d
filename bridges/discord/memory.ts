import { z } from 'zod';
import type { RoomId } from '../../core/domain/ids.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import { isLater } from './people.ts';

/** As many as one request lists: what is older cannot be compared. */
const MAX_SEEN = 100;
const SAVE_AFTER_MS = 1_000;

/** The last messages of one room as they were seen: what was edited or removed meanwhile shows by comparing. */
export interface RoomMemory {
  /** The id after which messages are news; null for a room that was linked just now. */
  since(): string | null;
  /** Whatever stands there up to this id was there before the link. */
  begin(since: string): void;
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

const stored = z.object({ since: z.string(), seen: z.array(z.tuple([z.string(), z.string().nullable()])) });
type Stored = z.output<typeof stored>;

export function createMemories(hub: Pick<HubPort, 'state' | 'clock' | 'log'>): Memories {
  const rooms = new Map<RoomId, Kept>();
  const loading = new Map<RoomId, Promise<RoomMemory>>();
  const dirty = new Set<RoomId>();
  let cancelSave: (() => void) | null = null;

  async function load(room: RoomId): Promise<RoomMemory> {
    const kept = memoryOf(parseStored(await hub.state.load(stateName(room))), () => changed(room));
    rooms.set(room, kept);
    return kept.memory;
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
        await hub.state.save(stateName(room), held.write());
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

interface Kept {
  readonly memory: RoomMemory;
  write(): string;
}

function memoryOf(before: Stored | null, changed: () => void): Kept {
  const seen = new Map(before?.seen);
  let since = before?.since ?? null;
  const memory: RoomMemory = {
    since: () => since,
    begin(id) {
      since = id;
      changed();
    },
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
  return { memory, write: () => JSON.stringify({ since: since ?? '0', seen: [...seen] } satisfies Stored) };
}

/** What cannot be read is begun anew: it only serves to find changes. */
function parseStored(text: string | null): Stored | null {
  if (text === null || text === '') return null;
  return stored.safeParse(JSON.parse(text)).data ?? null;
}

function oldest(ids: Iterable<string>): string {
  let least = '';
  for (const id of ids) if (least === '' || isLater(least, id)) least = id;
  return least;
}

function stateName(room: RoomId): string {
  return `seen:${room}`;
}
