import { z } from 'zod';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { NativeAct, StaffView } from '../../domain/staff.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, typed, userId } from './shapes.ts';

export interface StaffQuestions {
  /** Somebody as those see them who moderate the channel. */
  person: [{ readonly channel: ChannelId; readonly user: UserId }, StaffView];
  /** What was done to people on the platforms alone and nobody has decided yet, newest first. */
  'native-acts': [{ readonly channel: ChannelId }, { readonly acts: readonly NativeAct[] }];
}

export interface StaffDeeds {
  /** Timeout, ban or their end, for one person on every platform. */
  sanction: [
    {
      readonly channel: ChannelId;
      readonly target: UserId;
      readonly act: 'timeout' | 'ban' | 'lift';
      /** Of a timeout; null: as the ladder says. */
      readonly minutes: number | null;
      readonly reason: string | null;
      /** What they wrote in so many last minutes goes too; null: it stays. */
      readonly redactMinutes: number | null;
    },
    { readonly say: string; readonly until: EpochMs | null; readonly effect: string | null },
  ];
  /** What was done on one platform holds everywhere from now on; in place of a kick, a timeout by the ladder. */
  'apply-native-act': [
    { readonly channel: ChannelId; readonly act: string },
    { readonly say: string; readonly effect: string | null },
  ];
  /** What was done on one platform stays there, and is asked about no more. */
  'dismiss-native-act': [{ readonly channel: ChannelId; readonly act: string }, { readonly say: string }];
}

const reason = z.string().max(300).nullable();
const acts = z.enum(['timeout', 'ban', 'lift']);
const effect = z.string().nullable().describe('What became of it on the platforms so far.');
const person = typed<StaffView>(
  z
    .strictObject({
      user: userId,
      name: z.string().nullable(),
      platform: z.string().nullable(),
      rank: z.enum(['guest', 'listener', 'moderator', 'dj', 'admin']).describe('In this channel.'),
      karma: z.number(),
      restraint: z
        .strictObject({ act: z.enum(['timeout', 'ban']), until: epochMs.nullable(), reason })
        .nullable()
        .describe('What is in force against them here.'),
      accounts: z
        .array(z.strictObject({ user: userId, platform: z.string(), name: z.string() }))
        .describe('All accounts of this person, where there are several.'),
      acts: z
        .array(z.strictObject({ act: z.string(), at: epochMs, reason, until: epochMs.nullable() }))
        .describe('What was done to them here, newest first, and what was noted.'),
    })
    .meta({ id: 'StaffView' }),
);
const nativeAct = typed<NativeAct>(
  z
    .strictObject({
      id: z.string(),
      user: userId,
      name: z.string(),
      platform: z.string(),
      byName: z.string().nullable().describe('Null: the platform does not say.'),
      act: z.enum([...acts.options, 'kick']),
      until: epochMs.nullable(),
      reason,
      at: epochMs,
      say: z.string(),
    })
    .meta({ id: 'NativeAct' }),
);

export const staffQuestions: Asked<StaffQuestions> = {
  person: {
    input: z.strictObject({ channel: channelId, user: userId }),
    output: person,
    scope: 'moderate',
    rest: { method: 'GET', path: '/channels/{channel}/people/{user}', summary: 'Somebody as moderators see them' },
  },
  'native-acts': {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ acts: z.array(nativeAct) }),
    scope: 'moderate',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/native-acts',
      summary: 'What was done to people on the platforms alone and nobody has decided yet',
    },
  },
};

export const staffDeeds: Asked<StaffDeeds> = {
  sanction: {
    input: z.strictObject({
      channel: channelId,
      target: userId,
      act: acts,
      minutes: z.number().int().min(2).max(10).nullable().default(null),
      reason: reason.default(null),
      redactMinutes: z.number().int().min(1).max(60).nullable().default(null),
    }),
    output: z.strictObject({ say: z.string(), until: epochMs.nullable(), effect }),
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/people/{target}/sanctions',
      summary: 'Time somebody out for 2 to 10 minutes, ban them, or lift what is in force; on every platform',
    },
  },
  'apply-native-act': {
    input: z.strictObject({ channel: channelId, act: z.string().min(1).max(200) }),
    output: z.strictObject({ say: z.string(), effect }),
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/native-acts/{act}/apply',
      summary: 'Make what was done on one platform hold everywhere',
      refusals: ['decided'],
    },
  },
  'dismiss-native-act': {
    input: z.strictObject({ channel: channelId, act: z.string().min(1).max(200) }),
    output: z.strictObject({ say: z.string() }),
    scope: 'moderate',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/native-acts/{act}/dismiss',
      summary: 'Leave what was done on one platform as it is: it is asked about no more',
      refusals: ['decided'],
    },
  },
};
