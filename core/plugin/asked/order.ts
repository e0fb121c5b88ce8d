import { z } from 'zod';
import type { AuditedAct, ShownKarma } from '../../domain/audited.ts';
import type { ChannelSettings } from '../../domain/channel-settings.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { QueuedMessage, ReportedMessage } from '../../domain/staff.ts';
import type { Asked } from './asked.ts';
import {
  channelId,
  channelSettings,
  chatMessage,
  epochMs,
  limit,
  messageId,
  namedUser,
  seqNumber,
  typed,
  userId,
} from './shapes.ts';

export interface OrderQuestions {
  /** Acts of moderation, newest first, for those who moderate the channel; channel null: all of them, for admins. */
  audit: [
    {
      readonly channel: ChannelId | null;
      /** Null: about anybody. */
      readonly target: UserId | null;
      /** `id` of the last act that was told; null: from the newest. */
      readonly before: number | null;
      readonly limit: number;
    },
    { readonly acts: readonly AuditedAct[] },
  ];
  /** Somebody's standing with its newest lines; one's own, or for those who moderate the channel. */
  karma: [
    { readonly channel: ChannelId; readonly user: UserId },
    { readonly balance: number; readonly lines: readonly ShownKarma[] },
  ];
  /** For those who moderate a channel: what is set for it, and how calm it is kept now. */
  settings: [
    { readonly channel: ChannelId },
    {
      readonly settings: ChannelSettings;
      readonly mode: {
        readonly slowSeconds: number;
        readonly isShielded: boolean;
        readonly shieldUntil: EpochMs | null;
      };
    },
  ];
  /** What waits for a moderator, the oldest first; channel null: wherever this person moderates. */
  queue: [
    { readonly channel: ChannelId | null; readonly after: MessageId | null; readonly limit: number },
    { readonly held: readonly QueuedMessage[]; readonly waiting: number },
  ];
  /** What was reported and nobody has decided yet. */
  reports: [
    { readonly channel: ChannelId | null; readonly limit: number },
    { readonly reported: readonly ReportedMessage[] },
  ];
}

const auditedAct = typed<AuditedAct>(
  z
    .strictObject({
      id: z.number().int().describe('Ask with it for what is older.'),
      at: epochMs,
      act: z.string(),
      by: namedUser.nullable().describe('Null: the hub itself.'),
      target: namedUser.nullable(),
      message: messageId.nullable(),
      channel: channelId.nullable(),
      until: epochMs.nullable(),
      reason: z.string().nullable(),
      effect: z.string().nullable().describe('What became of it on the platforms.'),
    })
    .meta({ id: 'AuditedAct' }),
);
const shownKarma = typed<ShownKarma>(z.strictObject({ points: z.number(), why: z.string(), at: epochMs }));
const queuedMessage = typed<QueuedMessage>(
  z
    .strictObject({
      channel: channelId,
      message: chatMessage,
      at: epochMs,
      findings: z.array(z.strictObject({ rule: z.string(), detail: z.string(), karma: z.number() })),
      karma: z.number(),
      takenBy: namedUser.nullable().describe('Who looks at it now.'),
      earlier: z.strictObject({ released: z.number().int(), discarded: z.number().int() }),
      acts: z.array(
        z.strictObject({
          act: z.string(),
          at: epochMs,
          reason: z.string().nullable(),
          until: epochMs.nullable(),
        }),
      ),
    })
    .meta({ id: 'QueuedMessage' }),
);
const reportedMessage = typed<ReportedMessage>(
  z
    .strictObject({
      channel: channelId,
      message: chatMessage,
      isHidden: z.boolean(),
      karma: z.number(),
      reports: z.array(z.strictObject({ by: namedUser, reason: z.string().nullable(), at: epochMs })),
    })
    .meta({ id: 'ReportedMessage' }),
);

export const orderQuestions: Asked<OrderQuestions> = {
  audit: {
    input: z.strictObject({
      channel: channelId.nullable().default(null),
      target: userId.nullable().default(null),
      before: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().default(null),
      limit: limit(50),
    }),
    output: z.strictObject({ acts: z.array(auditedAct) }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/audit',
      summary: 'Acts of moderation, newest first; of all channels for admins alone',
      page: { by: 'before', list: 'acts', last: 'id' },
    },
  },
  karma: {
    input: z.strictObject({ channel: channelId, user: userId }),
    output: z.strictObject({ balance: z.number(), lines: z.array(shownKarma) }),
    scope: 'moderate',
    rest: { method: 'GET', path: '/channels/{channel}/karma/{user}', summary: 'Somebody’s standing, newest first' },
  },
  settings: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({
      settings: channelSettings,
      mode: z.strictObject({
        slowSeconds: z.number().int().min(0),
        isShielded: z.boolean(),
        shieldUntil: epochMs.nullable(),
      }),
    }),
    scope: 'moderate',
    rest: { method: 'GET', path: '/channels/{channel}/settings', summary: 'What is set for a channel' },
  },
  queue: {
    input: z.strictObject({
      channel: channelId.nullable().default(null),
      after: messageId.nullable().default(null),
      limit: limit(50),
    }),
    output: z.strictObject({ held: z.array(queuedMessage), waiting: z.number().int().min(0) }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/queue',
      summary: 'What waits for a moderator, oldest first; in one channel or wherever you moderate',
      page: { by: 'after', list: 'held', last: 'message.id' },
    },
  },
  reports: {
    input: z.strictObject({ channel: channelId.nullable().default(null), limit: limit(50) }),
    output: z.strictObject({ reported: z.array(reportedMessage) }),
    scope: 'moderate',
    rest: { method: 'GET', path: '/reports', summary: 'What was reported and nobody has decided yet' },
  },
};

