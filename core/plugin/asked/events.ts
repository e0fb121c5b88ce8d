import { z } from 'zod';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import { LIVE_EVENT_STATES, type LiveEvent, type LiveEventId } from '../../domain/live-event.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, limit, typed, userId } from './shapes.ts';

/** A live event as everybody may see it. */
export type ListedEvent = Omit<LiveEvent, 'version'>;

export interface EventQuestions {
  /** Live events that are not over: of the DJ of this channel, or of all. */
  events: [{ readonly channel: ChannelId | null }, { readonly events: readonly ListedEvent[] }];
  /** Live events of the DJ of this channel that are over, newest first. */
  'past-events': [
    { readonly channel: ChannelId; readonly before: EpochMs | null; readonly limit: number },
    { readonly events: readonly ListedEvent[] },
  ];
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

const eventId = typed<LiveEventId, string>(z.string().min(1).max(64).describe('Id of a live event.'));
const listedEvent = typed<ListedEvent>(
  z
    .strictObject({
      id: eventId,
      dj: userId,
      channel: channelId.describe('Its own; that of the DJ where it is ad hoc.'),
      kind: z.enum(['scheduled', 'ad-hoc']),
      title: z.string(),
      startsAt: epochMs,
      state: z.enum(LIVE_EVENT_STATES),
      startedAt: epochMs.nullable().describe('When it went live first.'),
      since: epochMs.describe('Since when it is in its state.'),
    })
    .meta({ id: 'LiveEvent' }),
);
const moderator = z
  .strictObject({
    user: userId,
    name: z.string().nullable(),
    platform: z.string().nullable(),
    event: eventId.nullable().describe('For this live event alone; null: in general.'),
  })
  .meta({ id: 'Moderator' });

export const eventQuestions: Asked<EventQuestions> = {
  events: {
    input: z.strictObject({ channel: channelId.nullable().default(null) }),
    output: z.strictObject({ events: z.array(listedEvent) }),
    scope: 'read',
    rest: {
      method: 'GET',
      path: '/live-events',
      summary: 'Live events that are not over: of the DJ of a channel, or all',
    },
  },
  'past-events': {
    input: z.strictObject({
      channel: channelId,
      before: epochMs.nullable().default(null).describe('`startsAt` of the last that was told.'),
      limit: limit(20),
    }),
    output: z.strictObject({ events: z.array(listedEvent) }),
    scope: 'read',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/past-events',
      summary: 'Live events of the DJ of a channel that are over, newest first',
      page: { by: 'before', list: 'events', last: 'startsAt' },
    },
  },
  moderators: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ moderators: z.array(moderator) }),
    scope: 'roles:manage',
    rest: { method: 'GET', path: '/channels/{channel}/moderators', summary: 'Who moderates here; for those who do' },
  },
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

const title = z.string().min(1).max(200);
const ofPerson = z.strictObject({ channel: channelId, target: userId, isForEvent: z.boolean().default(false) });
const oneEvent = z.strictObject({ event: listedEvent });
const said = z.strictObject({ say: z.string().describe('What became of it, in words.') });

export const eventDeeds: Asked<EventDeeds> = {
  'plan-event': {
    input: z.strictObject({ channel: channelId, title, startsAt: epochMs }),
    output: oneEvent,
    scope: 'events:manage',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/live-events',
      summary: 'Plan a live event of the DJ whose channel it is',
      isMaking: true,
    },
  },
  'change-event': {
    input: z.strictObject({
      event: eventId,
      title: title.nullable().default(null),
      startsAt: epochMs.nullable().default(null),
    }),
    output: oneEvent,
    scope: 'events:manage',
    rest: { method: 'PATCH', path: '/live-events/{event}', summary: 'Give a live event another title or time' },
  },
  'turn-event': {
    input: z.strictObject({ event: eventId, turn: z.enum(['start', 'end', 'resume', 'cancel']) }),
    output: oneEvent,
    scope: 'events:manage',
    rest: { method: 'POST', path: '/live-events/{event}/turns', summary: 'Start, end, resume or cancel a live event' },
  },
  appoint: {
    input: ofPerson,
    output: said,
    scope: 'roles:manage',
    rest: {
      method: 'PUT',
      path: '/channels/{channel}/moderators/{target}',
      summary: 'Make somebody a moderator here, in general or for the live event that is on',
    },
  },
  dismiss: {
    input: ofPerson,
    output: said,
    scope: 'roles:manage',
    rest: {
      method: 'DELETE',
      path: '/channels/{channel}/moderators/{target}',
      summary: 'Let somebody moderate here no longer',
    },
  },
};
