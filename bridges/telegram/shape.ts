import type { Update } from 'grammy/types';
import { z } from 'zod';

const chat = z.looseObject({ id: z.number(), type: z.string() });
const message = z.looseObject({ message_id: z.number(), date: z.number(), chat }).optional();
const event = z.looseObject({ date: z.number(), chat }).optional();

/** What everything else relies on; the rest of an update is read where it is needed. */
const update = z.looseObject({
  update_id: z.number(),
  message,
  edited_message: message,
  channel_post: message,
  edited_channel_post: message,
  message_reaction: event,
  chat_member: event,
  my_chat_member: event,
});

/** Whether an update says at least where and when it happened. */
export function isReadable(given: Update): boolean {
  return update.safeParse(given).success;
}
