import { z } from 'zod';
import { MAX_ATTACHMENTS, MAX_TEXT_UTF16 } from '../../domain/content.ts';
import type { ChannelId, MessageId, Seq } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, messageId, seqNumber, typed } from './shapes.ts';

/** What became of something that was said; it is stored by then. */
export interface Acknowledged {
  readonly outcome: 'posted' | 'held' | 'duplicate' | 'unchanged';
  readonly message: MessageId | null;
  readonly seq: Seq | null;
  readonly say: string | null;
}
interface NamedFile {
  readonly url: string;
  readonly alt: string | null;
  readonly isSpoiler: boolean;
}

/** What is said in a channel, as programs say it: each takes the one route of all messages. */
export interface Said {
  post: [
    {
      readonly channel: ChannelId;
      readonly text: string;
      readonly replyTo: MessageId | null;
      readonly attachments: readonly NamedFile[];
    },
    Acknowledged,
  ];
  edit: [{ readonly channel: ChannelId; readonly message: MessageId; readonly text: string }, Acknowledged];
  redact: [{ readonly channel: ChannelId; readonly message: MessageId; readonly reason: string | null }, Acknowledged];
  react: [OfReaction, Acknowledged];
  unreact: [OfReaction, Acknowledged];
  command: [
    { readonly channel: ChannelId; readonly text: string; readonly replyTo: MessageId | null },
    { readonly say: string },
  ];
}
interface OfReaction {
  readonly channel: ChannelId;
  readonly message: MessageId;
  readonly emoji: string;
}

const MARKUP = 'With light markup: **bold**, *italic*, `code`, ```block```, ~~strike~~, ||spoiler||, > quote.';
const text = z.string().max(MAX_TEXT_UTF16);
const file = z.strictObject({
  url: z.string().min(1).max(500).describe('As `POST /api/media` answered it.'),
  alt: z.string().max(1_000).nullable().default(null).describe('What a picture shows, in words.'),
  isSpoiler: z.boolean().default(false),
});
const acknowledged = typed<Acknowledged>(
  z
    .strictObject({
      outcome: z.enum(['posted', 'held', 'duplicate', 'unchanged']),
      message: messageId.nullable(),
      seq: seqNumber.nullable().describe('Null while it waits for a moderator.'),
      say: z.string().nullable().describe('Something you should know of it.'),
    })
    .meta({ id: 'Acknowledged' }),
);
const ofMessage = { channel: channelId, message: messageId };
const ofReaction = z.strictObject({ ...ofMessage, emoji: z.string().min(1).max(64) });
const emojiPath = '/channels/{channel}/messages/{message}/reactions/{emoji}';

export const said: Asked<Said> = {
  post: {
    input: z.strictObject({
      channel: channelId,
      text: text.describe(`${MARKUP} Empty only beside a file.`),
      replyTo: messageId.nullable().default(null),
      attachments: z.array(file).max(MAX_ATTACHMENTS).default([]),
    }),
    output: acknowledged,
    scope: 'post',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/messages',
      summary: 'Post a message',
      isMaking: true,
      refusals: ['key-reused'],
    },
  },
  edit: {
    input: z.strictObject({ ...ofMessage, text: text.min(1).describe(MARKUP) }),
    output: acknowledged,
    scope: 'post',
    rest: {
      method: 'PATCH',
      path: '/channels/{channel}/messages/{message}',
      summary: 'Give a message of yours other words; its files stay',
      refusals: ['redacted'],
    },
  },
  redact: {
    input: z.strictObject({ ...ofMessage, reason: z.string().max(300).nullable().default(null) }),
    output: acknowledged,
    scope: 'post',
    rest: {
      method: 'DELETE',
      path: '/channels/{channel}/messages/{message}',
      summary: 'Take a message away everywhere: yours, or with the scope moderate one of somebody you outrank',
    },
  },
  react: {
    input: ofReaction,
    output: acknowledged,
    scope: 'post',
    rest: { method: 'PUT', path: emojiPath, summary: 'React to a message', refusals: ['redacted'] },
  },
  unreact: {
    input: ofReaction,
    output: acknowledged,
    scope: 'post',
    rest: { method: 'DELETE', path: emojiPath, summary: 'Take a reaction back', refusals: ['redacted'] },
  },
  command: {
    input: z.strictObject({
      channel: channelId,
      text: z.string().min(1).max(1_000).describe('Its name and what follows, without the `/`.'),
      replyTo: messageId.nullable().default(null).describe('The message that it is about.'),
    }),
    output: z.strictObject({ say: z.string() }),
    scope: 'read',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/commands',
      summary: 'Give a command; each needs the scope of what it does',
    },
  },
};
