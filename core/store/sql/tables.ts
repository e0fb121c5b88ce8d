import type { Generated } from 'kysely';
import type { ChannelActivityTable } from './activity-tables.ts';
import type { NotifyLevelsTable } from './choice-tables.ts';
import type { DirectConsentsTable, HeldDirectsTable } from './direct-tables.ts';
import type { LiveEventsTable, SchedulesTable, TimersTable } from './event-rows.ts';
import type { HookDeliveriesTable, HooksOutTable } from './hook-out-tables.ts';
import type { HooksInTable } from './hook-tables.ts';
import type { HouseRuleTables } from './house-rule-rows.ts';
import type { LibraryPostsTable, LibraryTakenOutTable, LibraryTitlesTable, MediaUsesTable } from './library-tables.ts';
import type { PictureMarksTable } from './mark-tables.ts';
import type { MediaLinksTable, MediaTable } from './media-tables.ts';
import type { PortalsTable } from './portal-tables.ts';
import type { ErasuresTable, RetirementsTable } from './privacy-tables.ts';
import type { ReadMarkersTable, SeenPeopleTable } from './reading-tables.ts';
import type { RelationsTable } from './relation-tables.ts';
import type { ApiTokensTable } from './token-tables.ts';
/*
 * The tables as Kysely sees them. Times are epoch ms, booleans 0 or 1, JSON as text. `migrations.ts` makes them.
 * Directory: truth is here. Archive: carried over from the log. Log: the embedded store's own, read by nobody else.
 */
export interface Tables extends HouseRuleTables {
  // --- directory -------------------------------------------------------------------------------------------------
  users: UsersTable;
  accounts: AccountsTable;
  credentials: CredentialsTable;
  sessions: SessionsTable;
  invites: InvitesTable;
  channels: ChannelsTable;
  role_grants: RoleGrantsTable;
  members: MembersTable;
  changes: ChangesTable;
  live_events: LiveEventsTable;
  schedules: SchedulesTable;
  meta: MetaTable;
  media: MediaTable;
  media_links: MediaLinksTable;
  portals: PortalsTable;
  link_codes: LinkCodesTable;
  opt_outs: OptOutsTable;
  timers: TimersTable;
  api_tokens: ApiTokensTable;
  hooks_in: HooksInTable;
  hooks_out: HooksOutTable;
  hook_deliveries: HookDeliveriesTable;
  channel_settings: ChannelSettingsTable;
  reports: ReportsTable;
  seen_accounts: SeenAccountsTable;
  person_links: PersonLinksTable;
  link_requests: LinkRequestsTable;
  link_partings: LinkPartingsTable;
  mirrored: MirroredTable;
  mirror_effects: MirrorEffectsTable;
  native_acts: NativeActsTable;
  direct_consents: DirectConsentsTable;
  held_directs: HeldDirectsTable;
  relations: RelationsTable;
  erasures: ErasuresTable;
  retirements: RetirementsTable;
  read_markers: ReadMarkersTable;
  seen_people: SeenPeopleTable;
  notify_levels: NotifyLevelsTable;
  picture_marks: PictureMarksTable;
  // --- archive ---------------------------------------------------------------------------------------------------
  entries: EntriesTable;
  messages: MessagesTable;
  reactions: ReactionsTable;
  archive_marks: ArchiveMarksTable;
  held: HeldTable;
  first_heard: FirstHeardTable;
  audit: AuditTable;
  audit_effects: AuditEffectsTable;
  sanctions: SanctionsTable;
  karma: KarmaTable;
  library_posts: LibraryPostsTable;
  channel_activity: ChannelActivityTable;
  library_taken_out: LibraryTakenOutTable;
  library_titles: LibraryTitlesTable;
  media_uses: MediaUsesTable;
}

export interface UsersTable {
  id: string;
  name: string;
  /** The name folded by `skeletonOf`: unique among native users, so that look-alikes collide. Null for bridged users. */
  skeleton: string | null;
  is_admin: number;
  is_disabled: number;
  created_at: number;
}
export interface AccountsTable {
  platform: string;
  id: string;
  user_id: string;
  name: string;
  avatar_url: string | null;
  first_seen_at: number;
}
/** Passwords of local accounts, as PHC strings. */
export interface CredentialsTable {
  user_id: string;
  password_hash: string;
  changed_at: number;
}
export interface SessionsTable {
  id: string;
  user_id: string;
  secret_hash: string;
  created_at: number;
  expires_at: number;
}
/** One-time links: `purpose` is `sign-up` or `first-admin`. */
export interface InvitesTable {
  id: string;
  purpose: string;
  secret_hash: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}
