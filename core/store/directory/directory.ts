import type { Channel } from '../../domain/channel.ts';
import type { ChannelId, ScopeId, UserId } from '../../domain/ids.ts';
import type { Rank } from '../../domain/permission.ts';
import type { Statement, Written } from '../sql/sql.ts';

/** What each hub reads again from SQL when a change is announced. Closed: a new kind fails to compile in `reload`. */
export type ChangeWhat =
  | { readonly kind: 'user'; readonly user: UserId }
  | { readonly kind: 'channel'; readonly channel: ChannelId }
  | { readonly kind: 'roles'; readonly user: UserId }
  | { readonly kind: 'members'; readonly channel: ChannelId };

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
  isAdmin(user: UserId): boolean;
  isDisabled(user: UserId): boolean;
  /** Whether there is any admin yet. */
  hasAdmin(): boolean;
  rankOf(user: UserId, channel: Channel, isGuest: boolean): Rank;
  isMember(user: UserId, channel: Channel): boolean;
  /**
   * The change rule: one SQL transaction, then the announcement in every shard concerned, then the answer.
   * Nothing judged by the old rights is stored after it resolves with `ok`.
   */
  change(change: DirectoryChange): Promise<Written>;
}
