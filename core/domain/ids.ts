declare const brand: unique symbol;
export type Brand<Base, Kind extends string> = Base & { readonly [brand]: Kind };

/** Short lower-case name, unique and never changed: `lobby`, `dj-kool`. Stands in URLs and frames. */
export type ChannelId = Brand<string, 'ChannelId'>;
/** UUID version 7: sorts by the time it was made. */
export type MessageId = Brand<string, 'MessageId'>;
/** `u-` and 26 characters, made from a platform and the account id there; see `userIdOf` in `async/mint.ts`. */
export type UserId = Brand<string, 'UserId'>;
/** The platform's own immutable id of an account; unique only together with the platform's name. */
export type AccountId = Brand<string, 'AccountId'>;
export type PortalId = Brand<string, 'PortalId'>;
/** A running instance of a bridge plugin, as named in the configuration: `main-irc`. */
export type BridgeId = Brand<string, 'BridgeId'>;
/** A webhook by which others post. */
export type WebhookId = Brand<string, 'WebhookId'>;
/** Names an API token; stands in it in clear. */
export type TokenId = Brand<string, 'TokenId'>;
/** The platform's own id of a room; unique only within its bridge. */
export type RoomId = Brand<string, 'RoomId'>;
/** One hub process; made anew at each start. */
export type HubId = Brand<string, 'HubId'>;
/** Owner of everything that must change in one step: `mega`, `dj:USER`, `conv:CHANNEL`. */
export type ScopeId = Brand<string, 'ScopeId'>;
/** Number of an entry within its channel, strictly growing from 1; numbers may be missing, never repeated. */
export type Seq = Brand<number, 'Seq'>;
/** Place in a shard's log, opaque outside the store that made it; ordered within one shard only. */
export type Position = Brand<string, 'Position'>;
/** Grows with every change of sanctions, roles, channel state or membership in a shard. */
export type Rev = Brand<number, 'Rev'>;
/** Milliseconds since 1970, UTC. */
export type EpochMs = Brand<number, 'EpochMs'>;
/** Names one state of the log's past. Changes when the log may have gone back; a reader of another epoch reloads. */
export type Epoch = Brand<string, 'Epoch'>;

const CHANNEL_ID = /^[a-z0-9][a-z0-9-]{0,47}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const USER_ID = /^u-[a-z2-7]{26}$/;

/** Reads a channel id as it stands in a URL or a frame. */
export function parseChannelId(text: string): ChannelId | null {
  return CHANNEL_ID.test(text) ? (text as ChannelId) : null;
}

/** Reads a message id as it stands in a frame. */
export function parseMessageId(text: string): MessageId | null {
  return UUID.test(text) ? (text as MessageId) : null;
}

/** Reads a user id as it stands in a frame. */
export function parseUserId(text: string): UserId | null {
  return USER_ID.test(text) ? (text as UserId) : null;
}

/** The time in a version 7 id, as its first 48 bits say. */
export function mintedAt(id: MessageId): EpochMs {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) as EpochMs;
}
