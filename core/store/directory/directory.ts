import type { Channel } from '../../domain/channel.ts';
import type { ChannelSettings } from '../../domain/channel-settings.ts';
import type { BridgeId, ChannelId, PortalId, RoomId, ScopeId, TokenId, UserId } from '../../domain/ids.ts';
import type { LiveEventId } from '../../domain/live-event.ts';
import type { Rank } from '../../domain/permission.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Statement, Written } from '../sql/sql.ts';
import type { ConversationBook } from './conversation-book.ts';
import type { EventBook } from './event-book.ts';
import type { HouseRulesBook } from './house-rules-book.ts';
import type { MarkBook } from './mark-book.ts';
import type { RelationBook } from './relation-book.ts';
import type { TokenBook } from './token-book.ts';

/** What each hub reads again from SQL when a change is announced. Closed: a new kind fails to compile in `reload`. */
export type ChangeWhat =
  | { readonly kind: 'user'; readonly user: UserId }
  | { readonly kind: 'channel'; readonly channel: ChannelId }
  | { readonly kind: 'live-event'; readonly event: LiveEventId }
  | { readonly kind: 'roles'; readonly user: UserId }
  /** `users`: whom alone it concerns. */
  | {
      readonly kind: 'members';
      readonly channel: ChannelId;
      readonly users?: readonly UserId[];
      /** Whoever has just answered an invitation into it. */
      readonly settled?: UserId;
    }
  | { readonly kind: 'portals' }
  | { readonly kind: 'token'; readonly token: TokenId }
  | { readonly kind: 'settings'; readonly channel: ChannelId }
  | { readonly kind: 'opt-out'; readonly user: UserId }
  | { readonly kind: 'person'; readonly person: string }
  | { readonly kind: 'relations'; readonly user: UserId }
  | { readonly kind: 'marks'; readonly picture: string }
  | { readonly kind: 'house-rules'; readonly channel: ChannelId }
  | { readonly kind: 'rules-accepted'; readonly user: UserId };

/** A portal as it is kept: one made while the hub runs, or what was changed of a configured one (null: as configured). */
export interface StoredPortal {
  readonly id: PortalId;
  readonly source: Portal['source'];
  readonly channel: ChannelId;
  readonly bridge: BridgeId;
  readonly room: RoomId;
  readonly roomName: string | null;
  readonly direction: Portal['direction'] | null;
  readonly isPaused: boolean;
  readonly isPausedByRoom: boolean;
  readonly widest: Portal['direction'] | null;
  readonly reach: Portal['reach'] | null;
  readonly prefix: string | null;
  readonly isTold: boolean;
  /** It stays with its channel while other rooms of the DJ follow an event. */
  readonly stays: boolean;
  /** Unlinked; kept until the room has been told. */
  readonly isEnded: boolean;
}

/** One change of what is kept in SQL. */
export interface DirectoryChange {
  /** All in one transaction, together with the row that announces it. */
  readonly statements: readonly Statement[];
  /** Whose rights change; null: of everyone, in all shards. */
  readonly scopes: readonly ScopeId[] | null;
  readonly what: readonly ChangeWhat[];
}

/** Users, channels, roles and members, in memory; truth in SQL, kept fresh by the log. */
export interface Directory {
  channel(id: ChannelId): Channel | null;
  channels(): readonly Channel[];
  /** All but conversations, and those that this user is in with any account. */
  channelsFor(user: UserId): readonly Channel[];
  /** Who is in private channels and direct conversations. */
  readonly conversations: Omit<ConversationBook, 'set'>;
  /** Live events: a channel of one takes posts while it runs, and its moderators act. */
  readonly events: Omit<EventBook, 'set'>;
  isAdmin(user: UserId): boolean;
  isDisabled(user: UserId): boolean;
  /** Whether there is any admin yet. */
  hasAdmin(): boolean;
  rankOf(user: UserId, channel: Channel, isGuest: boolean): Rank;
  isMember(user: UserId, channel: Channel): boolean;
  /** Oldest first. */
  portals(): readonly StoredPortal[];
  /** What holds in a channel, whoever set it; the same object until it changes. */
  settings(id: ChannelId): ChannelSettings;
  /** Those with an account here who have a role or are an admin, by what their names look like. */
  staffBySkeleton(): ReadonlyMap<string, UserId>;
  /** Everybody who is one person with this user, this one among them. */
  sameAs(user: UserId): readonly UserId[];
  /** Whom people have muted and blocked. */
  readonly relations: Omit<RelationBook, 'set'>;
  readonly houseRules: HouseRulesBook;
  /** Tokens for programs; those that have expired are among them. */
  readonly tokens: Pick<TokenBook, 'get'>;
  /** What moderators have said of pictures. */
  readonly marks: Omit<MarkBook, 'set'>;
  /** Whether this person's messages stay where they were written. */
  isOptedOut(user: UserId): boolean;
  /**
   * The change rule: one SQL transaction, then the announcement in every shard concerned, then the answer.
   * Nothing judged by the old rights is stored after it resolves with `ok`.
   */
  change(change: DirectoryChange): Promise<Written>;
}
