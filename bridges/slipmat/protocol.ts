import { z } from 'zod';
import { MAX_ATTACHMENTS } from '../../core/domain/content.ts';
import { selfNews } from '../../core/plugin/asked/self.ts';
import {
  channelId as channel,
  commandSpec,
  entryFrames,
  epochName as epoch,
  foundMessage,
  historyMessage,
  listedChannel,
  messageId as message,
  person,
  seqNumber as seq,
  userId as user,
} from '../../core/plugin/asked/shapes.ts';
import { deeds, questions } from '../../core/plugin/asked/table.ts';
import {
  HEARTBEAT_MS,
  MAX_ALT_UTF16,
  MAX_COMMAND_UTF16,
  MAX_HISTORY_LIMIT,
  MAX_POST_UTF16,
  MAX_URL_UTF16,
  PROTOCOL_VERSION,
} from './limits.ts';

export { CLOSE, MAX_FRAME_BYTES, MAX_HISTORY_LIMIT, MAX_JOINED, MAX_POST_UTF16, PROTOCOL_VERSION } from './limits.ts';

/*
 * The native protocol, version 1: one JSON object a text frame. `docs/protocol.md` explains it; its JSON Schema is
 * generated from here. Every frame from a client but `hello` may carry an `id`; the answer carries the same one.
 */
const id = z.string().min(1).max(64).describe('Chosen by the client; the answer carries it.');
const key = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .describe('Idempotency key, unique among this person’s posts in the channel; the same on every repeat.');
const again = z.boolean().optional().describe('True when this may have been sent on an earlier connection.');
const MARKUP = 'With light markup: **bold**, *italic*, `code`, ```block```, ~~strike~~, ||spoiler||, > quote.';
const text = z.string().min(1).max(MAX_POST_UTF16).describe(MARKUP);
const postText = z.string().max(MAX_POST_UTF16).describe(`${MARKUP} Empty only beside a file.`);
const attachments = z
  .array(
    z.strictObject({
      url: z.string().min(1).max(MAX_URL_UTF16).describe('As `POST /api/media` answered it.'),
      alt: z.string().max(MAX_ALT_UTF16).nullable().default(null).describe('What a picture shows, in words.'),
      isSpoiler: z.boolean().default(false).describe('Covered until somebody wants to see it.'),
    }),
  )
  .max(MAX_ATTACHMENTS)
  .default([])
  .describe('Files that were uploaded before; everything else about them the hub knows by itself.');

const bag = z.record(z.string().max(64), z.unknown()).default({});

function keysOf<T extends object>(table: T): [Extract<keyof T, string>, ...Extract<keyof T, string>[]] {
  return Object.keys(table) as [Extract<keyof T, string>];
}

/** Must be the first frame of a connection, within 10 s. */
export const helloFrame = z.strictObject({
  type: z.literal('hello'),
  version: z.literal(PROTOCOL_VERSION),
  token: z
    .string()
    .max(4_096)
    .nullable()
    .describe('Of a session, a guest, or the main site; null comes in as a new guest.'),
  packed: z
    .boolean()
    .default(false)
    .describe('Takes binary frames too: raw deflate of several frames, one a line. They come where much is said.'),
});

export const requestFrame = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('join'),
    id,
    channel,
    after: z.strictObject({ epoch, seq }).nullable().describe('Where to resume; null: load the newest page.'),
    limit: z.number().int().min(1).max(MAX_HISTORY_LIMIT).default(50),
    unnoticed: z.boolean().default(false).describe('For admins, in public channels: nobody is told that you read.'),
  }),
  z.strictObject({ type: z.literal('leave'), id, channel }),
  z.strictObject({
    type: z.literal('post'),
    id,
    channel,
    key,
    text: postText,
    replyTo: message.nullable().default(null),
    attachments,
    again,
  }),
  z.strictObject({ type: z.literal('edit'), id, channel, key, message, text, again }),
  z.strictObject({
    type: z.literal('redact'),
    id,
    channel,
    key,
    message,
    reason: z.string().max(300).nullable().default(null),
    again,
  }),
  z.strictObject({
    type: z.literal('react'),
    id,
    channel,
    key,
    message,
    emoji: z.string().min(1).max(64),
    on: z.boolean(),
    again,
  }),
  z.strictObject({ type: z.literal('channels'), id }),
  z.strictObject({
    type: z.literal('history'),
    id,
    channel,
    before: seq.nullable().default(null),
    limit: z.number().int().min(1).max(MAX_HISTORY_LIMIT).default(50),
  }),
  z.strictObject({ type: z.literal('message'), id, channel, message }),
  z.strictObject({
    type: z.literal('search'),
    id,
    channel: channel.nullable().default(null),
    text: z.string().min(1).max(200),
    before: message.nullable().default(null),
    limit: z.number().int().min(1).max(MAX_HISTORY_LIMIT).default(20),
  }),
  z.strictObject({ type: z.literal('people'), id, channel }),
  z.strictObject({ type: z.literal('commands'), id }),
  z.strictObject({
    type: z.literal('command'),
    id,
    channel,
    text: z.string().min(1).max(MAX_COMMAND_UTF16).describe('Its name and what follows, without the `/`.'),
    replyTo: message.nullable().default(null).describe('The message that it is about, where it is about one.'),
  }),
  z.strictObject({ type: z.literal('typing'), id, channel, on: z.boolean() }),
  z.strictObject({
    type: z.literal('ask'),
    id,
    kind: z.enum(keysOf(questions)).describe('A question; it changes nothing.'),
    of: bag.describe('What is asked of, by the schema of the question.'),
  }),
  z.strictObject({
    type: z.literal('do'),
    id,
    kind: z.enum(keysOf(deeds)).describe('An act that is not said in a channel.'),
    of: bag.describe('What it takes, by the schema of the act.'),
  }),
  z.strictObject({ type: z.literal('ping'), id }),
]);
export type HelloFrame = z.input<typeof helloFrame>;
export type RequestFrame = z.input<typeof requestFrame>;
export type ParsedRequest = z.output<typeof requestFrame>;

