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
  typed,
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

const deliveryState = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('origin').describe('It was said there.') }),
  z.strictObject({ kind: z.literal('sent') }),
  z.strictObject({ kind: z.literal('pending'), say: z.string().nullable().describe('What the room waits for.') }),
  z.strictObject({ kind: z.literal('failed'), say: z.string().nullable() }),
  z.strictObject({ kind: z.literal('unknown').describe('It may have arrived and nobody can say.') }),
  z.strictObject({ kind: z.literal('summed-up').describe('Told of in a line together with others.') }),
  z.strictObject({ kind: z.literal('left-out'), reason: z.string() }),
]);
const delivery = typed<Delivery>(
  z
    .strictObject({
      portal: z.string(),
      bridge: z.string(),
      platform: z.string().nullable(),
      room: z.string(),
      roomName: z.string().nullable(),
      state: deliveryState,
    })
    .meta({ id: 'Delivery' }),
);

export const chatQuestions: Asked<ChatQuestions> = {
  channels: {
    input: z.strictObject({}),
    output: z.strictObject({ channels: z.array(listedChannel) }),
    scope: 'read',
    isListing: true,
    forOverlays: {},
    rest: { method: 'GET', path: '/channels', summary: 'Channels that you can find, the megachannel first' },
  },
  channel: {
    input: z.strictObject({ channel: channelId }),
    output: listedChannel,
    scope: 'read',
    forOverlays: {},
    rest: { method: 'GET', path: '/channels/{channel}', summary: 'One channel' },
  },
  history: {
    input: z.strictObject({ channel: channelId, before: seqNumber.nullable().default(null), limit: limit(50) }),
    output: z.strictObject({ messages: z.array(historyMessage), isEnd: z.boolean() }),
    scope: 'history',
    // what an overlay begins with; none of them draws what is older
    forOverlays: { before: null, limit: 50 },
    rest: {
      method: 'GET',
      path: '/channels/{channel}/messages',
      summary: 'Messages of a channel as they stand now, newest first',
      page: { by: 'before', list: 'messages', last: 'seq' },
    },
  },
  message: {
    input: z.strictObject({ channel: channelId, id: messageId }),
    output: historyMessage,
    scope: 'read',
    rest: { method: 'GET', path: '/channels/{channel}/messages/{message:id}', summary: 'One message as it stands now' },
  },
  search: {
    input: z.strictObject({
      text: z.string().min(1).max(200),
      channel: channelId.nullable().default(null),
      before: messageId.nullable().default(null),
      limit: limit(20),
    }),
    output: z.strictObject({ messages: z.array(foundMessage) }),
    scope: 'history',
    rest: {
      method: 'GET',
      path: '/search',
      summary: 'Messages with these words, in one channel or in all that you can read, newest first',
      isHeavy: true,
      page: { by: 'before', list: 'messages', last: 'message.id' },
    },
  },
  people: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ people: z.array(person), guests: z.number().int().min(0) }),
    scope: 'read',
    rest: { method: 'GET', path: '/channels/{channel}/people', summary: 'Who is connected to a channel' },
  },
  delivery: {
    input: z.strictObject({ channel: channelId, message: messageId }),
    output: z.strictObject({ deliveries: z.array(delivery) }),
    scope: 'read',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/messages/{message}/deliveries',
      summary: 'Where a message has got to in each linked room; for its author and for moderators',
    },
  },
};
