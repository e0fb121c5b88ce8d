import type { Message } from 'grammy/types';
import { z } from 'zod';
import type { HubPort } from '../../core/plugin/index.ts';
import { createBoundedMap } from './bounded-map.ts';

const MOST_ALBUMS = 400;
/** Whole messages, so that an edit of one part can be told with the other parts. */
const MOST_WHOLE = 60;
const STATE = 'albums';

const saved = z.array(z.object({ group: z.string(), chat: z.number(), ids: z.array(z.number()) }));
type Album = z.output<typeof saved>[number];

/**
 * Which messages are parts of one album, theirs and ours. The first stands for all of them; it is the one the hub
 * knows. Kept over restarts, so that an album that is delivered again is put together the same way.
 */
export interface Albums {
  load(): Promise<void>;
  /** The parts that this album was made of, in order; null: not seen yet. */
  known(chat: number, group: string): readonly number[] | null;
  /** Resolves once it is durable. */
  remember(album: { readonly chat: number; readonly group: string; readonly ids: readonly number[] }): Promise<void>;
  /** The first message of the album that this one is part of, or itself. */
  mainOf(chat: number, message: number): number;
  keepWhole(parts: readonly Message[]): void;
  /** The album with this part as it is now; null when the other parts are not at hand. */
  withEdited(part: Message): readonly Message[] | null;
}

export function createAlbums(state: HubPort['state']): Albums {
  const albums = createBoundedMap<string, Album>(MOST_ALBUMS);
  const mains = createBoundedMap<string, number>(MOST_ALBUMS * 10);
  const whole = createBoundedMap<string, readonly Message[]>(MOST_WHOLE);

  function put(album: Album): void {
    albums.set(`${album.chat}/${album.group}`, album);
    const [main] = album.ids;
    if (main !== undefined) for (const id of album.ids) mains.set(`${album.chat}/${id}`, main);
  }

  return {
    async load() {
      const text = await state.load(STATE);
      if (text !== null) for (const album of saved.safeParse(JSON.parse(text)).data ?? []) put(album);
    },
    known: (chat, group) => albums.get(`${chat}/${group}`)?.ids ?? null,
    async remember({ chat, group, ids }) {
      put({ chat, group, ids: [...ids] });
      await state.save(STATE, JSON.stringify([...albums.entries()].map(([, album]) => album)));
    },
    mainOf: (chat, message) => mains.get(`${chat}/${message}`) ?? message,
    keepWhole(parts) {
      const [first] = parts;
      if (first?.media_group_id === undefined || parts.length < 2) return;
      whole.set(`${first.chat.id}/${first.media_group_id}`, parts);
    },
    withEdited(part) {
      const key = `${part.chat.id}/${part.media_group_id}`;
      const ids = albums.get(key)?.ids ?? null;
      if (ids !== null && (ids.length === 1 || !ids.includes(part.message_id))) return [part];
      const before = whole.get(key);
      if (before === undefined) return null;
      const parts = before.map((one) => (one.message_id === part.message_id ? part : one));
      whole.set(key, parts);
      return parts;
    },
  };
}
