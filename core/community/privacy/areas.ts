/**
 * What each table has to do with people: what of it somebody gets who asks for their data, and what becomes of it when
 * they are forgotten. Every table of the database stands here; a test holds that.
 */
export interface Area {
  readonly table: string;
  /** What it holds of people, in the words of the privacy page; null: nothing. */
  readonly holds: string | null;
  /** Columns with a user's id: rows where one of them is the person's are handed out, and dropped by an erasure. */
  readonly own?: readonly string[];
  /** Handed out, but not dropped by an erasure, for the reason given. */
  readonly kept?: { readonly by: readonly string[]; readonly why: string };
  /** Columns that are never handed out. */
  readonly secret?: readonly string[];
  /** Rows about others that name the person: which column does, and what becomes of these columns. */
  readonly named?: readonly Named[];
  /** Cleared with the person's messages, not by its own columns. */
  readonly withMessages?: true;
}

export interface Named {
  readonly by: string;
  /** `alias`: a name that leads to nobody, the same in all of one erasure. */
  readonly becomes: Readonly<Record<string, 'alias' | null>>;
}

const named = (...columns: readonly string[]): readonly Named[] =>
  columns.map((by) => ({ by, becomes: { [by]: 'alias' as const } }));
const nothing = (...tables: readonly string[]): readonly Area[] => tables.map((table) => ({ table, holds: null }));

