import { z } from 'zod';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Relation } from '../../domain/relation.ts';
import type { SelfNews } from '../../domain/self-news.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, seqNumber, typed, userId } from './shapes.ts';

/** What is told to all devices of one person. */
export const selfNews = typed<SelfNews>(
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('relations').describe('You muted or blocked somebody, or no longer do: ask.') }),
    z.strictObject({
      kind: z.literal('read').describe('You have read the channel up to `seq`, on whichever device.'),
      channel: channelId,
      seq: seqNumber,
    }),
  ]),
);

export interface SelfQuestions {
  /** Whom one has muted and blocked. */
  relations: [Record<never, never>, Relations];
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
}
interface OfPerson {
  readonly user: UserId;
  /** Where they were met, for their name. */
  readonly channel: ChannelId | null;
}

const related = typed<Related>(
  z.strictObject({ user: userId, name: z.string().nullable(), platform: z.string().nullable(), at: epochMs }),
);
export const selfQuestions: Asked<SelfQuestions> = {
  relations: {
    input: z.strictObject({}),
    output: z.strictObject({ muted: z.array(related), blocked: z.array(related), hidden: z.array(userId) }),
    rest: { method: 'GET', path: '/me/relations', summary: 'Whom one has muted and blocked' },
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
};
