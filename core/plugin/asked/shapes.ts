import { z } from 'zod';
import type { NamedUser } from '../../domain/audited.ts';
import type { ChannelSettings } from '../../domain/channel-settings.ts';
import type { Attachment, Content, Rich, RichNode } from '../../domain/content.ts';
import { ACCEPTANCES } from '../../domain/house-rules.ts';
import type { ChannelId, Epoch, EpochMs, MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { Author, Quote, Reaction, Redaction } from '../../domain/message.ts';
import type { HistoryMessage, ListedChannel, Person, WireChatMessage } from '../../domain/wire.ts';
import type { CommandSpec } from '../commands.ts';

/*
 * Schemas of the values inside the hub's frames. The hub never runs them on the way out; they are what the JSON
 * Schema is made from, what tests hold the wire against, and what gives a client its types.
 */

/** Gives a schema the domain's own type, branded ids included. The one place where that is claimed. */
export function typed<Out, In = Out>(schema: z.ZodType): z.ZodType<Out, In> {
  return schema as z.ZodType<Out, In>;
}

export const channelId = typed<ChannelId, string>(
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,47}$/)
    .describe('Channel id.'),
);
export const messageId = typed<MessageId, string>(
  z
    .string()
    .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    .describe('Message id.'),
);
export const userId = typed<UserId, string>(
  z
    .string()
    .regex(/^u-[a-z2-7]{26}$/)
    .describe('User id.'),
);
export const namedUser = typed<NamedUser>(
  z
    .strictObject({ user: userId, name: z.string().nullable(), platform: z.string().nullable() })
    .meta({ id: 'NamedUser' }),
);
export const seqNumber = typed<Seq, number>(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER));
export const epochName = typed<Epoch, string>(z.string().min(1).max(64).describe('Names one past of the log.'));
export const epochMs = typed<EpochMs>(z.number().int().min(0).describe('Milliseconds since 1970, UTC.'));

/** How many at most, and how many where nobody says. */
export const limit = (usual: number): z.ZodType<number, number | undefined> =>
  z.number().int().min(1).max(100).default(usual);

const rich: z.ZodType<Rich, Rich> = typed<Rich>(z.array(z.lazy(() => richNode)).meta({ id: 'Rich' }));
const richNode: z.ZodType<RichNode, RichNode> = typed<RichNode>(
  z
    .discriminatedUnion('t', [
      z.strictObject({ t: z.literal('text'), text: z.string() }),
      z.strictObject({ t: z.enum(['bold', 'italic', 'underline', 'strike', 'spoiler', 'quote']), children: rich }),
      z.strictObject({ t: z.literal('code'), text: z.string() }),
      z.strictObject({ t: z.literal('pre'), text: z.string(), language: z.string().nullable() }),
      z.strictObject({ t: z.literal('link'), url: z.string(), children: rich }),
      z.strictObject({ t: z.literal('mention'), user: userId.nullable(), name: z.string() }),
      z.strictObject({ t: z.literal('channel'), channel: channelId, name: z.string() }),
      z.strictObject({ t: z.literal('emoji'), name: z.string(), url: z.string().nullable() }),
    ])
    .meta({ id: 'RichNode' }),
);
export const attachment = typed<Attachment>(
  z.strictObject({
    url: z.string(),
    name: z.string(),
    mediaType: z.string(),
    bytes: z.number().int().min(0),
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    alt: z.string().nullable(),
    isSpoiler: z.boolean(),
    picture: z.string().optional().describe('Names the bytes of a picture, the same wherever it is posted again.'),
    mark: z.enum(['safe', 'nsfw']).optional().describe('What a moderator has said of the picture.'),
    isOwnCover: z.literal(true).optional().describe('Marked `nsfw`, and covered by its author already.'),
    isBlurred: z.literal(true).optional().describe('Nobody has looked at it yet: to be covered like a spoiler.'),
  }),
);
export const content = typed<Content>(
  z.strictObject({ rich, attachments: z.array(attachment) }).meta({ id: 'Content' }),
);
export const redaction = typed<Redaction>(
  z.strictObject({
    at: epochMs,
    by: z
      .enum(['author', 'moderator', 'platform', 'reports'])
      .describe(
        '`platform`: where it was written, which does not say by whom. `reports`: for now, until a moderator has looked.',
      ),
  }),
);
const author = typed<Author>(
  z.strictObject({
    user: userId,
    name: z.string(),
    platform: z.string(),
    avatarUrl: z.string().nullable(),
    badge: z.enum(['admin', 'dj', 'moderator', 'bot', 'guest']).nullable(),
    looksLikeStaff: z.literal(true).optional(),
  }),
);
const quote = typed<Quote>(z.strictObject({ id: messageId, name: z.string(), text: z.string() }));
export const chatMessage = typed<WireChatMessage>(
  z
    .strictObject({
      id: messageId,
      author,
      content,
      replyTo: quote.nullable(),
      sentAt: epochMs,
      revision: z.number().int().min(0),
      editedAt: epochMs.nullable(),
      redaction: redaction.nullable(),
    })
    .meta({ id: 'ChatMessage' }),
);
const reaction = typed<Reaction>(z.strictObject({ emoji: z.string(), users: z.array(userId) }));
const historyShape = { seq: seqNumber, message: chatMessage, reactions: z.array(reaction) };
export const historyMessage = typed<HistoryMessage>(z.strictObject(historyShape).meta({ id: 'HistoryMessage' }));
export const foundMessage = typed<HistoryMessage & { readonly channel: ChannelId }>(
  z.strictObject({ ...historyShape, channel: channelId }).meta({ id: 'FoundMessage' }),
);

