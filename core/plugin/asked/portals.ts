import { z } from 'zod';
import type { BridgeId, ChannelId, EpochMs, PortalId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, typed } from './shapes.ts';

/** A portal as those see it who may change it. */
export interface ShownPortal
  extends Pick<
    Portal,
    | 'id'
    | 'channel'
    | 'home'
    | 'bridge'
    | 'room'
    | 'roomName'
    | 'direction'
    | 'isPaused'
    | 'reach'
    | 'prefix'
    | 'source'
  > {
  readonly platform: string;
  /** What is wrong in the room, if anything was noticed. */
  readonly remark: string | null;
}

export interface PortalQuestions {
  /** Of the DJ of the channel, and of admins. */
  portals: [{ readonly channel: ChannelId }, { readonly portals: readonly ShownPortal[] }];
  /** How each of them does, and the bridges whose rooms can be linked. */
  'portal-health': [
    { readonly channel: ChannelId },
    {
      readonly portals: readonly PortalHealth[];
      readonly bridges: readonly { readonly id: BridgeId; readonly platform: string; readonly state: BridgeState }[];
    },
  ];
}
/** `elsewhere`: another hub runs it. */
type BridgeState = 'live' | 'connecting' | 'refused' | 'failed' | 'elsewhere';
export interface PortalHealth {
  readonly portal: PortalId;
  /** `ok`: nothing waits. `refused`: the platform takes the credential no more. */
  readonly state: 'ok' | 'behind' | 'connecting' | 'paused' | 'refused' | 'failed';
  /** What is wrong or waited for, and what to do about it. */
  readonly say: string | null;
  /** Messages that have not been sent there yet; of more than `MOST_WAITING` only so many are counted. */
  readonly waiting: number;
  /** How long the oldest of them waits; null: none does. */
  readonly behindMs: number | null;
  /** What became of the newest messages of the channel. */
  readonly lately: {
    readonly messages: number;
    /** Arrived, or said there. */
    readonly there: number;
    /** Told of in one line together. */
    readonly summedUp: number;
    readonly failed: number;
    readonly unknown: number;
  };
  /** Given up, and kept for the operator. */
  readonly letters: number;
}
export const MOST_WAITING = 100;

interface OfPortal {
  readonly channel: ChannelId;
  readonly portal: PortalId;
}
export interface PortalDeeds {
  /** To be written in the room by somebody who administers it. */
  'portal-code': [
    { readonly channel: ChannelId; readonly bridge: BridgeId | null },
    { readonly code: string; readonly expiresAt: EpochMs },
  ];
  /** Null: stays. */
  'change-portal': [
    OfPortal & {
      readonly direction: Portal['direction'] | null;
      readonly isPaused: boolean | null;
      readonly reach: Portal['reach'] | null;
      readonly prefix: string | null;
    },
    { readonly portal: ShownPortal; readonly say: string | null },
  ];
  'end-portal': [OfPortal, Record<never, never>];
  /** One line of the hub itself in the room. */
  'test-portal': [OfPortal, { readonly say: string }];
}

const portalId = typed<PortalId, string>(z.string().min(1).max(64).describe('Portal id.'));
const bridgeId = typed<BridgeId, string>(
  z.string().min(1).max(64).describe('A bridge, as the configuration names it.'),
);
const direction = z.enum(['both', 'in', 'out']).describe('`in`: from the room alone; `out`: to the room alone.');
const reach = z.enum(['none', 'timeouts', 'bans']).describe('How far the hub may act natively on people there.');
const prefix = z.string().min(1).max(10).describe('What commands begin with in the room.');
const shown = typed<ShownPortal>(
  z
    .strictObject({
      id: portalId,
      channel: channelId.describe('Where what is said in the room goes now.'),
      home: channelId.describe('What it was linked with.'),
      bridge: z.string(),
      platform: z.string(),
      room: z.string(),
      roomName: z.string().nullable(),
      direction,
      isPaused: z.boolean(),
      reach,
      prefix: z.string(),
      source: z.enum(['config', 'linked']),
      remark: z.string().nullable().describe('What is wrong in the room, if anything was noticed.'),
    })
    .meta({ id: 'Portal' }),
);
const count = z.number().int().min(0);
const health = typed<PortalHealth>(
  z
    .strictObject({
      portal: portalId,
      state: z.enum(['ok', 'behind', 'connecting', 'paused', 'refused', 'failed']),
      say: z.string().nullable().describe('What is wrong or waited for, and what to do about it.'),
      waiting: count.describe(`Messages that have not been sent there yet; of more than ${MOST_WAITING} only so many.`),
      behindMs: count.nullable().describe('How long the oldest of them waits.'),
      lately: z
        .strictObject({ messages: count, there: count, summedUp: count, failed: count, unknown: count })
        .describe('What became of the newest messages of the channel.'),
      letters: count.describe('Given up, and kept for the operator.'),
    })
    .meta({ id: 'PortalHealth' }),
);
const ofPortal = { channel: channelId, portal: portalId };

export const portalQuestions: Asked<PortalQuestions> = {
  portals: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ portals: z.array(shown) }),
    scope: 'portals:manage',
    rest: { method: 'GET', path: '/channels/{channel}/portals', summary: 'Links of a channel with rooms' },
  },
  'portal-health': {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({
      portals: z.array(health),
      bridges: z.array(
        z.strictObject({
          id: bridgeId,
          platform: z.string(),
          state: z.enum(['live', 'connecting', 'refused', 'failed', 'elsewhere']),
        }),
      ),
    }),
    scope: 'portals:manage',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/portals/health',
      summary: 'How the links of a channel do: what waits, what has failed, what to do about it',
      isHeavy: true,
    },
  },
};

export const portalDeeds: Asked<PortalDeeds> = {
  'portal-code': {
    input: z.strictObject({ channel: channelId, bridge: bridgeId.nullable().default(null).describe('Null: any.') }),
    output: z.strictObject({ code: z.string(), expiresAt: epochMs }),
    scope: 'portals:manage',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/portals/codes',
      summary: 'Make a code that links a room; somebody who administers the room writes it there',
      isMaking: true,
    },
  },
  'change-portal': {
    input: z.strictObject({
      ...ofPortal,
      direction: direction.nullable().default(null),
      isPaused: z.boolean().nullable().default(null),
      reach: reach.nullable().default(null),
      prefix: prefix.nullable().default(null),
    }),
    output: z.strictObject({ portal: shown, say: z.string().nullable().describe('What its platform says of that.') }),
    scope: 'portals:manage',
    rest: {
      method: 'PATCH',
      path: '/channels/{channel}/portals/{portal}',
      summary: 'Pause a link, turn it, or change how far it goes; what is not named stays',
    },
  },
  'end-portal': {
    input: z.strictObject(ofPortal),
    output: typed<Record<never, never>>(z.strictObject({})),
    scope: 'portals:manage',
    rest: { method: 'DELETE', path: '/channels/{channel}/portals/{portal}', summary: 'End a link' },
  },
  'test-portal': {
    input: z.strictObject(ofPortal),
    output: z.strictObject({ say: z.string() }),
    scope: 'portals:manage',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/portals/{portal}/test',
      summary: 'Send one line into a linked room, to see that it arrives',
    },
  },
};