export const AREAS: readonly Area[] = [
  // rows that lead to an account go before it
  { table: 'credentials', holds: 'a hash of the password', own: ['user_id'], secret: ['password_hash'] },
  { table: 'sessions', holds: 'when somebody signed in', own: ['user_id'], secret: ['id', 'secret_hash'] },
  { table: 'accounts', holds: 'names and pictures of accounts', own: ['user_id'] },
  { table: 'users', holds: 'the name of an account here and when it was made', own: ['id'], secret: ['skeleton'] },
  { table: 'seen_accounts', holds: 'accounts on platforms that wrote in a linked room', own: ['user_id'] },
  { table: 'first_heard', holds: 'when somebody first wrote', own: ['user_id'] },
  { table: 'person_links', holds: 'which accounts are one person', own: ['user_id'] },
  {
    table: 'link_requests',
    holds: 'codes that link accounts, for a short while',
    own: ['user_id', 'typed_by'],
    secret: ['hash'],
  },
  { table: 'link_partings', holds: 'which accounts were one person once', own: ['user_id', 'other_id'] },
  { table: 'role_grants', holds: 'roles', own: ['user_id'], named: named('granted_by') },
  { table: 'members', holds: 'who is in which conversation', own: ['user_id'], named: named('asked_by') },
  { table: 'direct_consents', holds: 'who may write to whom in private', own: ['user_id', 'other_id'] },
  { table: 'held_directs', holds: 'private messages that wait for the end of a show', own: ['user_id'] },
  {
    table: 'relations',
    holds: 'whom somebody has muted and blocked',
    own: ['by_id'],
    named: [{ by: 'whom_id', becomes: { whom_name: null, whom_platform: null } }],
  },
  { table: 'read_markers', holds: 'how far somebody has read', own: ['user_id'] },
  { table: 'notify_levels', holds: 'of what in a channel somebody wants to be told', own: ['user_id'] },
  { table: 'seen_people', holds: 'who was in which channel, and when', own: ['user_id'] },
  {
    table: 'api_tokens',
    holds: 'tokens for programs',
    own: ['user_id'],
    secret: ['id', 'secret_hash'],
    named: named('created_by'),
  },
  { table: 'hooks_in', holds: 'who made a webhook', named: named('made_by') },
  {
    table: 'hooks_out',
    holds: 'webhooks by which somebody is told what happens',
    own: ['owner_id'],
    secret: ['secret', 'old_secret'],
  },
  { table: 'house_rule_people', holds: 'which house rules somebody has accepted', own: ['user_id'] },
  { table: 'house_rules', holds: 'who set the rules of a channel', named: named('set_by') },
  { table: 'channel_settings', holds: 'who changed the settings of a channel', named: named('changed_by') },
  { table: 'portals', holds: 'who linked a room', named: named('made_by') },
  { table: 'link_codes', holds: 'codes that link rooms, for a short while', own: ['made_by'], secret: ['hash'] },
  { table: 'karma', holds: 'the ledger of karma', own: ['user_id'], named: named('by_id') },
  {
    table: 'reports',
    holds: 'what somebody reported, and what was reported of them',
    own: ['reporter_id', 'author_id'],
  },
  { table: 'held', holds: 'messages that wait for a moderator', own: ['author_id'], named: named('decided_by') },
  {
    table: 'native_acts',
    holds: 'what was done to somebody on a platform',
    own: ['user_id'],
    named: named('decided_by'),
  },
  {
    table: 'audit',
    holds: 'acts of moderation, for as long as they are kept',
    kept: { by: ['target_id'], why: 'moderators answer for what they did; the person is named by an alias there' },
    named: [
      { by: 'target_id', becomes: { target_id: 'alias', reason: null } },
      { by: 'by_id', becomes: { by_id: 'alias', reason: null } },
    ],
  },
  {
    table: 'sanctions',
    holds: 'timeouts and bans in force',
    kept: { by: ['user_id'], why: 'nobody gets rid of a ban by being forgotten; it is dropped when it ends' },
  },
  {
    table: 'mirrored',
    holds: 'timeouts and bans in force on platforms',
    kept: { by: ['user_id'], why: 'they are lifted there when they end' },
  },
  {
    table: 'opt_outs',
    holds: 'whose messages stay where they are written',
    kept: { by: ['user_id'], why: 'the wish is kept to be respected; it is kept under a hash of the account' },
  },
  {
    table: 'live_events',
    holds: 'shows of DJs',
    kept: { by: ['dj_id'], why: 'what was on stands in the history of the channel; the DJ is named by a hash' },
  },
  { table: 'schedules', holds: 'whether a DJ is on air', kept: { by: ['dj_id'], why: 'as above' } },
  { table: 'messages', holds: 'messages, as they stand', withMessages: true },
  { table: 'entries', holds: 'messages, edits and acts, as they came', withMessages: true },
  { table: 'search_rows', holds: 'the index of the search', withMessages: true },
  { table: 'search_text', holds: 'the index of the search', withMessages: true },
  { table: 'reactions', holds: 'reactions', own: ['user_id'] },
  { table: 'library_posts', holds: 'links and files in messages', own: ['author_id'] },
  { table: 'picture_marks', holds: 'who said of a picture what it is', named: named('by_id') },
  { table: 'library_taken_out', holds: 'who took something out of a library', named: named('by_id') },
  { table: 'media_uses', holds: 'which message carries which file', withMessages: true },
  { table: 'media_links', holds: 'files in messages, and pictures of accounts', withMessages: true },
  { table: 'media', holds: 'files in messages, and pictures of accounts', withMessages: true },
  { table: 'erasures', holds: 'who is being forgotten, until it is done', secret: ['users', 'names', 'files'] },
  {
    table: 'retirements',
    holds: 'who is still to be forgotten on a platform',
    kept: { by: ['person'], why: 'it goes once the platform has done it' },
  },
  { table: 'channels', holds: 'the name of a DJ in the name of the channel, until it is renamed' },
  { table: 'timers', holds: 'what is to be done when, such as lifting a timeout; it ends with that' },
  { table: 'changes', holds: 'ids of people whose rights changed, for a week' },
  ...nothing('meta', 'invites', 'archive_marks', 'audit_effects', 'mirror_effects', 'library_state', 'library_titles'),
  ...nothing('channel_activity', 'hook_deliveries', 'house_rule_lines', 'blank_pages', 'sqlite_sequence', 'migrations'),
];

/** The embedded live store's own tables: they hold what the archive holds, for as long as it is hot. */
export function isOfLog(table: string): boolean {
  return table.startsWith('log_') || table.startsWith('search_text_');
}
