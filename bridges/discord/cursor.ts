import { z } from 'zod';
import type { RoomId } from '../../core/domain/ids.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import { isLater } from './people.ts';

/** The last stored message of each room: where to go on after a gap. */
export interface Cursor {
  load(): Promise<void>;
  of(room: RoomId): string | null;
  /** Resolves once this id, or a later one, is written down. */
  move(room: RoomId, id: string): Promise<void>;
  /** Of rooms that are linked no more. */
  keepOnly(rooms: readonly RoomId[]): void;
}

const stored = z.record(z.string(), z.string());

export function createCursor(hub: Pick<HubPort, 'cursor' | 'log'>): Cursor {
  let last = new Map<string, string>();
  let saving: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function save(): Promise<void> {
    try {
      await hub.cursor.save(JSON.stringify(Object.fromEntries(last)));
    } catch (error) {
      hub.log.warn({ failure: error instanceof Error ? error.name : '' }, 'the cursor could not be kept');
    }
  }

  /** One write at a time, each with all that has moved by then: an older one never ends last. */
  function write(): Promise<void> {
    if (saving === null) {
      saving = save().finally(() => {
        saving = null;
      });
      return saving;
    }
    next ??= saving.then(() => {
      next = null;
      return write();
    });
    return next;
  }

  return {
    async load() {
      const text = await hub.cursor.load();
      const parsed = stored.safeParse(text === null ? {} : JSON.parse(text));
      last = new Map(Object.entries(parsed.success ? parsed.data : {}));
    },
    of: (room) => last.get(room) ?? null,
    async move(room, id) {
      const before = last.get(room);
      if (before !== undefined && !isLater(id, before)) return;
      last.set(room, id);
      await write();
    },
    keepOnly(rooms) {
      const kept = new Set<string>(rooms);
      for (const room of [...last.keys()]) if (!kept.has(room)) last.delete(room);
    },
  };
}
