import { z } from 'zod';
import { MAX_CONVERSATION_NAME, MOST_IN_DIRECT, MOST_IN_PRIVATE } from '../../domain/conversation.ts';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, typed, userId } from './shapes.ts';

/** Somebody in a conversation, as the others see them. */
export interface ListedMember {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  /** `invited`: has not accepted. */
  readonly state: 'in' | 'invited';
  /** Made the private channel, or was given it. */
  readonly isOwner: boolean;
}
/** A conversation that waits for one's answer. Nothing that is said in it is shown before. */
export interface ListedInvitation {
  readonly channel: ChannelId;
  readonly kind: 'private' | 'direct';
  readonly name: string;
  readonly by: { readonly user: UserId; readonly name: string; readonly platform: string };
  readonly at: EpochMs;
}

export interface DirectQuestions {
  /** Who is in a private channel or direct conversation; for those who are. */
  members: [{ readonly channel: ChannelId }, { readonly members: readonly ListedMember[] }];
  invitations: [Record<never, never>, { readonly invitations: readonly ListedInvitation[] }];
}

export interface DirectDeeds {
  /** The conversation with just these people, made if there is none; without anybody: notes to oneself. */
  'open-direct': [{ readonly users: readonly UserId[] }, OpenedChannel];
  'create-private': [{ readonly name: string; readonly users: readonly UserId[] }, OpenedChannel];
  invite: [{ readonly channel: ChannelId; readonly users: readonly UserId[] }, Said];
  /** `block`: declines it and blocks whoever asks. */
  'answer-invitation': [
    { readonly channel: ChannelId; readonly answer: 'accept' | 'decline' | 'block' },
    Record<never, never>,
  ];
  'leave-channel': [{ readonly channel: ChannelId }, Record<never, never>];
  'rename-channel': [{ readonly channel: ChannelId; readonly name: string }, Record<never, never>];
}
interface OpenedChannel {
  readonly channel: ChannelId;
  /** Who has to accept first; null: nobody. */
  readonly say: string | null;
}
interface Said {
  readonly say: string;
}

const name = z.string().trim().min(1).max(MAX_CONVERSATION_NAME);
const opened = z.strictObject({ channel: channelId, say: z.string().nullable() });
const nothing = z.strictObject({});
const kind = z.enum(['private', 'direct']);
const listedMember = typed<ListedMember>(
  z
    .strictObject({
      user: userId,
      name: z.string(),
      platform: z.string(),
      state: z.enum(['in', 'invited']),
      isOwner: z.boolean(),
    })
    .meta({ id: 'Member' }),
);
const listedInvitation = typed<ListedInvitation>(
  z
    .strictObject({
      channel: channelId,
      kind,
      name: z.string(),
      by: z.strictObject({ user: userId, name: z.string(), platform: z.string() }),
      at: epochMs,
    })
    .meta({ id: 'Invitation' }),
);

export const directQuestions: Asked<DirectQuestions> = {
  members: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ members: z.array(listedMember) }),
    scope: 'read',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/members',
      summary: 'Who is in a private channel or conversation',
    },
  },
  invitations: {
    input: z.strictObject({}),
    output: z.strictObject({ invitations: z.array(listedInvitation) }),
    rest: { method: 'GET', path: '/invitations', summary: 'Conversations that wait for your answer' },
  },
};

export const directDeeds: Asked<DirectDeeds> = {
  'open-direct': {
    input: z.strictObject({ users: z.array(userId).max(MOST_IN_DIRECT) }),
    output: opened,
    rest: { method: 'POST', path: '/directs', summary: 'The conversation with just these people; with nobody: notes' },
  },
  'create-private': {
    input: z.strictObject({ name, users: z.array(userId).max(MOST_IN_PRIVATE).default([]) }),
    output: opened,
    rest: { method: 'POST', path: '/private-channels', summary: 'Make a private channel', isMaking: true },
  },
  invite: {
    input: z.strictObject({ channel: channelId, users: z.array(userId).min(1).max(MOST_IN_PRIVATE) }),
    output: z.strictObject({ say: z.string() }),
    rest: { method: 'POST', path: '/channels/{channel}/invitations', summary: 'Ask people into a private channel' },
  },
  'answer-invitation': {
    input: z.strictObject({ channel: channelId, answer: z.enum(['accept', 'decline', 'block']) }),
    output: nothing,
    rest: { method: 'POST', path: '/invitations/{channel}', summary: 'Accept or decline a conversation' },
  },
  'leave-channel': {
    input: z.strictObject({ channel: channelId }),
    output: nothing,
    rest: { method: 'DELETE', path: '/channels/{channel}/members/me', summary: 'Leave a private channel' },
  },
  'rename-channel': {
    input: z.strictObject({ channel: channelId, name }),
    output: nothing,
    rest: { method: 'PATCH', path: '/channels/{channel}', summary: 'Give a private channel another name' },
  },
};
