import type { RoomId } from '../../core/domain/ids.ts';

/** A chat, or one topic of a forum. The general topic of a forum is the chat itself. */
export interface Place {
  readonly chat: number;
  readonly thread: number | null;
}

const ROOM = /^(-?\d{1,16})(?:\/(\d{1,16}))?$/;

/** The room of a chat or topic: `-1001234` or `-1001234/42`. */
export function roomOf(chat: number, thread: number | null): RoomId {
  return (thread === null ? `${chat}` : `${chat}/${thread}`) as RoomId;
}

/** Null for what is no room of this platform, such as a name with `@`. */
export function placeOf(room: RoomId): Place | null {
  const [, chat, thread] = ROOM.exec(room) ?? [];
  if (chat === undefined) return null;
  return { chat: Number(chat), thread: thread === undefined ? null : Number(thread) };
}
