import type { Message, MessageReactionUpdated, ReactionType, Update } from 'grammy/types';
import type { EpochMs, RoomId } from '../../core/domain/ids.ts';
import type { Inbound } from '../../core/plugin/index.ts';
import type { FileRef } from './decode-files.ts';
import { decodeMember } from './decode-members.ts';
import { commandOf, decodeContent, replyOf, roomOfMessage, type Said } from './decode-message.ts';
import { fullySpelled } from './emoji.ts';
import { accountOfChat, accountOfUser, authorOf } from './people.ts';
import { roomOf } from './rooms.ts';
import { writeTicket } from './ticket.ts';

/** What decoding must know of the chats; nothing in it asks the platform. */
export interface DecodeContext {
  readonly own: { readonly id: number; readonly username: string };
  /** Names of the hub's commands. */
  readonly commands: ReadonlySet<string>;
  /** The linked rooms of a chat: itself, or topics of it. */
  readonly roomsOf: (chat: number) => readonly RoomId[];
  /** Whether what is said in the one room is seen in the other anyway. */
  readonly isSameChannel: (one: RoomId, other: RoomId) => boolean;
  /** The message that stands for a part of an album; the same id for any other message. */
  readonly mainOf: (chat: number, message: number) => number;
  /** Whether we are told of members by their own updates: only where we are an administrator. */
  readonly hearsMembers: (chat: number) => boolean;
  readonly now: EpochMs;
}

/** One inbound, and the files that its content is still to have. */
export interface Decoded {
  readonly inbound: Inbound;
  readonly files: readonly FileRef[];
}

/** An update, or the updates of one album in order. */
export type Unit = readonly [Update, ...Update[]];

/** Pure. Empty for what concerns nobody. */
export function decodeUnit(unit: Unit, context: DecodeContext): readonly Decoded[] {
  const [update] = unit;
  const eventId = eventIdOf(update);
  const parts = unit.flatMap((one) => one.message ?? one.channel_post ?? []);
  const [message] = parts;
  if (message !== undefined) return decodeNew(message, parts, context);
  const edited = update.edited_message ?? update.edited_channel_post;
  if (edited !== undefined) return decodeEdit(edited, [edited], eventId, context);
  if (update.message_reaction !== undefined) return decodeReaction(update.message_reaction, eventId, context).map(bare);
  if (update.chat_member !== undefined) {
    const rooms = context.roomsOf(update.chat_member.chat.id);
    return decodeMember(update.chat_member, rooms, eventId, context.own.id).map(bare);
  }
  if (update.my_chat_member !== undefined) {
    return context.roomsOf(update.my_chat_member.chat.id).map((room) => bare({ kind: 'rights-changed', room }));
  }
  return decodeChoice(update, eventId, context.now).map(bare);
}

/** Numbers of updates may begin anew after a quiet week; the time tells them apart. */
export function eventIdOf(update: Update): string {
  const dated =
    update.edited_message ??
    update.edited_channel_post ??
    update.message ??
    update.channel_post ??
    update.message_reaction ??
    update.chat_member ??
    update.my_chat_member;
  return `u${update.update_id}-${dated?.date ?? 0}`;
}

function decodeNew(message: Message, parts: readonly Message[], context: DecodeContext): readonly Decoded[] {
  if (isOwn(message, context) || isKnownForward(message, context)) return [];
  const service = decodeService(message, context);
  if (service.length > 0) return service.map(bare);
  const said = decodeContent(parts);
  if (said === null) return [];
  const typed = commandOf(message, context.own.username, context.commands);
  const room = roomOfMessage(message);
  const by = authorOf(message);
  const at = (message.date * 1_000) as EpochMs;
  const replyTo = replyOf(message, context.mainOf);
  if (typed !== null) {
    const eventId = `m-${room}-${message.message_id}`;
    const ticket = writeTicket({ kind: 'message', room, message: message.message_id });
    return [bare({ kind: 'command', eventId, room, by, ...typed, target: pickedOf(message), replyTo, ticket, at })];
  }
  const ref = { room, id: `${message.message_id}` };
  const content = { rich: said.rich, attachments: [] };
  const inbound: Inbound =
    message.chat.type === 'private'
      ? { kind: 'direct', ref, by, content, at, ...(replyTo !== null && { replyTo }) }
      : { kind: 'message', ref, by, content, replyTo, at };
  return [{ inbound, files: said.files }];
}

/** @param parts of the whole album, where the edited message is one of several */
export function decodeEdit(
  message: Message,
  parts: readonly Message[],
  eventId: string,
  context: DecodeContext,
): readonly Decoded[] {
  const said: Said | null = decodeContent(parts);
  if (said === null || isOwn(message, context)) return [];
  const { chat, message_id: id } = message;
  const ref = { room: roomOfMessage(message), id: `${context.mainOf(chat.id, id)}` };
  const at = ((message.edit_date ?? message.date) * 1_000) as EpochMs;
  const content = { rich: said.rich, attachments: [] };
  return [{ inbound: { kind: 'edit', eventId, ref, by: authorOf(message), content, at }, files: said.files }];
}

