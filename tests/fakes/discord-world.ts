/*
 * What a small Discord knows: one application with its bot, servers with roles, channels and members, messages with
 * their reactions, webhooks, and what moderators did. Ids are snowflakes of the present time, as on Discord.
 */

export const BOT_ID = '1000000000000000001';
export const APP_ID = '1000000000000000002';
export const GUILD_ID = '1000000000000000010';
export const CHANNEL_ID = '1000000000000000020';
export const SECOND_ID = '1000000000000000021';
export const THREAD_ID = '1000000000000000022';
const BOT_ROLE = '1000000000000000030';
const MOD_ROLE = '1000000000000000031';

export const OWNER = person('1000000000000000100', 'olga', 'Olga');
export const BEN = person('1000000000000000101', 'ben', 'Ben');
export const MOD = person('1000000000000000102', 'mo', 'Mo');
export const ANN = person('1000000000000000103', 'ann', 'Ann');

/** All that the set-up page asks for. */
export const ALL_RIGHTS = [10, 11, 38, 16, 29, 13, 6, 15, 14, 18, 40, 2, 7].reduce(
  (bits, bit) => bits | (1n << BigInt(bit)),
  0n,
);

export interface User {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly avatar: string | null;
  readonly bot?: boolean;
  readonly discriminator: string;
}
export interface Member {
  readonly user: User;
  nick: string | null;
  roles: string[];
  communication_disabled_until: string | null;
}
export interface Overwrite {
  readonly id: string;
  readonly type: number;
  readonly allow: string;
  readonly deny: string;
}
export interface Channel {
  readonly id: string;
  readonly guild_id: string;
  readonly type: number;
  name: string;
  readonly parent_id: string | null;
  permission_overwrites: Overwrite[];
}
export interface Webhook {
  readonly id: string;
  readonly token: string;
  readonly name: string;
  readonly channel_id: string;
  readonly application_id: string | null;
}
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}
export interface StoredMessage {
  readonly id: string;
  readonly channel_id: string;
  readonly type: number;
  readonly author: User;
  readonly webhook_id: string | null;
  readonly application_id: string | null;
  readonly timestamp: string;
  content: string;
  edited_timestamp: string | null;
  files: readonly StoredFile[];
  readonly reply: { readonly channel_id: string; readonly message_id: string } | null;
  readonly mentions: readonly User[];
  /** Other fields, as they are to stand in the payload. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** What was asked for when it was posted or edited last; null: nothing, so everybody who is named is pinged. */
  allowed: { readonly parse?: readonly string[] } | null;
  readonly reactions: Map<string, string[]>;
  readonly components: unknown;
}
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly channel: string;
  acknowledged: { readonly type: number; readonly flags: number } | null;
  readonly answers: { content: string; flags: number; components: unknown }[];
  isDeferred: boolean;
}

export interface World {
  readonly token: string;
  readonly channels: Map<string, Channel>;
  readonly members: Map<string, Member>;
  readonly banned: Set<string>;
  readonly roles: { id: string; name: string; permissions: string; position: number }[];
  readonly emojis: {
    readonly id: string;
    readonly name: string;
    readonly animated: boolean;
    readonly available: true;
  }[];
  readonly webhooks: Map<string, Webhook>;
  readonly messages: Map<string, StoredMessage[]>;
  readonly directs: Map<string, string>;
  readonly interactions: Map<string, Interaction>;
  readonly commands: { readonly guild: string; readonly body: unknown }[];
  readonly files: Map<string, StoredFile>;
  readonly audit: { readonly reason: string | null; readonly route: string }[];
  /** Of the application: message content and server members on. */
  flags: number;
  isRevoked: boolean;
  nextId(): string;
  find(channel: string, id: string): StoredMessage | null;
  guild(): object;
}

function person(id: string, username: string, name: string): User {
  return { id, username, global_name: name, avatar: null, discriminator: '0' };
}

const DISCORD_EPOCH = 1_420_070_400_000n;

