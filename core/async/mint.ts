import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { AccountId, BridgeId, ChannelId, HubId, MessageId, PortalId, RoomId, UserId } from '../domain/ids.ts';
import { remembered } from './remembered.ts';

/** The only file that makes ids and randomness. */

/** A new message id; later ones sort after earlier ones within this process. */
export function newMessageId(): MessageId {
  return uuidv7() as MessageId;
}

/** A new id for a row that is no message: a change, a session, an invitation. */
export function newRowId(): string {
  return uuidv7();
}

export function newHubId(): HubId {
  return randomBytes(8).toString('hex') as HubId;
}

/** A secret of 32 random bytes, in URL-safe characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Crockford's: without the letters that are taken for digits. */
const SPEAKABLE = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code for people to type, of 50 bits, such as `K7QMX-4XPTR`. */
export function newLinkCode(): string {
  const letters = [...randomBytes(10)].map((byte) => SPEAKABLE[byte & 31] ?? '');
  return `${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`;
}

/** The secret in the link of a file: 16 random bytes, in URL-safe characters. */
export function newMediaId(): string {
  return randomBytes(16).toString('base64url');
}

/** Random bytes to salt one password hash with. */
export function newSalt(bytes: number): Buffer {
  return randomBytes(bytes);
}

/** How a secret is stored: only its SHA-256. For secrets of full entropy, never for passwords. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** Compares two texts in a time that does not tell where they differ. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

/** Whoever writes writes more than once. */
const MOST_USERS = 5_000;
const userIdFrom = remembered(MOST_USERS, (words) => {
  const digest = hash('sha256', words, 'buffer');
  return `u-${base32(digest.subarray(0, 17)).slice(0, 26)}` as UserId;
});

/** The user of an account: the same on every hub, without a write. */
export function userIdOf(platform: string, account: AccountId): UserId {
  return userIdFrom(JSON.stringify([platform, account]));
}

/** The portal of this channel and room: the same on every hub and after every start. */
export function portalIdOf(channel: ChannelId, bridge: BridgeId, room: RoomId): PortalId {
  const digest = hash('sha256', JSON.stringify([channel, bridge, room]), 'buffer');
  return `p-${base32(digest.subarray(0, 17)).slice(0, 26)}` as PortalId;
}

/** The place of a portal in the channel of an event that it follows: the same on every hub and after every start. */
export function legIdOf(portal: PortalId, channel: ChannelId): PortalId {
  const digest = hash('sha256', JSON.stringify(['leg', portal, channel]), 'buffer');
  return `p-${base32(digest.subarray(0, 17)).slice(0, 26)}` as PortalId;
}

/** The direct conversation of just these users: the same on every hub. */
export function directIdOf(users: readonly UserId[]): ChannelId {
  const digest = hash('sha256', JSON.stringify(['direct', users.toSorted()]), 'buffer');
  return `d-${base32(digest.subarray(0, 17)).slice(0, 26)}` as ChannelId;
}

/** A private channel, whose id nobody guesses. */
export function newPrivateId(): ChannelId {
  return `p-${base32(randomBytes(17)).slice(0, 26)}` as ChannelId;
}

/** A key of one step, unique per kind of source and its own id. */
export function stepKey(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** Tells a re-used key from a repeat. */
export function digestOf(request: unknown): string {
  return hash('sha256', JSON.stringify(request), 'base64url').slice(0, 22);
}

/** A fraction in [0, 1), for jitter. */
export function jitter(): number {
  return randomBytes(4).readUInt32LE() / 0x1_0000_0000;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
  }
  return text;
}