export interface ChannelsTable {
  id: string;
  kind: string;
  name: string;
  topic: string;
  owner_id: string | null;
  created_at: number;
}
export interface RoleGrantsTable {
  user_id: string;
  scope: string;
  /** Empty text: every channel of the scope. */
  channel_id: string;
  role: string;
  granted_by: string | null;
  granted_at: number;
}
export interface MembersTable {
  channel_id: string;
  user_id: string;
  joined_at: number;
  name: Generated<string>;
  platform: Generated<string>;
  account_id: Generated<string | null>;
  state: Generated<string>;
  asked_by: Generated<string | null>;
}
/** Rows written with every change of the directory until all shards concerned have heard of it. */
export interface ChangesTable {
  id: string;
  /** JSON: scopes concerned, or null for all shards. */
  scopes: string;
  /** JSON of `ChangeWhat[]`: what each hub reads again. */
  what: string;
  at: number;
  /** 0 until announced everywhere. */
  is_announced: number;
}
/** A portal made while the hub runs, or (source `config`) what was changed of a configured one; null: as configured. */
/** Codes that link a room: single use, stored hashed. */
export interface LinkCodesTable {
  hash: string;
  channel_id: string;
  /** Of which bridge the room must be; null: of any. */
  bridge: string | null;
  made_by: string | null;
  made_at: number;
  expires_at: number;
  used_at: number | null;
}
/** Whose messages stay where they were written. */
export interface OptOutsTable {
  user_id: string;
  is_out: number;
  cause: string;
  at: number;
}
/** Small facts: `archive_id`, `shards`, `log_home`, `guest_secret`. */
export interface MetaTable {
  name: string;
  value: string;
}
export interface EntriesTable {
  channel_id: string | null;
  seq: number | null;
  shard: number;
  position: string;
  kind: string;
  audience: string;
  message_id: string | null;
  key: string;
  at: number;
  body: string;
  note: string;
}
export interface MessagesTable {
  id: string;
  channel_id: string;
  seq: number;
  author_id: string;
  /** JSON of a WireChatMessage as it stands now. */
  message: string;
  /** Plain text, for search; empty once redacted. */
  text: string;
  revision: number;
  is_redacted: number;
  /** Seq of the newest entry applied: an older one changes nothing. */
  last_seq: number;
  /** The message it answers: whose redaction empties the quote. */
  reply_to: string | null;
  /** As it was, while reports hide it. */
  hidden: Generated<string | null>;
}
export interface ReactionsTable {
  message_id: string;
  emoji: string;
  user_id: string;
  at: number;
}
/** What was held for a moderator; `body` is empty once that is decided. */
export interface HeldTable {
  id: string;
  channel_id: string;
  author_id: string;
  at: number;
  /** JSON of a HeldBody. */
  body: string;
  /** `waiting`, `released` or `discarded`. */
  state: string;
  decided_by: string | null;
  decided_at: number | null;
}
export interface FirstHeardTable {
  user_id: string;
  at: number;
}
/** JSON of a SettingsChange: what is not named is as it is everywhere. */
export interface ChannelSettingsTable {
  channel_id: string;
  settings: string;
  changed_by: string | null;
  changed_at: number;
}
export interface ReportsTable {
  message_id: string;
  reporter_id: string;
  channel_id: string;
  author_id: string;
  reason: string | null;
  at: number;
  /** Whether it counts towards hiding: by the standing of the reporter at that time. */
  counts: number;
  /** `open`, `upheld` or `dismissed`. */
  state: string;
}
export interface ArchiveMarksTable {
  shard: number;
  position: string;
}
/** Every act of moderation. */
export interface AuditTable {
  id: Generated<number>;
  at: number;
  act: string;
  /** Null: the hub itself. */
  by_id: string | null;
  target_id: string | null;
  message_id: string | null;
  channel_id: string | null;
  until: number | null;
  reason: string | null;
  cause: string | null;
}
/** What became of an act on the platforms, in words. */
export interface AuditEffectsTable {
  cause: string;
  effect: string;
  at: number;
}
/** What is in force as far as it is archived; `body` is JSON of a SanctionBody. */
export interface SanctionsTable {
  scope: string;
  user_id: string;
  body: string;
}
/** The ledger of karma. */
export interface KarmaTable {
  id: Generated<number>;
  user_id: string;
  points: number;
  why: string;
  by_id: string | null;
  cause: string;
  at: number;
}
/** Who stands behind a user that has no account here. */
export interface SeenAccountsTable {
  user_id: string;
  platform: string;
  account_id: string;
  name: string;
  at: number;
}
/** Native acts that are in force, or may be. */
export interface MirroredTable {
  bridge: string;
  room: string;
  account_id: string;
  user_id: string;
  act: 'timeout' | 'ban';
  until: number | null;
  cause: string;
  state: 'sending' | 'applied' | 'refused' | 'theirs';
  at: number;
}
/** What became of an act in each linked room. */
export interface MirrorEffectsTable {
  cause: string;
  portal: string;
  what: 'act' | 'lift';
  kind: 'native' | 'hub' | 'pending';
  why: string | null;
  at: number;
}
/** Acts on the platforms that stayed there. */
export interface NativeActsTable {
  id: string;
  channel_id: string;
  bridge: string;
  room: string;
  account_id: string;
  user_id: string;
  name: string;
  by_name: string | null;
  act: 'timeout' | 'ban' | 'lift' | 'kick';
  until: number | null;
  reason: string | null;
  at: number;
  decided_by: string | null;
  decided_at: number | null;
}
/** Users who are one person. */
export interface PersonLinksTable {
  user_id: string;
  person: string;
  platform: string;
  name: string;
  linked_at: number;
}
export interface LinkRequestsTable {
  hash: string;
  user_id: string;
  user_platform: string;
  user_name: string;
  platform: string;
  made_at: number;
  expires_at: number;
  typed_by: string | null;
  void_at: number | null;
}
export interface LinkPartingsTable {
  id: string;
  user_id: string;
  other_id: string;
  at: number;
}
