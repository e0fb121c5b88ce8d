import { z } from 'zod';
import type { ChannelId, EpochMs, UserId, WebhookId } from '../../domain/ids.ts';
import type { LiveEventId } from '../../domain/live-event.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, typed, userId } from './shapes.ts';

/** A webhook by which others post, without its secret. */
export interface ShownHook {
  readonly id: WebhookId;
  readonly channel: ChannelId;
  /** It ends with this live event; null: it stays. */
  readonly event: LiveEventId | null;
  readonly name: string;
  readonly avatarUrl: string | null;
  /** Who posts by it, for moderators. */
  readonly user: UserId;
  readonly madeAt: EpochMs;
  readonly lastUsedAt: EpochMs | null;
  /** The secret before is good until then. */
  readonly oldUntil: EpochMs | null;
}
/** The secret stands in the path, and is told this once. */
export interface HookWithSecret {
  readonly webhook: ShownHook;
  readonly path: string;
  /** Null where the hub has no public address. */
  readonly url: string | null;
}

export interface HookQuestions {
  webhooks: [{ readonly channel: ChannelId }, { readonly webhooks: readonly ShownHook[] }];
}

interface OfHook {
  readonly channel: ChannelId;
  readonly webhook: WebhookId;
}
export interface HookDeeds {
  'make-webhook': [
    {
      readonly channel: ChannelId;
      readonly name: string;
      readonly avatarUrl: string | null;
      readonly event: LiveEventId | null;
    },
    HookWithSecret,
  ];
  /** Null: stays. */
  'change-webhook': [
    OfHook & { readonly name: string | null; readonly avatarUrl: string | null },
    { readonly webhook: ShownHook },
  ];
  'rotate-webhook': [OfHook & { readonly overlapMinutes: number }, HookWithSecret];
  'remove-webhook': [OfHook, Record<never, never>];
}

const webhook = typed<WebhookId, string>(
  z
    .string()
    .regex(/^[0-9a-f-]{36}$/)
    .describe('Webhook id.'),
);
const event = typed<LiveEventId, string>(z.string().min(1).max(64));
const name = z.string().trim().min(1).max(80);
const avatarUrl = z.string().min(1).max(2_048).describe('Fetched by the hub once.');
const shown = typed<ShownHook>(
  z
    .strictObject({
      id: webhook,
      channel: channelId,
      event: event.nullable().describe('It ends with this live event.'),
      name: z.string(),
      avatarUrl: z.string().nullable(),
      user: userId.describe('Who posts by it, as moderators see them.'),
      madeAt: epochMs,
      lastUsedAt: epochMs.nullable(),
      oldUntil: epochMs.nullable().describe('The secret before is good until then.'),
    })
    .meta({ id: 'Webhook' }),
);
const withSecret = z.strictObject({
  webhook: shown,
  path: z.string().describe('Carries the secret; shown this once.'),
  url: z.string().nullable().describe('Null: the hub has no public address.'),
});
const ofHook = { channel: channelId, webhook };

export const hookQuestions: Asked<HookQuestions> = {
  webhooks: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ webhooks: z.array(shown) }),
    scope: 'webhooks:manage',
    rest: { method: 'GET', path: '/channels/{channel}/webhooks', summary: 'Webhooks by which others post here' },
  },
};

export const hookDeeds: Asked<HookDeeds> = {
  'make-webhook': {
    input: z.strictObject({
      channel: channelId,
      name,
      avatarUrl: avatarUrl.nullable().default(null),
      event: event.nullable().default(null).describe('It ends with this live event, which uses the channel.'),
    }),
    output: withSecret,
    scope: 'webhooks:manage',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/webhooks',
      summary: 'Make a secret URL that posts to a channel or to a live event',
      isMaking: true,
    },
  },
  'change-webhook': {
    input: z.strictObject({
      ...ofHook,
      name: name.nullable().default(null),
      avatarUrl: avatarUrl.nullable().default(null),
    }),
    output: z.strictObject({ webhook: shown }),
    scope: 'webhooks:manage',
    rest: {
      method: 'PATCH',
      path: '/channels/{channel}/webhooks/{webhook}',
      summary: 'Give a webhook another name or picture',
    },
  },
  'rotate-webhook': {
    input: z.strictObject({
      ...ofHook,
      overlapMinutes: z.number().int().min(0).max(10_080).default(60).describe('So long the old one is good too.'),
    }),
    output: withSecret,
    scope: 'webhooks:manage',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/webhooks/{webhook}/rotate',
      summary: 'Give a webhook another secret',
      isMaking: true,
    },
  },
  'remove-webhook': {
    input: z.strictObject(ofHook),
    output: typed<Record<never, never>>(z.strictObject({})),
    scope: 'webhooks:manage',
    rest: { method: 'DELETE', path: '/channels/{channel}/webhooks/{webhook}', summary: 'End a webhook' },
  },
};