/** What the hub says. Entries of the log come as they are stored, with `seq` in front. */
export const hubFrame = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    version: z.literal(PROTOCOL_VERSION),
    epoch,
    you: z.strictObject({
      user,
      name: z.string(),
      platform: z.string(),
      avatarUrl: z.string().nullable(),
      isGuest: z.boolean(),
      isAdmin: z.boolean(),
    }),
    token: z.string().nullable().describe('For a guest: come with this next time to be the same one.'),
    heartbeatMs: z
      .number()
      .int()
      .describe(`The hub pings this often (${HEARTBEAT_MS}); silence of twice as long is a lost connection.`),
    limits: z.strictObject({ text: z.number().int(), frameBytes: z.number().int() }),
  }),
  z.strictObject({
    type: z.literal('joined'),
    id,
    channel,
    epoch,
    seq,
    mode: z
      .enum(['resumed', 'reset'])
      .describe(
        '`resumed`: what was missed came before this. `reset`: forget what you had; `messages` is the newest page.',
      ),
    messages: z.array(historyMessage),
    isEnd: z.boolean(),
  }),
  z.strictObject({ type: z.literal('left'), id, channel }),
  z.strictObject({
    type: z.literal('ack'),
    id,
    outcome: z.enum(['posted', 'duplicate', 'held', 'unchanged']),
    message: message.nullable(),
    seq: seq.nullable(),
    because: z
      .literal('house-rules')
      .optional()
      .describe('Held until you accept the house rules; absent: for a moderator.'),
    say: z.string().optional().describe('What its author should know of it.'),
  }),
  z.strictObject({
    type: z.literal('error'),
    id: id.nullable(),
    code: z.string(),
    say: z.string(),
    field: z.string().nullable(),
    retryAfterMs: z.number().int().nullable(),
  }),
  z.strictObject({
    type: z.literal('channels'),
    id: id.nullable().describe('Null when told unasked: rights or channels changed.'),
    channels: z.array(listedChannel),
  }),
  z.strictObject({ type: z.literal('history'), id, channel, messages: z.array(historyMessage), isEnd: z.boolean() }),
  z.strictObject({ type: z.literal('found'), id, channel, message: historyMessage }),
  z.strictObject({ type: z.literal('results'), id, messages: z.array(foundMessage) }),
  z.strictObject({ type: z.literal('people'), id, channel, people: z.array(person), guests: z.number().int() }),
  z.strictObject({ type: z.literal('commands'), id, commands: z.array(commandSpec) }),
  z.strictObject({
    type: z.literal('answer'),
    id,
    channel,
    say: z.string().describe('What the hub answers to a command, for whoever gave it alone.'),
  }),
  z.strictObject({
    type: z.literal('answered'),
    id,
    kind: z.string().describe('Of the question or the act.'),
    value: z.unknown().describe('By the schema of its answer.'),
  }),
  z.strictObject({ type: z.literal('self').describe('News for all your devices.'), what: selfNews }),
  z.strictObject({ type: z.literal('typing'), channel, user, name: z.string(), on: z.boolean() }),
  z.strictObject({
    type: z
      .literal('gap')
      .describe('You read too slowly: entries above `from` up to `to` were left out. Join again after `from`.'),
    channel,
    from: seq,
    to: seq,
  }),
  z.strictObject({
    type: z.literal('removed'),
    channel,
    say: z.string().describe('You may no longer read this channel.'),
  }),
  z.strictObject({
    type: z.literal('epoch').describe('The log may have gone back: join every channel again.'),
    epoch,
  }),
  z.strictObject({
    type: z.literal('bye'),
    say: z.string(),
    retryAfterMs: z.number().int().describe('The hub is going down; come back after this.'),
  }),
  z.strictObject({ type: z.literal('pong'), id }),
  ...entryFrames,
]);
export type HubFrame = z.output<typeof hubFrame>;
