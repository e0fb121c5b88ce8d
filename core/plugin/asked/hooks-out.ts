import { z } from 'zod';
import type { ChannelId, EpochMs, UserId, WebhookId } from '../../domain/ids.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, limit, typed, userId } from './shapes.ts';

export const HOOK_KINDS = [
  'message',
  'edit',
  'redaction',
  'reaction',
  'notice',
  'live.start',
  'live.end',
  'sanction',
] as const;
export type HookKind = (typeof HOOK_KINDS)[number];

/** `asked`: somebody paused it. `failed`: nothing arrived for days. `gone`: the target said so. `not-allowed`: its owner may not see the channel any more. */
export const HOOK_PAUSES = ['asked', 'failed', 'gone', 'not-allowed'] as const;
export type HookPause = (typeof HOOK_PAUSES)[number];

/** A URL that is told what happens in a channel, without its secret. */
export interface ShownSubscription {
  readonly id: WebhookId;
  readonly channel: ChannelId;
  /** It is told what this person may see. */
  readonly owner: UserId;
  readonly url: string;
  readonly kinds: readonly HookKind[];
  /** Null: it runs. */
  readonly paused: HookPause | null;
  readonly madeAt: EpochMs;
  /** Nothing has arrived since; null: the last one did. */
  readonly failingSince: EpochMs | null;
  /** What is next is tried again then; null: it was not tried yet. */
  readonly retryAt: EpochMs | null;
  /** The secret before signs too until then. */
  readonly oldUntil: EpochMs | null;
}

/** What became of one delivery. */
export interface ShownDelivery {
  /** The same in every try. */
  readonly id: string;
  readonly kind: string;
  readonly state: 'waiting' | 'done' | 'dead';
  readonly tries: number;
  /** Null: nobody answered. */
  readonly status: number | null;
  readonly say: string | null;
  readonly madeAt: EpochMs;
  readonly triedAt: EpochMs;
  /** What would be sent now, as JSON; null: there is no such thing any more, or it is not for the owner. */
  readonly payload: string | null;
}

interface OfSubscription {
  readonly channel: ChannelId;
  readonly id: WebhookId;
}
interface WithSecret {
  readonly subscription: ShownSubscription;
  readonly secret: string;
}
/** What came of a try that was asked for. */
export interface Tried {
  readonly arrived: boolean;
  readonly status: number | null;
  readonly say: string | null;
}

export interface HookOutQuestions {
  subscriptions: [{ readonly channel: ChannelId }, { readonly subscriptions: readonly ShownSubscription[] }];
  'hook-deliveries': [OfSubscription & { readonly limit: number }, { readonly deliveries: readonly ShownDelivery[] }];
}
export interface HookOutDeeds {
  subscribe: [{ readonly channel: ChannelId; readonly url: string; readonly kinds: readonly HookKind[] }, WithSecret];
  /** Null: stays. */
  'change-subscription': [
    OfSubscription & {
      readonly url: string | null;
      readonly kinds: readonly HookKind[] | null;
      readonly isPaused: boolean | null;
    },
    { readonly subscription: ShownSubscription },
  ];
  'rotate-subscription': [OfSubscription & { readonly overlapMinutes: number }, WithSecret];
  unsubscribe: [OfSubscription, Record<never, never>];
  'test-subscription': [OfSubscription, Tried];
  redeliver: [OfSubscription & { readonly delivery: string }, Tried];
}

const id = typed<WebhookId, string>(
  z
    .string()
    .regex(/^[0-9a-f-]{36}$/)
    .describe('Subscription id.'),
);
const url = z
  .url({ protocol: /^https?$/, error: 'must be a URL that starts with https:// or http://' })
  .max(2_048)
  .describe('Where it is told: https, or http.');
