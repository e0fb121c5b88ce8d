import type { Chat, Message, User } from 'grammy/types';
import type { AccountId } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/plugin/index.ts';

/** The account under which Telegram shows administrators who hide: their acts are the chat's. */
const ANONYMOUS_ADMIN = 1_087_968_824;

export function accountOfUser(user: User): InboundAccount {
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ');
  return {
    id: `${user.id}` as AccountId,
    name: name || user.username || 'somebody',
    avatarUrl: null,
    isBot: user.is_bot,
  };
}

/** A channel or group that speaks for itself. Its id is negative, so it is no person's. */
export function accountOfChat(chat: Chat): InboundAccount {
  return { id: `${chat.id}` as AccountId, name: titleOf(chat) ?? 'somebody', avatarUrl: null, isBot: false };
}

/** Who wrote it: behind a hidden administrator and a post of a channel stands a chat, not the user named beside. */
export function authorOf(message: Message): InboundAccount {
  if (message.sender_chat !== undefined) return accountOfChat(message.sender_chat);
  return message.from === undefined ? accountOfChat(message.chat) : accountOfUser(message.from);
}

/** Who acted in the chat. */
export function actorOf(user: User, chat: Chat): InboundAccount {
  return user.id === ANONYMOUS_ADMIN ? accountOfChat(chat) : accountOfUser(user);
}

export function titleOf(chat: Chat): string | null {
  return chat.title ?? (chat.first_name === undefined ? null : `${chat.first_name} ${chat.last_name ?? ''}`.trim());
}
