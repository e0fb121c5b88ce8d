import { z } from 'zod';
import type { ChannelId, EpochMs, Seq, UserId } from '../../domain/ids.ts';
import { type ChosenLevel, NOTIFY_LEVELS, type NotifyLevel } from '../../domain/notify-level.ts';
import type { Relation } from '../../domain/relation.ts';
import type { SelfNews } from '../../domain/self-news.ts';
import type { Person } from '../../domain/wire.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, howConnected, limit, messageId, seqNumber, typed, userId } from './shapes.ts';

/** What is told to all devices of one person. */
export const selfNews = typed<SelfNews>(
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('relations').describe('You muted or blocked somebody, or no longer do: ask.') }),
    z.strictObject({
      kind: z.literal('notify-levels').describe('You chose anew of what in a channel you want to be told: ask.'),
    }),
    z.strictObject({
      kind: z.literal('read').describe('You have read the channel up to `seq`, on whichever device.'),
      channel: channelId,
      seq: seqNumber,
    }),
    z.strictObject({
      kind: z.literal('told').describe('A message of yours was held; this became of it.'),
      channel: channelId,
      message: messageId,
      became: z.enum(['released', 'discarded']),
      say: z.string(),
    }),
    z.strictObject({
      kind: z.literal('desk').describe('What waits for moderators in the channel, or who looks at it, has changed.'),
      channel: channelId,
    }),
    z.strictObject({
      kind: z.literal('invitation').describe('Somebody asks you into a conversation, or no longer does.'),
      channel: channelId,
      invitation: z
        .strictObject({
          kind: z.enum(['private', 'direct']),
          name: z.string(),
          by: z.strictObject({ user: userId, name: z.string(), platform: z.string() }),
          at: epochMs,
        })
        .nullable()
        .describe('Null: it is answered, on whichever device, or holds no longer.'),
    }),
    z.strictObject({
      kind: z.literal('shown').describe('You were unnoticed in the channel, and are to be seen there from now on.'),
      channel: channelId,
    }),
  ]),
);

export interface SelfQuestions {
  /** Whom one has muted and blocked. */
  relations: [Record<never, never>, Relations];
  /**
   * How much there is to read in channels that one has read before, and in closed ones; channels null: in all of them.
   * Of public ones that one never opened nothing is told.
   */
  unread: [{ readonly channels: readonly ChannelId[] | null }, { readonly channels: readonly Unread[] }];
  /** Everybody who has been in the channel, by whatever platform, last seen first. */
  seen: [
    { readonly channel: ChannelId; readonly before: string | null; readonly limit: number },
    { readonly people: readonly SeenPerson[]; readonly isEnd: boolean },
  ];
  /** What to know before writing in a channel: how slowly, and what becomes of it in the linked rooms. */
  writing: [{ readonly channel: ChannelId }, Writing];
  /** Channels for which one has chosen of what in them one wants to be told while not looking. */
  'notify-levels': [Record<never, never>, { readonly channels: readonly ChosenLevel[] }];
}
export interface Writing {
  /** Seconds between two messages of this person; 0: no wait. */
  readonly slowSeconds: number;
  /** Only people of good standing are heard for now. */
  readonly isShielded: boolean;
  /** Whose links are taken. */
  readonly links: 'all' | 'not-newcomers' | 'none';
  /** Whose pictures are covered until a moderator has looked. */
  readonly blur: 'all' | 'newcomers' | 'off';
  /** Rooms that messages of this channel are sent to. */
  readonly rooms: readonly WritingRoom[];
}
export interface WritingRoom {
  readonly platform: string;
  /** The longest text; what is longer comes in parts. Null: not known on this hub. */
  readonly text: { readonly limit: number; readonly unit: 'utf16' | 'code-point' | 'byte' } | null;
  /** What the platform cannot do with what it was sent. */
  readonly cannot: readonly ('edit' | 'redact' | 'react' | 'media')[];
}
export interface SeenPerson extends Omit<Person, 'how'> {
  /** When they were there last; up to ten seconds late. */
  readonly lastAt: EpochMs;
  /** How it is known that they are there now; null: they are not. */
  readonly connected: Person['how'] | null;
  /** Ask with it for those before. */
  readonly place: string;
}
export interface Unread {
  readonly channel: ChannelId;
  /** Null: nothing of it. */
  readonly readUpTo: Seq | null;
  /** Messages of others, without those of muted people. */
  readonly unread: number;
  /** Those among them that name the person, or answer them. */
  readonly mentions: number;
  /** The first of them; null: there is none. */
  readonly firstUnread: Seq | null;
  /** There are older ones that are not counted; `firstUnread` is the first that is. */
  readonly isMore: boolean;
}
export interface Relations {
  readonly muted: readonly Related[];
  readonly blocked: readonly Related[];
  /** Whose public messages are hidden: everybody muted, with all accounts of each. In no order. */
  readonly hidden: readonly UserId[];
}
export type Related = Omit<Relation, 'kind' | 'whom' | 'at'> & { readonly user: UserId; readonly at: EpochMs };

export interface SelfDeeds {
  mute: [OfPerson, Record<never, never>];
  unmute: [OfPerson, Record<never, never>];
  block: [OfPerson, Record<never, never>];
  unblock: [OfPerson, Record<never, never>];
  /** On whichever device; only ever farther. */
  'mark-read': [{ readonly channel: ChannelId; readonly seq: Seq }, Record<never, never>];
  /** Of what in a channel one wants to be told while not looking; null: as each device says. */
  'set-notify': [{ readonly channel: ChannelId; readonly level: NotifyLevel | null }, Record<never, never>];
  /** Ends being unnoticed in a channel, on every device. */
  show: [{ readonly channel: ChannelId }, Record<never, never>];
}
interface OfPerson {
  readonly user: UserId;
  /** Where they were met, for their name. */
  readonly channel: ChannelId | null;
}

