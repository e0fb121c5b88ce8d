import type { Message, MessageEntity, MessageOrigin } from 'grammy/types';
import type { Rich } from '../../core/domain/content.ts';
import type { RoomId } from '../../core/domain/ids.ts';
import { plainText, type RemoteRef } from '../../core/plugin/index.ts';
import { type FileRef, filesOf, readableText } from './decode-files.ts';
import { decodeText } from './decode-text.ts';
import { titleOf } from './people.ts';
import { roomOf } from './rooms.ts';

export interface Said {
  readonly rich: Rich;
  readonly files: readonly FileRef[];
}

/** A topic counts only where the message says so: in other groups the number names a thread of replies. */
export function roomOfMessage({ chat, is_topic_message, message_thread_id }: Message): RoomId {
  return roomOf(chat.id, is_topic_message === true ? (message_thread_id ?? null) : null);
}

/** What people see of a message, or of the parts of an album; null for service messages, which say nothing. */
export function decodeContent(parts: readonly Message[]): Said | null {
  const [first] = parts;
  if (first === undefined) return null;
  const files = parts.flatMap(filesOf);
  const texts = parts.map(textOf).filter((rich) => rich.length > 0);
  if (files.length === 0 && texts.length === 0) return null;
  const body = texts.flatMap((rich, index): Rich => (index === 0 ? rich : [LINE_BREAK, ...rich]));
  return { rich: [...contextOf(first), ...body], files };
}

function textOf(message: Message): Rich {
  const said = message.text ?? message.caption;
  const rich = said === undefined ? [] : decodeText(said, message.entities ?? message.caption_entities ?? []);
  const stands = readableText(message);
  if (stands === null) return rich;
  return rich.length === 0 ? [{ t: 'text', text: stands }] : [{ t: 'text', text: `${stands}\n` }, ...rich];
}

const LINE_BREAK = { t: 'text', text: '\n' } as const;

/** What stands above a text: where it was forwarded from, and what was quoted of a message. */
function contextOf({ forward_origin, is_automatic_forward, quote, external_reply }: Message): Rich {
  const nodes: Rich[] = [];
  if (forward_origin !== undefined && is_automatic_forward !== true) {
    const from = `Forwarded from ${nameOfOrigin(forward_origin)}`;
    nodes.push([{ t: 'italic', children: [{ t: 'text', text: from }] }, LINE_BREAK]);
  }
  // A quote that Telegram made by itself is the beginning of the message, which the hub shows anyway.
  if (quote !== undefined && (quote.is_manual === true || external_reply !== undefined)) {
    const name = external_reply === undefined ? '' : `${nameOfOrigin(external_reply.origin)}: `;
    const children: Rich = [...(name === '' ? [] : [{ t: 'text', text: name } as const]), ...quoted(quote)];
    nodes.push([{ t: 'quote', children }, LINE_BREAK]);
  }
  return nodes.flat();
}

function quoted({ text, entities }: { readonly text: string; readonly entities?: MessageEntity[] }): Rich {
  return decodeText(text, entities ?? []);
}

function nameOfOrigin(origin: MessageOrigin): string {
  switch (origin.type) {
    case 'user':
      return [origin.sender_user.first_name, origin.sender_user.last_name].filter(Boolean).join(' ');
    case 'hidden_user':
      return origin.sender_user_name;
    case 'chat':
      return titleOf(origin.sender_chat) ?? 'somebody';
    case 'channel':
      return titleOf(origin.chat) ?? 'somebody';
    default:
      return origin satisfies never;
  }
}

/**
 * The message that it answers, if it stands in the same room. In a topic every message answers the one that opened it,
 * which says nothing.
 * @param mainOf the message that stands for a part of an album
 */
export function replyOf(message: Message, mainOf: (chat: number, id: number) => number): RemoteRef | null {
  const { reply_to_message: target, chat } = message;
  if (target === undefined || target.forum_topic_created !== undefined) return null;
  if (message.is_topic_message === true && target.message_id === message.message_thread_id) return null;
  return { room: roomOfMessage(message), id: `${mainOf(chat.id, target.message_id)}` };
}

/** The registered command at the beginning of a message: `/timeout@OurBot Ann 5`. */
export interface TypedCommand {
  readonly name: string;
  readonly text: string;
}

/** Null for what is said to another bot, and for commands that the hub does not know. */
export function commandOf(message: Message, botName: string, names: ReadonlySet<string>): TypedCommand | null {
  const { text = '', entities = [] } = message;
  const entity = entities.find(({ type, offset }) => type === 'bot_command' && offset === 0);
  if (entity === undefined || message.forward_origin !== undefined) return null;
  const [name = '', bot] = text.slice(1, entity.length).toLowerCase().split('@');
  if (!names.has(name) || (bot !== undefined && bot !== botName.toLowerCase())) return null;
  return { name, text: text.slice(entity.length).trim() };
}

/** Two messages with the same mark look the same: Telegram also tells of edits that change nothing to be seen. */
export function lookOf(message: Message): string {
  const said = decodeContent([message]);
  if (said === null) return '';
  const { rich, files } = said;
  return JSON.stringify([plainText(rich), rich, files.map(({ uniqueId, isSpoiler }) => [uniqueId, isSpoiler])]);
}
