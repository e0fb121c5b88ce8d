import { z } from 'zod';
import type { Delivery } from '../../domain/delivery.ts';
import type { ChannelId, MessageId, Seq } from '../../domain/ids.ts';
import type { HistoryMessage, ListedChannel, Person } from '../../domain/wire.ts';
import type { Asked } from './asked.ts';
import {
  channelId,
  foundMessage,
  historyMessage,
  limit,
  listedChannel,
  messageId,
  person,
  seqNumber,
} from './shapes.ts';

export interface ChatQuestions {
  /** Channels that this person may find, the megachannel first. */
  channels: [Record<never, never>, { readonly channels: readonly ListedChannel[] }];
  /** One of them, if this person may read it; in memory, so that everybody can come back at once. */
  channel: [{ readonly channel: ChannelId }, ListedChannel];
  /** Messages below `before`, newest first, as they stand now. */
  history: [
    { readonly channel: ChannelId; readonly before: Seq | null; readonly limit: number },
    { readonly messages: readonly HistoryMessage[]; readonly isEnd: boolean },
  ];
  /** The message and what stands around it. */
  message: [{ readonly channel: ChannelId; readonly id: MessageId }, HistoryMessage];
  search: [
    {
      readonly text: string;
      readonly channel: ChannelId | null;
      readonly before: MessageId | null;
      readonly limit: number;
    },
    { readonly messages: readonly (HistoryMessage & { readonly channel: ChannelId })[] },
  ];
  /** Who is connected, over all hubs. */
  people: [{ readonly channel: ChannelId }, { readonly people: readonly Person[]; readonly guests: number }];
  /** Where a message has got to in each room of its channel; for its author, and for those who moderate there. */
  delivery: [
    { readonly channel: ChannelId; readonly message: MessageId },
    { readonly deliveries: readonly Delivery[] },
  ];
}

export const chatQuestions: Asked<ChatQuestions> = {
  channels: { input: z.strictObject({}), output: z.strictObject({ channels: z.array(listedChannel) }) },
  channel: { input: z.strictObject({ channel: channelId }), output: listedChannel },
  history: {
    input: z.strictObject({ channel: channelId, before: seqNumber.nullable().default(null), limit: limit(50) }),
    output: z.strictObject({ messages: z.array(historyMessage), isEnd: z.boolean() }),
  },
  message: { input: z.strictObject({ channel: channelId, id: messageId }), output: historyMessage },
  search: {
    input: z.strictObject({
      text: z.string().min(1).max(200),
      channel: channelId.nullable().default(null),
      before: messageId.nullable().default(null),
      limit: limit(20),
    }),
    output: z.strictObject({ messages: z.array(foundMessage) }),
  },
  people: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ people: z.array(person), guests: z.number().int().min(0) }),
  },
  delivery: { input: z.strictObject({ channel: channelId, message: messageId }) },
};
