import { z } from 'zod';
import type { ListedChannel, Person } from '../../core/plugin/surface.ts';

/*
 * The native protocol, version 1: one JSON object a text frame. `docs/protocol.md` explains it; its JSON Schema is
 * generated from here. Every frame from a client but `hello` may carry an `id`; the answer carries the same one.
 */
export const PROTOCOL_VERSION = 1;
/** Larger frames from a client close the connection with 1009. */
export const MAX_FRAME_BYTES = 64 * 1024;
export const MAX_POST_UTF16 = 4_000;
/** Channels that one connection may follow at once. */
export const MAX_JOINED = 64;
export const MAX_HISTORY_LIMIT = 100;

const id = z.string().min(1).max(64).describe('Chosen by the client; the answer carries it.');
const channel = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/)
  .describe('Channel id.');
const message = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  .describe('Message id.');
const seq = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const epoch = z.string().min(1).max(64);
const key = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .describe('Idempotency key, unique among this person’s posts; the same on every repeat.');
const again = z.boolean().optional().describe('True when this may have been sent on an earlier connection.');
const text = z
  .string()
  .min(1)
  .max(MAX_POST_UTF16)
  .describe('With light markup: **bold**, *italic*, `code`, ```block```, ~~strike~~, ||spoiler||, > quote.');

/** Must be the first frame of a connection, within 10 s. */
export const helloFrame = z.strictObject({
  type: z.literal('hello'),
  version: z.literal(PROTOCOL_VERSION),
  token: z
    .string()
    .max(4_096)
    .nullable()
    .describe('Of a session, a guest, or the main site; null comes in as a new guest.'),
});

export const requestFrame = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('join'),
    id,
    channel,
    after: z.strictObject({ epoch, seq }).nullable().describe('Where to resume; null: load the newest page.'),
    limit: z.number().int().min(1).max(MAX_HISTORY_LIMIT).default(50),
  }),
  z.strictObject({ type: z.literal('leave'), id, channel }),
  z.strictObject({ type: z.literal('post'), id, channel, key, text, replyTo: message.nullable().default(null), again }),
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
  z.strictObject({ type: z.literal('typing'), id, channel, on: z.boolean() }),
  z.strictObject({ type: z.literal('ping'), id }),
]);
export type HelloFrame = z.input<typeof helloFrame>;
export type RequestFrame = z.input<typeof requestFrame>;
export type ParsedRequest = z.output<typeof requestFrame>;

const user = z.string().regex(/^u-[a-z2-7]{26}$/);
const json = z.unknown();
const history = z.strictObject({
  seq,
  message: json,
  reactions: z.array(z.strictObject({ emoji: z.string(), users: z.array(user) })),
});

/** What the hub says. Entries of the log come as they are stored, with `seq` in front (see `WireEntry`). */
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
    heartbeatMs: z.number().int().describe('The hub pings this often; silence of twice as long is a lost connection.'),
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
    messages: z.array(history),
    isEnd: z.boolean(),
  }),
  z.strictObject({ type: z.literal('left'), id, channel }),
  z.strictObject({
    type: z.literal('ack'),
    id,
    outcome: z.enum(['posted', 'duplicate', 'held', 'unchanged']),
    message: message.nullable(),
    seq: seq.nullable(),
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
    channels: z.array(json),
  }),
  z.strictObject({ type: z.literal('history'), id, channel, messages: z.array(history), isEnd: z.boolean() }),
  z.strictObject({ type: z.literal('found'), id, channel, message: history }),
  z.strictObject({ type: z.literal('results'), id, messages: z.array(history.extend({ channel })) }),
  z.strictObject({ type: z.literal('people'), id, channel, people: z.array(json), guests: z.number().int() }),
  z.strictObject({ type: z.literal('typing'), channel, user, name: z.string(), on: z.boolean() }),
  z.strictObject({
    type: z.literal('gap'),
    channel,
    from: seq,
    to: seq.describe(
      'Entries above `from` up to `to` were left out, since you read too slowly. Join again after `from`.',
    ),
  }),
  z.strictObject({
    type: z.literal('removed'),
    channel,
    say: z.string().describe('You may no longer read this channel.'),
  }),
  z.strictObject({
    type: z.literal('epoch'),
    epoch: epoch.describe('The log may have gone back: join every channel again.'),
  }),
  z.strictObject({
    type: z.literal('bye'),
    say: z.string(),
    retryAfterMs: z.number().int().describe('The hub is going down; come back after this.'),
  }),
  z.strictObject({ type: z.literal('pong'), id }),
]);
export type HubFrame = z.output<typeof hubFrame>;

/** The element types that the schema leaves open, for clients in TypeScript. */
export type ChannelInFrame = ListedChannel;
export type PersonInFrame = Person;

/** Close codes, beside those of RFC 6455. */
export const CLOSE = {
  /** Said `hello` wrongly, too late, or with a token that is not valid. */
  unauthorized: 4401,
  /** The session ended or the account was disabled. */
  signedOut: 4403,
  /** Sent too much for too long after being told. */
  flood: 4429,
  badFrame: 1008,
  unsupported: 1003,
  tooLarge: 1009,
  goingAway: 1001,
  /** Read too slowly for too long, or the hub is full: come back and resume. */
  tryLater: 1013,
} as const;