export interface OrderDeeds {
  /** What a DJ sets for a channel; what is not named stays as it is. */
  'set-settings': [{ readonly channel: ChannelId; readonly change: unknown }, { readonly settings: ChannelSettings }];
  /** The picture of a channel: a file that was uploaded here; null: none from now on. */
  'set-channel-picture': [
    { readonly channel: ChannelId; readonly url: string | null },
    { readonly picture: string | null },
  ];
  'set-slow': [{ readonly channel: ChannelId; readonly seconds: number }, { readonly say: string }];
  'set-shield': [{ readonly channel: ChannelId; readonly isOn: boolean }, { readonly say: string }];
  /** For a minute others are told that this moderator looks at it. */
  'take-held': [OfMessage, Record<never, never>];
  /** The message is one of the channel from now on. */
  'release-held': [OfMessage, { readonly seq: Seq | null }];
  'discard-held': [OfMessage & { readonly reason: string | null }, Record<never, never>];
  report: [OfMessage & { readonly reason: string | null }, { readonly isNew: boolean }];
  /** The message goes everywhere, or is shown again. */
  'decide-reports': [
    OfMessage & { readonly as: 'upheld' | 'dismissed'; readonly reason: string | null },
    Record<never, never>,
  ];
}
interface OfMessage {
  readonly channel: ChannelId;
  readonly message: MessageId;
}

const ofMessage = { channel: channelId, message: messageId };
const reason = z.string().max(300).nullable().default(null);
const said = z.strictObject({ say: z.string().describe('What became of it, in words.') });
const nothing = typed<Record<never, never>>(z.strictObject({}));

export const orderDeeds: Asked<OrderDeeds> = {
  'set-settings': {
    input: z.strictObject({ channel: channelId, change: z.unknown().describe('The settings to change.') }),
    output: z.strictObject({ settings: channelSettings }),
    scope: 'settings:manage',
    rest: {
      method: 'PATCH',
      path: '/channels/{channel}/settings',
      summary: 'Set what is named for a channel; the rest stays',
    },
  },
  'set-channel-picture': {
    input: z.strictObject({
      channel: channelId,
      url: z.string().max(2_000).nullable().describe('Of a picture that was uploaded; null: none from now on.'),
    }),
    output: z.strictObject({
      picture: z.string().nullable().describe('Where the channel has it now; kept while the channel shows it.'),
    }),
    scope: 'settings:manage',
    rest: { method: 'PUT', path: '/channels/{channel}/picture', summary: 'Set or take away the picture of a channel' },
  },
  'set-slow': {
    input: z.strictObject({ channel: channelId, seconds: z.number().int().min(0).max(86_400) }),
    output: said,
    scope: 'moderate',
    rest: {
      method: 'PUT',
      path: '/channels/{channel}/slow',
      summary: 'At least so many seconds between two messages of one person; 0: off',
    },
  },
  'set-shield': {
    input: z.strictObject({ channel: channelId, isOn: z.boolean() }),
    output: said,
    scope: 'moderate',
    rest: { method: 'PUT', path: '/channels/{channel}/shield', summary: 'Turn shield mode on for an hour, or off' },
  },
  'take-held': {
    input: z.strictObject(ofMessage),
    output: nothing,
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/queue/{message}/take',
      summary: 'Tell others for a minute that you look at this message',
      refusals: ['decided'],
    },
  },
  'release-held': {
    input: z.strictObject(ofMessage),
    output: z.strictObject({ seq: seqNumber.nullable() }),
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/queue/{message}/release',
      summary: 'Let a held message be one of the channel',
      refusals: ['decided'],
    },
  },
  'discard-held': {
    input: z.strictObject({ ...ofMessage, reason }),
    output: nothing,
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/queue/{message}/discard',
      summary: 'Let a held message never be shown',
      refusals: ['decided'],
    },
  },
  report: {
    input: z.strictObject({ ...ofMessage, reason }),
    output: z.strictObject({ isNew: z.boolean() }),
    scope: 'post',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/messages/{message}/reports',
      summary: 'Report a message to the moderators',
    },
  },
  'decide-reports': {
    input: z.strictObject({ ...ofMessage, as: z.enum(['upheld', 'dismissed']), reason }),
    output: nothing,
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/messages/{message}/decision',
      summary: 'Uphold what was reported, and the message goes; or dismiss it, and it is shown again',
      refusals: ['decided'],
    },
  },
};