export function createWorld(): World {
  let last = 0n;
  const channel = (id: string, name: string, type: number, parent: string | null): Channel => ({
    id,
    guild_id: GUILD_ID,
    type,
    name,
    parent_id: parent,
    permission_overwrites: [],
  });
  const bot: User = { ...person(BOT_ID, 'slipmat', 'Slipmat'), bot: true };
  const member = (user: User, roles: string[]): [string, Member] => [
    user.id,
    { user, nick: null, roles, communication_disabled_until: null },
  ];
  const world: World = {
    token: 'MTAwMDAwMDAwMDAwMDAwMDAwMQ.s3cr3t.tokenOfTheBot-000000000000',
    channels: new Map(
      [
        channel(CHANNEL_ID, 'booth', 0, null),
        channel(SECOND_ID, 'backstage', 0, null),
        channel(THREAD_ID, 'tracklist', 11, CHANNEL_ID),
      ].map((one) => [one.id, one]),
    ),
    members: new Map([
      member(bot, [BOT_ROLE]),
      member(OWNER, []),
      member(BEN, []),
      member(MOD, [MOD_ROLE]),
      member(ANN, []),
    ]),
    banned: new Set(),
    roles: [
      { id: GUILD_ID, name: '@everyone', permissions: String((1n << 10n) | (1n << 11n) | (1n << 16n)), position: 0 },
      { id: MOD_ROLE, name: 'Moderators', permissions: String(1n << 40n), position: 1 },
      { id: BOT_ROLE, name: 'Slipmat', permissions: String(ALL_RIGHTS), position: 2 },
    ],
    emojis: [{ id: '1000000000000000040', name: 'vinyl', animated: false, available: true }],
    webhooks: new Map(),
    messages: new Map(),
    directs: new Map(),
    interactions: new Map(),
    commands: [],
    files: new Map(),
    audit: [],
    flags: (1 << 19) | (1 << 15),
    isRevoked: false,
    nextId() {
      const now = (BigInt(Date.now()) - DISCORD_EPOCH) << 22n;
      last = now > last ? now : last + 1n;
      return String(last);
    },
    find: (at, id) => world.messages.get(at)?.find((one) => one.id === id) ?? null,
    guild: () => guildPayload(world),
  };
  return world;
}

/** What the bot's role may do in all channels. */
export function setBotRights(world: World, rights: bigint): void {
  const role = world.roles.find(({ id }) => id === BOT_ROLE);
  if (role !== undefined) role.permissions = String(rights);
}

function guildPayload(world: World): object {
  const all = [...world.channels.values()];
  return {
    id: GUILD_ID,
    name: 'The Club',
    owner_id: OWNER.id,
    icon: null,
    splash: null,
    banner: null,
    description: null,
    features: [],
    premium_tier: 0,
    preferred_locale: 'en-US',
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    nsfw_level: 0,
    mfa_level: 0,
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    vanity_url_code: null,
    large: false,
    unavailable: false,
    joined_at: '2024-01-01T00:00:00.000000+00:00',
    member_count: world.members.size,
    members: [...world.members.values()].map((member) => memberPayload(member)),
    channels: all.filter(({ type }) => type !== 11).map((one, position) => ({ ...one, position, topic: null })),
    threads: all.filter(({ type }) => type === 11).map(threadPayload),
    roles: world.roles.map((role) => ({
      ...role,
      color: 0,
      hoist: false,
      managed: false,
      mentionable: false,
      flags: 0,
    })),
    emojis: world.emojis.map((emoji) => ({ ...emoji, roles: [], require_colons: true, managed: false })),
    stickers: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

function threadPayload(channel: Channel): object {
  return {
    ...channel,
    owner_id: BEN.id,
    member_count: 1,
    message_count: 0,
    rate_limit_per_user: 0,
    thread_metadata: {
      archived: false,
      auto_archive_duration: 1440,
      archive_timestamp: '2024-01-01T00:00:00.000000+00:00',
      locked: false,
    },
  };
}

export function memberPayload(member: Member): object {
  return { ...member, avatar: null, deaf: false, mute: false, flags: 0, joined_at: '2024-01-01T00:00:00.000000+00:00' };
}

/** A message as it stands in a listing; the gateway adds server and member. */
export function messagePayload(world: World, message: StoredMessage, fileRoot: string): Record<string, unknown> {
  const { reply, files, reactions, allowed: _, extra, components, ...own } = message;
  const referenced = reply === null ? null : world.find(reply.channel_id, reply.message_id);
  return {
    ...own,
    ...(own.webhook_id === null ? {} : { webhook_id: own.webhook_id }),
    mentions: own.mentions,
    mention_roles: [],
    mention_everyone: false,
    pinned: false,
    tts: false,
    flags: 0,
    embeds: [],
    components: components ?? [],
    attachments: files.map((file) => filePayload(file, fileRoot)),
    reactions: [...reactions].map(([name, users]) => ({
      count: users.length,
      me: users.includes(BOT_ID),
      emoji: emojiOf(name),
    })),
    ...(reply !== null && { message_reference: { type: 0, ...reply, guild_id: GUILD_ID } }),
    ...(referenced !== null && { referenced_message: messagePayload(world, { ...referenced, reply: null }, fileRoot) }),
    ...extra,
  };
}

function filePayload({ id, name, type, bytes }: StoredFile, root: string): object {
  const url = `${root}/attachments/${id}/${encodeURIComponent(name)}?ex=1&is=1&hm=1`;
  return { id, filename: name, content_type: type, size: bytes.length, url, proxy_url: url };
}

/** `name:id` for a custom one, else the character. */
export function emojiOf(key: string): { readonly id: string | null; readonly name: string } {
  const [name = '', id] = key.split(':');
  return { id: id ?? null, name };
}
