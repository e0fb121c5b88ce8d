import { z } from 'zod';
import type { ChannelId, EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import type { ListedPerson, StaffPerson } from '../../domain/staff.ts';
import type { HistoryMessage, WireChatMessage } from '../../domain/wire.ts';
import type { Asked } from './asked.ts';
import {
  channelId,
  chatMessage,
  epochMs,
  historyMessage,
  limit,
  messageId,
  namedUser,
  typed,
  userId,
} from './shapes.ts';

/** What moderators work with together: who looks at what, pictures to be marked, people and what they wrote. */
export interface DeskQuestions {
  /** Who looks at which message now, so that nobody else needs to. */
  claims: [{ readonly channel: ChannelId }, { readonly claims: readonly ShownClaim[] }];
  /** Pictures of which nobody has said what they are, each once, newest first. */
  'unmarked-images': [
    { readonly channel: ChannelId; readonly limit: number },
    { readonly images: readonly UnmarkedImage[] },
  ];
  /** People who were in the channel, last seen first, and who has an account here by this very name. */
  'find-people': [
    {
      readonly channel: ChannelId;
      /** Part of the name; empty: whoever was there. */
      readonly text: string;
      readonly platform: string | null;
      readonly limit: number;
    },
    { readonly people: readonly ListedPerson[] },
  ];
  /** Who is timed out or banned there now. */
  restrained: [{ readonly channel: ChannelId }, { readonly people: readonly ListedPerson[] }];
  /** What somebody wrote there last, with all their accounts, newest first. */
  'said-by': [
    { readonly channel: ChannelId; readonly user: UserId; readonly limit: number },
    { readonly messages: readonly HistoryMessage[] },
  ];
}
export interface ShownClaim {
  readonly message: MessageId;
  readonly by: StaffPerson;
  readonly until: EpochMs;
}
export interface UnmarkedImage {
  readonly message: WireChatMessage;
  /** Names its bytes: `picture` of the attachment. */
  readonly picture: string;
}

export interface DeskDeeds {
  /** For a minute others are told that this moderator looks at it; asked again, for another one. */
  claim: [
    { readonly channel: ChannelId; readonly message: MessageId; readonly isOn: boolean },
    { readonly until: EpochMs | null },
  ];
  /** Written down about somebody, for those who moderate the channel. */
  note: [{ readonly channel: ChannelId; readonly target: UserId; readonly text: string }, { readonly say: string }];
}

const listed = typed<ListedPerson>(
  z
    .strictObject({
      user: userId,
      name: z.string().nullable(),
      platform: z.string().nullable(),
      rank: z.enum(['guest', 'listener', 'moderator', 'dj', 'admin']).describe('In this channel.'),
      karma: z.number(),
      lastAt: epochMs.nullable().describe('When they were there last; null: it is not known.'),
      restraint: z
        .strictObject({
          act: z.enum(['timeout', 'ban']),
          until: epochMs.nullable(),
          reason: z.string().nullable(),
        })
        .nullable()
        .describe('What is in force against them there.'),
    })
    .meta({ id: 'ListedPerson' }),
);
const ofChannel = { channel: channelId };

export const deskQuestions: Asked<DeskQuestions> = {
  claims: {
    input: z.strictObject(ofChannel),
    output: z.strictObject({ claims: z.array(z.strictObject({ message: messageId, by: namedUser, until: epochMs })) }),
    scope: 'moderate',
    rest: { method: 'GET', path: '/channels/{channel}/claims', summary: 'Which moderator looks at which message now' },
  },
  'unmarked-images': {
    input: z.strictObject({ ...ofChannel, limit: limit(20) }),
    output: z.strictObject({ images: z.array(z.strictObject({ message: chatMessage, picture: z.string() })) }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/unmarked-images',
      summary: 'Pictures of which nobody has said what they are, newest first',
    },
  },
  'find-people': {
    input: z.strictObject({
      ...ofChannel,
      text: z.string().max(64).default('').describe('Part of a name.'),
      platform: z.string().min(1).max(64).nullable().default(null),
      limit: limit(50),
    }),
    output: z.strictObject({ people: z.array(listed) }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/found-people',
      summary: 'People who were there, by name and platform, as moderators see them',
    },
  },
  restrained: {
    input: z.strictObject(ofChannel),
    output: z.strictObject({ people: z.array(listed) }),
    scope: 'moderate',
    rest: { method: 'GET', path: '/channels/{channel}/restrained', summary: 'Who is timed out or banned there now' },
  },
  'said-by': {
    input: z.strictObject({ ...ofChannel, user: userId, limit: limit(20) }),
    output: z.strictObject({ messages: z.array(historyMessage) }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/people/{user}/messages',
      summary: 'What somebody wrote there last, newest first',
    },
  },
};

export const deskDeeds: Asked<DeskDeeds> = {
  claim: {
    input: z.strictObject({
      ...ofChannel,
      message: messageId,
      isOn: z.boolean().default(true).describe('False: others may look at it again.'),
    }),
    output: z.strictObject({ until: epochMs.nullable() }),
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/messages/{message}/claim',
      summary: 'Tell other moderators for a minute that you look at a message, or that you no longer do',
      refusals: ['decided'],
    },
  },
  note: {
    input: z.strictObject({ ...ofChannel, target: userId, text: z.string().trim().min(1).max(300) }),
    output: z.strictObject({ say: z.string() }),
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/people/{target}/notes',
      summary: 'Write something down about somebody, for the moderators of the channel',
    },
  },
};
