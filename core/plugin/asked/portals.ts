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
}

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
const ofPortal = { channel: channelId, portal: portalId };

export const portalQuestions: Asked<PortalQuestions> = {
  portals: {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ portals: z.array(shown) }),
    scope: 'portals:manage',
    rest: { method: 'GET', path: '/channels/{channel}/portals', summary: 'Links of a channel with rooms' },
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
};
