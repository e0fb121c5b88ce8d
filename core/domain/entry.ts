import type { AuditLine, KarmaLine } from './audit.ts';
import type { Veil } from './conversation.ts';
import type { BridgeId, EpochMs, MessageId, UserId } from './ids.ts';
import type { RemoteRef } from './message.ts';

export const ENTRY_KINDS = [
  'message',
  'edit',
  'redaction',
  'reaction',
  'notice',
  'sanction',
  'channel',
  'change',
  'held', // waits for a moderator
  'discarded', // was held, and is never shown
  'taken', // a moderator looks at what is held
  'hidden', // until a moderator has looked at what was reported
  'shown', // was hidden
  'mode', // slow and shield mode
  'mark', // what is said of a picture
  'act', // an act of moderation that changes nothing but its note
  'late', // a private message, once more, for somebody who did not get it while their show was on
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** What goes with an entry to hubs, couriers and the archiver. */
export interface EntryNote {
  readonly author?: UserId;
  /** Origin of a message: the portal it came from gets no copy. */
  readonly bridge?: BridgeId;
  readonly ref?: RemoteRef | null;
  /** Of whoever reacted. */
  readonly platform?: string;
  /** Of a mark: what was said of the picture before. */
  readonly was?: 'safe' | 'nsfw';
  /** Who acted, where that is not the author. */
  readonly actor?: UserId;
  readonly reason?: string | null;
  /** Of a message that was held: the key under which it first came. */
  readonly cameAs?: string;
  /** By the platform's clock, of what came late. */
  readonly saidAt?: EpochMs;
  /**
   * `none`: stays where it was written; no room gets a copy. `away`: rooms that follow an event are elsewhere and get
   * none. Absent: every room does.
   */
  readonly relay?: 'none' | 'away';
  /** Of an edit that changes no word: what the message quotes has changed. Rooms that take no edits need none. */
  readonly isRequote?: true;
  /** In a conversation. Absent: every member gets it. */
  readonly veil?: Veil;
  /** For this member alone. */
  readonly only?: UserId;
  /** Who is asked whether they want to take part; `id`: of the message that asks them where a bridge serves them. */
  readonly asks?: { readonly user: UserId; readonly id: MessageId };
  /** Kept in the same transaction as the entry. */
  readonly audit?: AuditLine;
  readonly karma?: readonly KarmaLine[];
}
