import { z } from 'zod';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { LiveEvent, LiveEventId } from '../../domain/live-event.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, typed, userId } from './shapes.ts';

/** A live event as everybody may see it. */
export type ListedEvent = Omit<LiveEvent, 'version'>;

export interface EventQuestions {
  /** Live events that are not over: of the DJ of this channel, or of all. */
  events: [{ readonly channel: ChannelId | null }, { readonly events: readonly ListedEvent[] }];
  /** For those who moderate there: who else does; `event`: for that one alone. */
  moderators: [
    { readonly channel: ChannelId },
    {
      readonly moderators: readonly {
        readonly user: UserId;
        readonly name: string | null;
        readonly platform: string | null;
        readonly event: LiveEventId | null;
      }[];
    },
  ];
}

export const eventQuestions: Asked<EventQuestions> = {
  events: { input: z.strictObject({ channel: channelId.nullable().default(null) }) },
  moderators: { input: z.strictObject({ channel: channelId }) },
};

export interface EventDeeds {
  /** Of the DJ whose channel it is. */
  'plan-event': [
    { readonly channel: ChannelId; readonly title: string; readonly startsAt: EpochMs },
    { readonly event: ListedEvent },
  ];
  /** Null: stays. */
  'change-event': [
    { readonly event: LiveEventId; readonly title: string | null; readonly startsAt: EpochMs | null },
    { readonly event: ListedEvent },
  ];
  'turn-event': [
    { readonly event: LiveEventId; readonly turn: 'start' | 'end' | 'resume' | 'cancel' },
    { readonly event: ListedEvent },
  ];
  /** Moderators of the megachannel, of a DJ, or of the live event that is on. */
  appoint: [OfPerson, { readonly say: string }];
  dismiss: [OfPerson, { readonly say: string }];
}
interface OfPerson {
  readonly channel: ChannelId;
  readonly target: UserId;
  readonly isForEvent: boolean;
}

const event = typed<LiveEventId, string>(z.string().min(1).max(64).describe('Id of a live event.'));
const title = z.string().min(1).max(200);
const ofPerson = z.strictObject({ channel: channelId, target: userId, isForEvent: z.boolean().default(false) });

export const eventDeeds: Asked<EventDeeds> = {
  'plan-event': { input: z.strictObject({ channel: channelId, title, startsAt: epochMs }) },
  'change-event': {
    input: z.strictObject({ event, title: title.nullable().default(null), startsAt: epochMs.nullable().default(null) }),
  },
  'turn-event': { input: z.strictObject({ event, turn: z.enum(['start', 'end', 'resume', 'cancel']) }) },
  appoint: { input: ofPerson },
  dismiss: { input: ofPerson },
};
