import type { EpochMs, RoomId } from '../../domain/ids.ts';
import type { RemoteRef } from '../../domain/message.ts';
import type { Post } from '../../plugin/operations.ts';

/** A line that the hub itself says in a room: no message, and so in no log. */
export function hubLine(
  room: RoomId,
  text: string,
  key: string,
  sentAt: EpochMs,
  replyTo: RemoteRef | null = null,
): Post {
  return { room, speaker: { kind: 'hub' }, text: [{ t: 'text', text }], media: [], replyTo, sentAt, key };
}
