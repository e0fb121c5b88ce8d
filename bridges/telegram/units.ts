import type { Message, Update } from 'grammy/types';
import type { Unit } from './decode.ts';

/** The parts that an album was made of before; null: not seen yet. */
export type KnownAlbum = (chat: number, group: string) => readonly number[] | null;

const MOST_PARTS = 10;

/**
 * Puts the parts of albums together, each album at the place of its first part. An album that was made of certain
 * parts before is made of the same again; a part that came too late for it stands alone.
 */
export function unitsOf(updates: readonly Update[], known: KnownAlbum): readonly Unit[] {
  const units: [Update, ...Update[]][] = [];
  const albums = new Map<string, [Update, ...Update[]]>();
  for (const update of updates) {
    const key = albumKey(messageIn(update), known);
    const album = key === null ? undefined : albums.get(key);
    if (album !== undefined && album.length < MOST_PARTS) {
      album.push(update);
      continue;
    }
    const unit: [Update, ...Update[]] = [update];
    units.push(unit);
    if (key !== null) albums.set(key, unit);
  }
  return units;
}

/** Whether more parts of an album may be on their way: it is the last thing that was said in its chat. */
export function hasOpenAlbum(updates: readonly Update[], known: KnownAlbum): boolean {
  return openAlbums(updates, known).length > 0;
}

/** What stands before the first part of an album that may still grow. */
export function beforeOpenAlbum(updates: readonly Update[], known: KnownAlbum): readonly Update[] {
  const [first] = openAlbums(updates, known)
    .map(([update]) => updates.indexOf(update))
    .toSorted((a, b) => a - b);
  return first === undefined ? updates : updates.slice(0, first);
}

function openAlbums(updates: readonly Update[], known: KnownAlbum): readonly Unit[] {
  const last = new Map<number, Update>();
  for (const update of updates) {
    const message = messageIn(update);
    if (message !== null) last.set(message.chat.id, update);
  }
  return unitsOf(updates, known).filter((unit) => {
    const message = messageIn(unit[0]);
    const tail = unit.at(-1);
    if (message?.media_group_id === undefined || tail === undefined || unit.length >= MOST_PARTS) return false;
    return known(message.chat.id, message.media_group_id) === null && last.get(message.chat.id) === tail;
  });
}

function albumKey(message: Message | null, known: KnownAlbum): string | null {
  if (message?.media_group_id === undefined) return null;
  const { chat, media_group_id: group, message_id: id } = message;
  const parts = known(chat.id, group);
  return parts === null || parts.includes(id) ? `${chat.id}/${group}` : null;
}

/** The new message of an update. */
export function messageIn({ message, channel_post }: Update): Message | null {
  return message ?? channel_post ?? null;
}

/** Updates with the same key keep their order. */
export function laneOf(update: Update): number {
  const found =
    messageIn(update) ??
    update.edited_message ??
    update.edited_channel_post ??
    update.message_reaction ??
    update.chat_member ??
    update.my_chat_member ??
    update.callback_query?.message;
  return found?.chat.id ?? 0;
}
