import { type AccountId, type EpochMs, type Inbound, type RoomId, textContent } from 'slipmat-hub/plugin';
import { z } from 'zod';

const line = z.object({
  n: z.number(),
  id: z.string(),
  lounge: z.string(),
  by: z.object({ id: z.string(), nick: z.string() }),
  says: z.string(),
  at: z.number(),
});
export type Line = z.output<typeof line>;

/** Reads what Jukebox answers to a question for news. */
export const page = z.object({ lines: z.array(line) });
/** Reads what Jukebox says of the bot: its account, and the newest line. */
export const self = z.object({ me: z.string(), latest: z.number() });

/** Pure. What a line is to the hub; null for what the bot said itself. */
export function decode({ lounge, id, by, says, at }: Line, botId: string): Inbound | null {
  if (by.id === botId) return null;
  return {
    kind: 'message',
    ref: { room: lounge as RoomId, id },
    by: { id: by.id as AccountId, name: by.nick, avatarUrl: null, isBot: false },
    content: textContent(says),
    replyTo: null,
    at: at as EpochMs,
  };
}