const picture = z.string().nullable().describe('Path of its picture, `?thumb` a small one; null: it has none.');
const accent = z.number().int().min(0).max(359).nullable();
export const listedChannel = typed<ListedChannel>(
  z
    .strictObject({
      id: channelId,
      kind: z.enum(['mega', 'dj', 'event', 'crew', 'private', 'direct']),
      name: z.string(),
      topic: z.string(),
      owner: userId.nullable(),
      state: z.enum(['open', 'read-only']),
      rank: z.enum(['guest', 'listener', 'moderator', 'dj', 'admin']).describe('Your standing there.'),
      mayPost: z.boolean(),
      accent: accent.describe('Hue of its own colour, 0 to 359; null: it has none.'),
      picture,
      headSeq: seqNumber
        .nullable()
        .describe(
          'Newest seq there that you may see; null while there is none. What is to be read is told by `unread`.',
        ),
    })
    .meta({ id: 'Channel' }),
);
export const howConnected = z
  .enum(['session', 'platform', 'act'])
  .describe('`session`: here. `platform`: their platform says so. `act`: by what they did in the last ten minutes.');
export const person = typed<Person>(
  z
    .strictObject({
      user: userId,
      name: z.string(),
      platform: z.string(),
      badge: z.enum(['admin', 'dj', 'moderator']).nullable(),
      how: howConnected,
    })
    .meta({ id: 'Person' }),
);

export const channelSettings = typed<ChannelSettings>(
  z
    .strictObject({
      moderatorsMayBan: z.boolean(),
      blur: z.enum(['all', 'newcomers', 'off']).describe('Whose pictures are covered until they are marked safe.'),
      reportsToHide: z.number().int().describe('So many reports hide a message until a moderator looks; 0: never.'),
      trustedPortals: z.array(z.string()),
      acceptance: z.enum(ACCEPTANCES),
      accent: accent.describe('Hue of the channel’s own colour, 0 to 359; null: the hub’s.'),
      picture,
      rules: z.strictObject({
        flood: z.strictObject({ isOn: z.boolean(), count: z.number().int(), seconds: z.number().int() }),
        links: z.enum(['all', 'not-newcomers', 'none']),
        mentions: z.strictObject({ isOn: z.boolean(), most: z.number().int() }),
        shouting: z.boolean(),
        repeatedText: z.boolean(),
        heldWords: z.array(z.string()),
        holdBelowKarma: z.number().int().nullable(),
      }),
    })
    .meta({ id: 'ChannelSettings' }),
);

export const commandSpec = typed<CommandSpec>(
  z
    .strictObject({
      name: z.string().describe('Without the `/`.'),
      summary: z.string(),
      arguments: z.array(
        z.strictObject({
          name: z.string(),
          summary: z.string(),
          kind: z.enum(['person', 'minutes', 'channel', 'choice', 'word', 'text']),
          choices: z.array(z.string()),
          isRequired: z.boolean(),
        }),
      ),
      least: z.enum(['guest', 'listener', 'moderator', 'dj', 'admin']).describe('The least rank that may give it.'),
    })
    .meta({ id: 'Command' }),
);

/** Entries of the log, as they stand in it, with `seq` in front. */
export const entryFrames = [
  z.strictObject({
    seq: seqNumber,
    type: z.literal('message'),
    channel: channelId,
    key: z.string().nullable().describe('The author’s own key of this post, so that their clients recognise it.'),
    message: chatMessage,
  }),
  z.strictObject({
    seq: seqNumber,
    type: z.literal('edit'),
    channel: channelId,
    id: messageId,
    content,
    revision: z.number().int().min(1),
    at: epochMs,
  }),
  z.strictObject({ seq: seqNumber, type: z.literal('redaction'), channel: channelId, id: messageId, redaction }),
  z.strictObject({
    seq: seqNumber,
    type: z.literal('shown').describe('A message that reports had hidden is there again, as it stands here.'),
    channel: channelId,
    id: messageId,
    message: chatMessage,
  }),
  z.strictObject({
    seq: seqNumber,
    type: z.literal('reaction'),
    channel: channelId,
    id: messageId,
    user: userId,
    name: z.string(),
    emoji: z.string(),
    on: z.boolean(),
    at: epochMs,
  }),
  z.strictObject({
    seq: seqNumber,
    type: z.literal('mark').describe('What a moderator has said of a picture that this message shows.'),
    channel: channelId,
    id: messageId,
    picture: z.string(),
    mark: z.enum(['safe', 'nsfw']),
    at: epochMs,
  }),
  z.strictObject({
    seq: seqNumber,
    type: z.literal('notice'),
    channel: channelId,
    code: z.string(),
    say: z.string(),
    at: epochMs,
  }),
] as const;