function isOwn({ from }: Message, { own }: DecodeContext): boolean {
  return from?.id === own.id;
}

/** A channel's post comes once more in its discussion group. */
function isKnownForward(message: Message, { isSameChannel }: DecodeContext): boolean {
  if (message.is_automatic_forward !== true || message.sender_chat === undefined) return false;
  return isSameChannel(roomOf(message.sender_chat.id, null), roomOfMessage(message));
}

function decodeService(message: Message, context: DecodeContext): readonly Inbound[] {
  const { chat, migrate_to_chat_id, migrate_from_chat_id, new_chat_title, forum_topic_created, forum_topic_edited } =
    message;
  const at = (message.date * 1_000) as EpochMs;
  const room = roomOfMessage(message);
  if (migrate_to_chat_id !== undefined) return [moved(chat.id, migrate_to_chat_id)];
  if (migrate_from_chat_id !== undefined) return [moved(migrate_from_chat_id, chat.id)];
  if (new_chat_title !== undefined) {
    return [{ kind: 'room-renamed', room: roomOf(chat.id, null), name: new_chat_title }];
  }
  const topic = forum_topic_created?.name ?? forum_topic_edited?.name;
  if (topic !== undefined) return [{ kind: 'room-renamed', room, name: topic }];
  if (context.hearsMembers(chat.id)) return [];
  const joined = (message.new_chat_members ?? []).filter(({ id }) => id !== context.own.id);
  const left = message.left_chat_member;
  return context
    .roomsOf(chat.id)
    .flatMap((one): readonly Inbound[] => [
      ...joined.map(
        (user): Inbound => ({ kind: 'membership', room: one, account: accountOfUser(user), act: 'join', at }),
      ),
      ...(left === undefined || left.id === context.own.id
        ? []
        : [{ kind: 'membership', room: one, account: accountOfUser(left), act: 'leave', at } as const]),
    ]);
}

function moved(from: number, to: number): Inbound {
  return { kind: 'room-moved', from: roomOf(from, null), to: roomOf(to, null) };
}

/**
 * What somebody took away and put there. Telegram does not say in which topic: the message is looked for in each linked
 * one, for its number is unique in the whole chat.
 */
function decodeReaction(update: MessageReactionUpdated, eventId: string, context: DecodeContext): readonly Inbound[] {
  const { chat, message_id, user, actor_chat, date, old_reaction, new_reaction } = update;
  if (user?.id === context.own.id || (user === undefined && actor_chat === undefined)) return [];
  const by = user === undefined ? accountOfChat(actor_chat ?? chat) : accountOfUser(user);
  const before = emojiOf(old_reaction);
  const after = emojiOf(new_reaction);
  const changes = [
    ...before.filter((emoji) => !after.includes(emoji)).map((emoji) => ({ emoji, on: false })),
    ...after.filter((emoji) => !before.includes(emoji)).map((emoji) => ({ emoji, on: true })),
  ];
  const id = `${context.mainOf(chat.id, message_id)}`;
  return context.roomsOf(chat.id).flatMap((room) =>
    changes.map(({ emoji, on }): Inbound => {
      const key = `${eventId}-${room}-${emoji}-${on}`;
      return { kind: 'reaction', eventId: key, ref: { room, id }, by, emoji, on, at: (date * 1_000) as EpochMs };
    }),
  );
}

/** Custom and paid ones have no character of their own. */
function emojiOf(reactions: readonly ReactionType[]): readonly string[] {
  return reactions.flatMap((one) => (one.type === 'emoji' ? [fullySpelled(one.emoji)] : []));
}

/** A pressed button bears no time of its own. */
function decodeChoice({ callback_query: query }: Update, eventId: string, at: EpochMs): readonly Inbound[] {
  const message = query?.message;
  if (query?.data === undefined || message === undefined) return [];
  const room = 'is_topic_message' in message ? roomOfMessage(message) : roomOf(message.chat.id, null);
  const ticket = writeTicket({ kind: 'button', query: query.id, room, message: message.message_id });
  const by = accountOfUser(query.from);
  return [{ kind: 'choice', eventId: `${eventId}-${query.id}`, room, by, id: query.data, ticket, at }];
}

/** Whom the command names by picking, not by typing. */
function pickedOf({ entities = [] }: Message) {
  const picked = entities.find((entity) => entity.type === 'text_mention');
  return picked === undefined ? null : accountOfUser(picked.user);
}

function bare(inbound: Inbound): Decoded {
  return { inbound, files: [] };
}
