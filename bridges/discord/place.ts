import {
  type Client,
  type GuildBasedChannel,
  type PermissionsBitField,
  PermissionFlagsBits as Right,
} from 'discord.js';
import type { RoomId } from '../../core/domain/ids.ts';

/** What the bot may do in a channel, under the names that Discord shows in its settings. */
export const RIGHTS = {
  view: { bit: Right.ViewChannel, name: 'View Channel' },
  send: { bit: Right.SendMessages, name: 'Send Messages' },
  sendInThreads: { bit: Right.SendMessagesInThreads, name: 'Send Messages in Threads' },
  history: { bit: Right.ReadMessageHistory, name: 'Read Message History' },
  webhooks: { bit: Right.ManageWebhooks, name: 'Manage Webhooks' },
  manage: { bit: Right.ManageMessages, name: 'Manage Messages' },
  react: { bit: Right.AddReactions, name: 'Add Reactions' },
  attach: { bit: Right.AttachFiles, name: 'Attach Files' },
  embed: { bit: Right.EmbedLinks, name: 'Embed Links' },
  emoji: { bit: Right.UseExternalEmojis, name: 'Use External Emojis' },
  timeout: { bit: Right.ModerateMembers, name: 'Timeout Members' },
  ban: { bit: Right.BanMembers, name: 'Ban Members' },
  audit: { bit: Right.ViewAuditLog, name: 'View Audit Log' },
} as const;
export type RightName = keyof typeof RIGHTS;
export const RIGHT_NAMES: readonly RightName[] = Object.keys(RIGHTS).filter(
  (name): name is RightName => name in RIGHTS,
);

/** The number of an invitation that asks for all of them. */
export const INVITE_PERMISSIONS = String(RIGHT_NAMES.reduce((bits, name) => bits | RIGHTS[name].bit, 0n));

/** A channel or thread as the bot sees it now. */
export interface Place {
  readonly id: RoomId;
  readonly guild: string;
  readonly guildName: string;
  readonly name: string;
  /** Where its webhook is: a thread has none of its own. */
  readonly channel: string;
  /** Itself, when it is a thread. */
  readonly thread: string | null;
  readonly rights: ReadonlySet<RightName>;
  /** The role of everybody does not see it. */
  readonly isHidden: boolean;
  /** The largest file that the server takes. */
  readonly maxFileBytes: number;
}

const MIB = 1024 * 1024;
/** By the server's boost tier; a whole request takes 25 MiB whatever the tier. */
const FILE_MIB: Readonly<Record<number, number>> = { 0: 10, 1: 10, 2: 25, 3: 25 };
export const MAX_REQUEST_BYTES = 24 * MIB;
/** What is promised before the server is known. */
export const LEAST_FILE_BYTES = 10 * MIB;

/** From the client's memory; null for what the bot cannot see or what is no place to talk. */
export function placeOf(client: Client<true>, room: RoomId): Place | null {
  const channel = client.channels.cache.get(room);
  if (channel === undefined || channel.isDMBased() || !channel.isTextBased()) return null;
  const rights = rightsIn(channel);
  if (!rights.has('view')) return null;
  const isThread = channel.isThread();
  return {
    id: room,
    guild: channel.guild.id,
    guildName: channel.guild.name,
    name: channel.name,
    channel: isThread ? (channel.parentId ?? room) : room,
    thread: isThread ? room : null,
    rights,
    isHidden: channel.permissionsFor(channel.guild.roles.everyone)?.has(Right.ViewChannel) === false,
    maxFileBytes: (FILE_MIB[channel.guild.premiumTier] ?? 10) * MIB,
  };
}

function rightsIn(channel: GuildBasedChannel): ReadonlySet<RightName> {
  const me = channel.guild.members.me;
  const granted = me === null ? null : channel.permissionsFor(me);
  return granted === null ? new Set() : namesOf(granted);
}

function namesOf(granted: Readonly<PermissionsBitField>): ReadonlySet<RightName> {
  return new Set(RIGHT_NAMES.filter((name) => granted.has(RIGHTS[name].bit)));
}

/** Whether posts can be made there at all. */
export function maySend({ rights, thread }: Place): boolean {
  return rights.has(thread === null ? 'send' : 'sendInThreads');
}
