import type { AccountId, ChannelId, EpochMs, ScopeId, UserId } from './ids.ts';

/** A person as the hub knows them. */
export interface User {
  readonly id: UserId;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
}

/** One account on one platform; several may be one user. */
export interface Account {
  readonly platform: string;
  readonly id: AccountId;
  readonly user: UserId;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly firstSeenAt: EpochMs;
}

/** A role given in one scope: `dj` and general moderators in `dj:USER`, moderators of the megachannel in `mega`. */
export interface RoleGrant {
  readonly user: UserId;
  readonly scope: ScopeId;
  /** Null: in every channel of the scope. */
  readonly channel: ChannelId | null;
  readonly role: 'dj' | 'moderator';
}

/** Running restraint of one user in one scope. A ban has no end. */
export interface Sanction {
  readonly user: UserId;
  readonly act: 'timeout' | 'ban';
  readonly until: EpochMs | null;
}
