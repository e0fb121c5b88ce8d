import { z } from 'zod';
import type { AuditedAct, ShownKarma } from '../../domain/audited.ts';
import type { ChannelSettings } from '../../domain/channel-settings.ts';
import type { ChannelId, EpochMs, MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { QueuedMessage, ReportedMessage } from '../../domain/staff.ts';
import type { Asked } from './asked.ts';
import { channelId, limit, messageId, userId } from './shapes.ts';

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

export const orderQuestions: Asked<OrderQuestions> = {
  audit: {
    input: z.strictObject({
      channel: channelId.nullable().default(null),
      target: userId.nullable().default(null),
      before: z.number().int().min(0).nullable().default(null),
      limit: limit(50),
    }),
  },
  karma: { input: z.strictObject({ channel: channelId, user: userId }) },
  settings: { input: z.strictObject({ channel: channelId }) },
  queue: {
    input: z.strictObject({
      channel: channelId.nullable().default(null),
      after: messageId.nullable().default(null),
      limit: limit(50),
    }),
  },
  reports: { input: z.strictObject({ channel: channelId.nullable().default(null), limit: limit(50) }) },
};

export interface OrderDeeds {
  /** What a DJ sets for a channel; what is not named stays as it is. */
  'set-settings': [{ readonly channel: ChannelId; readonly change: unknown }, { readonly settings: ChannelSettings }];
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

export const orderDeeds: Asked<OrderDeeds> = {
  'set-settings': {
    input: z.strictObject({ channel: channelId, change: z.unknown().describe('The settings to change.') }),
  },
  'set-slow': { input: z.strictObject({ channel: channelId, seconds: z.number().int().min(0).max(86_400) }) },
  'set-shield': { input: z.strictObject({ channel: channelId, isOn: z.boolean() }) },
  'take-held': { input: z.strictObject(ofMessage) },
  'release-held': { input: z.strictObject(ofMessage) },
  'discard-held': { input: z.strictObject({ ...ofMessage, reason }) },
  report: { input: z.strictObject({ ...ofMessage, reason }) },
  'decide-reports': { input: z.strictObject({ ...ofMessage, as: z.enum(['upheld', 'dismissed']), reason }) },
};
