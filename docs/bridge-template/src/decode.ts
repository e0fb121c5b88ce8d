import { type AccountId, type EpochMs, type Inbound, type RoomId, textContent } from 'slipmat-hub/plugin';
import { z } from 'zod';

const event = z.object({
  seq: z.number(),
  room: z.string(),
  id: z.string(),
  author: z.object({ id: z.string(), name: z.string() }),
  text: z.string(),
  at: z.number(),
});
export type Event = z.output<typeof event>;

/** Reads what Acme answers to a question for news. */
export const page = z.object({ events: z.array(event) });
/** Reads what Acme says of the bot: its account, and the newest event. */
export const self = z.object({ id: z.string(), head: z.number() });

/** Pure. What an event is to the hub; null for what the bot did itself. */
export function decode({ room, id, author, text, at }: Event, botId: string): Inbound | null {
  if (author.id === botId) return null;
  return {
    kind: 'message',
    ref: { room: room as RoomId, id },
    by: { id: author.id as AccountId, name: author.name, avatarUrl: null, isBot: false },
    content: textContent(text),
    replyTo: null,
    at: at as EpochMs,
  };
}
