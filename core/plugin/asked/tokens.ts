import { z } from 'zod';
import type { ChannelId, EpochMs, TokenId, UserId } from '../../domain/ids.ts';
import { GIVEN_SCOPES, SCOPES, type Scope } from '../../domain/scopes.ts';
import type { Asked } from './asked.ts';
import { channelId, epochMs, typed, userId } from './shapes.ts';

/** A token as it is shown: never its secret. */
export interface ShownToken {
  readonly id: TokenId;
  readonly user: UserId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly channel: ChannelId | null;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs | null;
  readonly lastUsedAt: EpochMs | null;
}

export interface Me {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  readonly avatarUrl: string | null;
  readonly isGuest: boolean;
  readonly isAdmin: boolean;
  /** Null: no token for programs. */
  readonly token: Pick<ShownToken, 'id' | 'scopes' | 'channel' | 'expiresAt'> | null;
}

export interface TokenQuestions {
  /** Who one is, and what one comes by. */
  me: [Record<never, never>, Me];
  /** One's own, newest first; of somebody else for admins alone. */
  tokens: [{ readonly user: UserId | null }, { readonly tokens: readonly ShownToken[] }];
  /** Those for overlays of a channel: all of them for its DJ and admins, else one's own. */
  'overlay-tokens': [{ readonly channel: ChannelId }, { readonly tokens: readonly ShownToken[] }];
}

export interface TokenDeeds {
  /** For somebody else by admins alone. The secret is told here once. */
  'create-token': [
    {
      readonly name: string;
      readonly scopes: readonly Scope[];
      readonly channel: ChannelId | null;
      readonly expiresAt: EpochMs | null;
      readonly user: UserId | null;
    },
    { readonly token: ShownToken; readonly secret: string },
  ];
  /** It shows what is said in this channel to an overlay, and does nothing else. */
  'create-overlay-token': [
    { readonly channel: ChannelId; readonly name: string },
    { readonly token: ShownToken; readonly secret: string },
  ];
  /** One's own, or any for admins; those for overlays for the DJ of the channel, too. */
  'revoke-token': [{ readonly id: TokenId }, Record<never, never>];
}

const tokenId = typed<TokenId, string>(
  z
    .string()
    .regex(/^[0-9a-f-]{36}$/)
    .describe('Token id.'),
);
const scopes = z.array(z.enum(SCOPES));
const name = z.string().trim().min(1).max(80).describe('What it is for.');
const token = typed<ShownToken>(
  z
    .strictObject({
      id: tokenId,
      user: userId.describe('Whose rights it carries.'),
      name: z.string(),
      scopes: z.array(z.enum(GIVEN_SCOPES)).describe('`overlay` stands alone.'),
      channel: channelId.nullable().describe('No other channel exists for it; null: wherever its holder may go.'),
      createdAt: epochMs,
      expiresAt: epochMs.nullable(),
      lastUsedAt: epochMs.nullable().describe('To within half a minute.'),
    })
    .meta({ id: 'Token' }),
);

const me = typed<Me>(
  z
    .strictObject({
      user: userId,
      name: z.string(),
      platform: z.string(),
      avatarUrl: z.string().nullable(),
      isGuest: z.boolean(),
      isAdmin: z.boolean(),
      token: z
        .strictObject({
          id: tokenId,
          scopes: z.array(z.enum(GIVEN_SCOPES)),
          channel: channelId.nullable(),
          expiresAt: epochMs.nullable(),
        })
        .nullable()
        .describe('Null: you came by a session.'),
    })
    .meta({ id: 'Me' }),
);

export const tokenQuestions: Asked<TokenQuestions> = {
  me: {
    input: z.strictObject({}),
    output: me,
    scope: 'any',
    isListing: true,
    rest: { method: 'GET', path: '/me', summary: 'Who you are, and what your token may be used for' },
  },
  tokens: {
    input: z.strictObject({ user: userId.nullable().default(null).describe('For admins: of somebody else.') }),
    output: z.strictObject({ tokens: z.array(token) }),
    scope: 'session',
    rest: { method: 'GET', path: '/tokens', summary: 'Your tokens, newest first' },
  },
  'overlay-tokens': {
    input: z.strictObject({ channel: channelId }),
    output: z.strictObject({ tokens: z.array(token) }),
    scope: 'session',
    rest: {
      method: 'GET',
      path: '/channels/{channel}/overlay-tokens',
      summary: 'Tokens by which overlays show a channel; all of them for its DJ',
    },
  },
};

export const tokenDeeds: Asked<TokenDeeds> = {
  'create-token': {
    input: z.strictObject({
      name,
      scopes: typed<readonly Scope[]>(scopes.min(1).max(SCOPES.length)).describe(
        'What it may be used for: never more than its holder may do.',
      ),
      channel: channelId.nullable().default(null).describe('For this channel alone.'),
      expiresAt: epochMs.nullable().default(null).describe('Null: until it is revoked.'),
      user: userId.nullable().default(null).describe('For admins: for somebody else.'),
    }),
    output: z.strictObject({ token, secret: z.string().describe('Shown this once: keep it.') }),
    scope: 'session',
    rest: { method: 'POST', path: '/tokens', summary: 'Make a token for a program', isMaking: true },
  },
  'create-overlay-token': {
    input: z.strictObject({ channel: channelId, name: name.default('Overlay') }),
    output: z.strictObject({
      token,
      secret: z.string().describe('Stands in the link of the overlay; shown this once.'),
    }),
    scope: 'session',
    rest: {
      method: 'POST',
      path: '/channels/{channel}/overlay-tokens',
      summary: 'Make a token that shows what is said in a channel to an overlay, and does nothing else',
      isMaking: true,
    },
  },
  'revoke-token': {
    input: z.strictObject({ id: tokenId }),
    output: typed<Record<never, never>>(z.strictObject({})),
    scope: 'session',
    rest: { method: 'DELETE', path: '/tokens/{id}', summary: 'End a token, everywhere at once' },
  },
};