const kinds = typed<readonly HookKind[], HookKind[]>(
  z.array(z.enum(HOOK_KINDS)).min(1).max(HOOK_KINDS.length).describe('What it is told.'),
);
const shown = typed<ShownSubscription>(
  z
    .strictObject({
      id,
      channel: channelId,
      owner: userId.describe('It is told what this person may see.'),
      url: z.string(),
      kinds,
      paused: z.enum(HOOK_PAUSES).nullable().describe('Null: it runs.'),
      madeAt: epochMs,
      failingSince: epochMs.nullable().describe('Nothing has arrived since.'),
      retryAt: epochMs.nullable().describe('What is next is tried again then.'),
      oldUntil: epochMs.nullable().describe('The secret before signs too until then.'),
    })
    .meta({ id: 'Subscription' }),
);
const delivery = typed<ShownDelivery>(
  z
    .strictObject({
      id: z.string(),
      kind: z.string(),
      state: z.enum(['waiting', 'done', 'dead']),
      tries: z.number().int(),
      status: z.number().int().nullable().describe('Null: nobody answered.'),
      say: z.string().nullable(),
      madeAt: epochMs,
      triedAt: epochMs,
      payload: z.string().nullable().describe('What would be sent now; null: it is gone, or not for the owner.'),
    })
    .meta({ id: 'HookDelivery' }),
);
const withSecret = z.strictObject({
  subscription: shown,
  secret: z.string().describe('Signs every delivery; shown this once.'),
});
const tried = typed<Tried>(
  z.strictObject({ arrived: z.boolean(), status: z.number().int().nullable(), say: z.string().nullable() }),
);
const ofOne = { channel: channelId, id };
const scope = 'webhooks:manage';
const PATH = '/channels/{channel}/subscriptions';

export const hookOutQuestions: Asked<HookOutQuestions> = {
  subscriptions: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ subscriptions: z.array(shown) }),
    scope,
    rest: { method: 'GET', path: PATH, summary: 'URLs that are told what happens here' },
  },
  'hook-deliveries': {
    input: z.strictObject({ ...ofOne, limit: limit(20) }),
    output: z.strictObject({ deliveries: z.array(delivery) }),
    scope,
    rest: {
      method: 'GET',
      path: `${PATH}/{id}/deliveries`,
      summary: 'What was delivered last, newest first',
      isHeavy: true,
    },
  },
};

export const hookOutDeeds: Asked<HookOutDeeds> = {
  subscribe: {
    input: z.strictObject({ channel: channelId, url, kinds }),
    output: withSecret,
    scope,
    rest: { method: 'POST', path: PATH, summary: 'Have a URL told what happens here', isMaking: true },
  },
  'change-subscription': {
    input: z.strictObject({
      ...ofOne,
      url: url.nullable().default(null),
      kinds: kinds.nullable().default(null),
      isPaused: z
        .boolean()
        .nullable()
        .default(null)
        .describe('False: it goes on where it stopped, at most a day back.'),
    }),
    output: z.strictObject({ subscription: shown }),
    scope,
    rest: { method: 'PATCH', path: `${PATH}/{id}`, summary: 'Change a subscription, pause it or let it go on' },
  },
  'rotate-subscription': {
    input: z.strictObject({
      ...ofOne,
      overlapMinutes: z.number().int().min(0).max(10_080).default(60).describe('So long the old one signs too.'),
    }),
    output: withSecret,
    scope,
    rest: {
      method: 'POST',
      path: `${PATH}/{id}/rotate`,
      summary: 'Give a subscription another secret',
      isMaking: true,
    },
  },
  unsubscribe: {
    input: z.strictObject(ofOne),
    output: typed<Record<never, never>>(z.strictObject({})),
    scope,
    rest: { method: 'DELETE', path: `${PATH}/{id}`, summary: 'End a subscription' },
  },
  'test-subscription': {
    input: z.strictObject(ofOne),
    output: tried,
    scope,
    rest: { method: 'POST', path: `${PATH}/{id}/test`, summary: 'Send a test delivery now', isHeavy: true },
  },
  redeliver: {
    input: z.strictObject({
      ...ofOne,
      delivery: z
        .string()
        .regex(/^[\w-]{10,64}$/)
        .describe('Delivery id.'),
    }),
    output: tried,
    scope,
    rest: {
      method: 'POST',
      path: `${PATH}/{id}/deliveries/{delivery}`,
      summary: 'Send one of the last deliveries again now',
      isHeavy: true,
    },
  },
};