const related = typed<Related>(
  z.strictObject({ user: userId, name: z.string().nullable(), platform: z.string().nullable(), at: epochMs }),
);
const unread = typed<Unread>(
  z
    .strictObject({
      channel: channelId,
      readUpTo: seqNumber.nullable().describe('Null: nothing of it.'),
      unread: z.number().int().describe('Messages of others, without those of muted people.'),
      mentions: z.number().int().describe('Those among them that name you, or answer you.'),
      firstUnread: seqNumber.nullable(),
      isMore: z.boolean().describe('There are older ones that are not counted.'),
    })
    .meta({ id: 'Unread' }),
);
const seenPerson = typed<SeenPerson>(
  z
    .strictObject({
      user: userId,
      name: z.string(),
      platform: z.string(),
      badge: z.enum(['admin', 'dj', 'moderator']).nullable(),
      lastAt: epochMs.describe('Up to ten seconds late.'),
      connected: howConnected.nullable().describe('How it is known that they are there now; null: they are not.'),
      place: z.string().describe('Ask with it for those before.'),
    })
    .meta({ id: 'SeenPerson' }),
);
const writingRoom = typed<WritingRoom>(
  z
    .strictObject({
      platform: z.string(),
      text: z
        .strictObject({ limit: z.number().int(), unit: z.enum(['utf16', 'code-point', 'byte']) })
        .nullable()
        .describe('The longest text; what is longer comes in parts. Null: not known on this hub.'),
      cannot: z
        .array(z.enum(['edit', 'redact', 'react', 'media']))
        .describe('What the platform cannot do with what it was sent.'),
    })
    .meta({ id: 'WritingRoom' }),
);
const notifyLevel = z.enum(NOTIFY_LEVELS);
const chosenLevel = typed<ChosenLevel>(z.strictObject({ channel: channelId, level: notifyLevel }));

export const selfQuestions: Asked<SelfQuestions> = {
  relations: {
    input: z.strictObject({}),
    output: z.strictObject({ muted: z.array(related), blocked: z.array(related), hidden: z.array(userId) }),
    rest: { method: 'GET', path: '/me/relations', summary: 'Whom one has muted and blocked' },
  },
  unread: {
    input: z.strictObject({ channels: z.array(channelId).max(200).nullable().default(null) }),
    output: z.strictObject({ channels: z.array(unread) }),
    rest: { method: 'GET', path: '/me/unread', summary: 'How much there is to read in one’s channels' },
  },
  seen: {
    input: z.strictObject({
      channel: channelId,
      before: z.string().max(64).nullable().default(null).describe('The `place` of the last that was told.'),
      limit: limit(50),
    }),
    output: z.strictObject({ people: z.array(seenPerson), isEnd: z.boolean() }),
    rest: {
      method: 'GET',
      path: '/channels/{channel}/seen',
      summary: 'Everybody who has been there, last seen first',
      page: { by: 'before', list: 'people', last: 'place' },
    },
  },
  writing: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({
      slowSeconds: z.number().int().describe('Seconds between two messages of yours; 0: no wait.'),
      isShielded: z.boolean().describe('Only people of good standing are heard for now.'),
      links: z.enum(['all', 'not-newcomers', 'none']).describe('Whose links are taken.'),
      blur: z.enum(['all', 'newcomers', 'off']).describe('Whose pictures are covered until a moderator has looked.'),
      rooms: z.array(writingRoom),
    }),
    rest: {
      method: 'GET',
      path: '/channels/{channel}/writing',
      summary: 'What to know before writing in a channel: how slowly, and what the linked platforms can do',
    },
  },
  'notify-levels': {
    input: z.strictObject({}),
    output: z.strictObject({ channels: z.array(chosenLevel) }),
    rest: { method: 'GET', path: '/me/notify', summary: 'Of what one wants to be told, where one has chosen it' },
  },
};

const ofPerson = z.strictObject({ user: userId, channel: channelId.nullable().default(null) });
const nothing = z.strictObject({});

export const selfDeeds: Asked<SelfDeeds> = {
  mute: {
    input: ofPerson,
    output: nothing,
    rest: { method: 'PUT', path: '/me/muted/{user}', summary: 'Hides what somebody writes, for oneself alone' },
  },
  unmute: {
    input: ofPerson,
    output: nothing,
    rest: { method: 'DELETE', path: '/me/muted/{user}', summary: 'Shows again what somebody writes' },
  },
  block: {
    input: ofPerson,
    output: nothing,
    rest: { method: 'PUT', path: '/me/blocked/{user}', summary: 'Takes no private messages from somebody' },
  },
  unblock: {
    input: ofPerson,
    output: nothing,
    rest: { method: 'DELETE', path: '/me/blocked/{user}', summary: 'Takes private messages from somebody again' },
  },
  'mark-read': {
    input: z.strictObject({ channel: channelId, seq: seqNumber }),
    output: nothing,
    rest: { method: 'PUT', path: '/me/read/{channel}', summary: 'Remembers how far one has read a channel' },
  },
  'set-notify': {
    input: z.strictObject({
      channel: channelId,
      level: notifyLevel.nullable().describe('Null: as each device says.'),
    }),
    output: nothing,
    rest: {
      method: 'PUT',
      path: '/me/notify/{channel}',
      summary: 'Chooses of what in a channel one wants to be told while not looking',
    },
  },
  show: { input: z.strictObject({ channel: channelId }), output: nothing, scope: 'session' },
};
