import type { ChannelId, EpochMs, TokenId } from './ids.ts';

/** What a token may be used for: never more than its holder may do. */
export const SCOPES = [
  'read', // channels, live events, who is there, single messages, following a channel
  'history', // earlier messages, search, the library
  'post', // say, edit and delete one's own, react, upload
  'moderate', // what waits, reports, sanctions, deleting of others', slow and shield mode, audit, karma of others
  'events:manage', // plan, change and turn live events
  'roles:manage', // appoint and dismiss moderators
  'settings:manage', // settings and house rules of a channel
  'portals:manage', // links with rooms
  'webhooks:manage', // webhooks in and out
  'private', // lets all of these reach crew, private and direct channels too
  'account', // one's own affairs: private messages, mutes, blocks, read markers, acceptances
  'hub:manage', // for admins: how the hub fares, its configuration, its accounts, what could not be delivered
] as const;

/** Goes alone and is never asked for: what an overlay on a stream may have of one channel, and nothing else. */
export const OVERLAY_SCOPE = 'overlay';
export type Scope = (typeof SCOPES)[number] | typeof OVERLAY_SCOPE;

/** All that a token may carry. */
export const GIVEN_SCOPES: readonly Scope[] = [...SCOPES, OVERLAY_SCOPE];

/** What is left of somebody's rights where they come by a token. */
export interface Grant {
  readonly token: TokenId;
  readonly scopes: readonly Scope[];
  /** Null: wherever its holder may go. Else no other channel exists for it. */
  readonly channel: ChannelId | null;
  /** Null: until it is revoked. */
  readonly expiresAt: EpochMs | null;
}

/** Whether it is no person who looks, but a picture on a stream. */
export function isOverlay({ grant }: { readonly grant?: Grant }): boolean {
  return grant?.scopes.includes(OVERLAY_SCOPE) ?? false;
}

/** The same person with one thing more, for what the hub itself looks up on their behalf. */
export function withScope<A extends { readonly grant?: Grant }>(actor: A, scope: Scope): A {
  const { grant } = actor;
  return grant === undefined ? actor : { ...actor, grant: { ...grant, scopes: [...grant.scopes, scope] } };
}
