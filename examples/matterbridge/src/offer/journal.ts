import type { HubPort } from 'slipmat-hub/plugin';
import { z } from 'zod';
import type { ApiMessage } from '../message.ts';

/** A file of a message as the journal keeps it: the bytes stay with the hub. */
export interface KeptFile {
  readonly name: string;
  readonly comment: string;
  readonly bytes: number;
  /** Of the hub; opens the bytes. */
  readonly url: string;
  /** Where everybody can load it; null where the hub cannot be reached. */
  readonly publicUrl: string | null;
}

/** Something to be told to programs, or (message null) the id of something that one of them posted. */
export interface Entry {
  /** Grows by one. */
  readonly n: number;
  readonly id: string;
  readonly message: ApiMessage | null;
  readonly files: readonly KeptFile[];
}
type NewEntry = Omit<Entry, 'n'>;

/** The newest messages, kept by the hub over restarts. */
export interface Journal {
  load(): Promise<void>;
  /** Resolves once it is kept; only then it is read. Rejects when it could not be. */
  add(entry: NewEntry): Promise<void>;
  /** What was said under this id is there no more, for nobody who reads later. Written with what is added next. */
  blank(id: string): void;
  /** Resolves once all that was added is kept. */
  kept(): Promise<void>;
  has(id: string): boolean;
  /** What was kept after `n`, oldest first, at most `limit`; only what is to be told. */
  after(n: number, limit: number): readonly Entry[];
  /** The newest that is kept; 0: none. */
  last(): number;
  /** The oldest that is still kept. */
  first(): number;
  /** `n` of the last entry with this id, or the last that is not newer than this time; null: neither is known any more. */
  placeOf(of: { readonly id: string } | { readonly time: number }): number | null;
  /** Called when there is more to read. @returns what ends it */
  onMore(listener: () => void): () => void;
}

/** A value of the hub holds 64 KB, and a message is cut into less than a third of that. */
const FULL_BYTES = 16 * 1024;
const MOST_CHUNKS = 64;

const chunkShape = z.object({ entries: z.array(z.custom<Entry>((value) => typeof Object(value).n === 'number')) });

interface Chunk {
  readonly slot: number;
  readonly entries: Entry[];
  bytes: number;
}

export function createJournal(state: HubPort['state']): Journal {
  let chunks: Chunk[] = [];
  let ids = new Map<string, number>();
  let newest = 0;
  let readable = 0;
  let writing: Promise<void> | null = null;
  let unsaved = new Set<Chunk>();
  const listeners = new Set<() => void>();

  const entries = (): readonly Entry[] => chunks.flatMap((chunk) => chunk.entries);

  function put(entry: NewEntry): void {
    newest += 1;
    const numbered: Entry = { ...entry, n: newest };
    const bytes = Buffer.byteLength(JSON.stringify(numbered));
    let chunk = chunks.at(-1);
    if (chunk === undefined || chunk.bytes + bytes > FULL_BYTES) {
      chunk = { slot: chunk === undefined ? 0 : (chunk.slot + 1) % MOST_CHUNKS, entries: [], bytes: 0 };
      chunks.push(chunk);
    }
    chunk.entries.push(numbered);
    chunk.bytes += bytes;
    ids.set(numbered.id, newest);
    unsaved.add(chunk);
    if (chunks.length > MOST_CHUNKS) forget(chunks.shift());
  }

  function forget(chunk: Chunk | undefined): void {
    for (const { id, n } of chunk?.entries ?? []) if (ids.get(id) === n) ids.delete(id);
  }

  /** What comes while a write is under way is written with the next one. */
  async function write(): Promise<void> {
    while (unsaved.size > 0) {
      const now = unsaved;
      const upTo = newest;
      unsaved = new Set();
      try {
        for (const { slot, entries: list } of now) await state.save(nameOf(slot), JSON.stringify({ entries: list }));
      } catch (error) {
        unsaved = new Set([...now, ...unsaved]);
        throw error;
      }
      readable = upTo;
      for (const listener of listeners) listener();
    }
  }

  async function kept(): Promise<void> {
    while (unsaved.size > 0 || writing !== null) {
      writing ??= write().finally(() => {
        writing = null;
      });
      await writing;
    }
  }

  return {
    kept,
    async load() {
      await kept();
      const read: Chunk[] = [];
      for (let slot = 0; slot < MOST_CHUNKS; slot += 1) {
        const chunk = chunkOf(slot, await state.load(nameOf(slot)));
        if (chunk !== null) read.push(chunk);
      }
      chunks = read.sort((a, b) => firstOf(a) - firstOf(b));
      ids = new Map(entries().map(({ id, n }) => [id, n]));
      newest = entries().at(-1)?.n ?? 0;
      readable = newest;
    },
    async add(entry) {
      put(entry);
      await kept();
    },
    blank(id) {
      for (const chunk of chunks) {
        for (const [at, entry] of chunk.entries.entries()) {
          if (entry.id !== id || entry.message === null) continue;
          chunk.entries[at] = { ...entry, message: null, files: [] };
          unsaved.add(chunk);
        }
      }
    },
    has: (id) => ids.has(id),
    after(n, limit) {
      const found: Entry[] = [];
      for (const chunk of chunks) {
        if ((chunk.entries.at(-1)?.n ?? 0) <= n) continue;
        for (const entry of chunk.entries) {
          if (entry.n > n && entry.n <= readable && entry.message !== null) found.push(entry);
          if (found.length >= limit) return found;
        }
      }
      return found;
    },
    last: () => readable,
    first: () => chunks[0]?.entries[0]?.n ?? newest + 1,
    placeOf(of) {
      if ('id' in of) return ids.get(of.id) ?? null;
      const older = entries().filter(({ message }) => message !== null && Date.parse(message.timestamp) <= of.time);
      return older.at(-1)?.n ?? null;
    },
    onMore(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function nameOf(slot: number): string {
  return `journal-${slot}`;
}

function chunkOf(slot: number, text: string | null): Chunk | null {
  if (text === null) return null;
  const { entries } = chunkShape.parse(JSON.parse(text));
  return entries.length === 0 ? null : { slot, entries, bytes: text.length };
}

function firstOf(chunk: Chunk): number {
  return chunk.entries[0]?.n ?? 0;
}
