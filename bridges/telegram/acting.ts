import type { ChatMember, ChatPermissions } from 'grammy/types';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { BridgeError, type HubPort, type Sanction } from '../../core/plugin/index.ts';
import type { Client } from './client.ts';
import { aboutPerson, Refusal } from './failures.ts';
import { inChat, placeIn } from './posting.ts';
import type { Session } from './session.ts';

/** Telegram makes a restraint of less than 30 seconds one without end; the way there takes time too. */
export const MIN_SANCTION_MS = 35_000;
/** As it does with one of more than 366 days. */
export const MAX_SANCTION_MS = 365 * 24 * 60 * 60_000;

/** Timeouts, bans and their end. @throws {BridgeError} */
export function createSanction(session: () => Session, hub: HubPort) {
  return async (command: Sanction, signal: AbortSignal): Promise<undefined> => {
    const here = session();
    const account = Number(command.account);
    if (!Number.isSafeInteger(account)) throw never('no such account');
    try {
      await inChat(here, hub, command.room, ({ chat }) => {
        if (account < 0) return onChat(here, command, chat, account, signal);
        return onPerson(here, hub, command, chat, account, signal);
      });
    } catch (error) {
      throw aboutPerson(error);
    }
    return undefined;
  };
}

/** A channel that writes in the group can be shut out, nothing less. */
async function onChat(
  { client }: Session,
  { act }: Sanction,
  chat: number,
  sender: number,
  signal: AbortSignal,
): Promise<void> {
  const who = { chat_id: chat, sender_chat_id: sender };
  if (sender === chat) throw never('an administrator who hides cannot be told from the others');
  if (act === 'timeout') throw never('a channel cannot be silenced for a time');
  if (act === 'ban') await client.call('banChatSenderChat', who, signal);
  else await client.call('unbanChatSenderChat', who, signal);
}

async function onPerson(
  { client }: Session,
  hub: HubPort,
  { act, until }: Sanction,
  chat: number,
  user: number,
  signal: AbortSignal,
): Promise<void> {
  const who = { chat_id: chat, user_id: user };
  const member = await client.call('getChatMember', who, signal);
  if (member.status === 'creator' || member.status === 'administrator')
    throw never('an administrator cannot be restrained');
  if (act === 'lift') return lift(client, member, who, signal);
  if (until !== null && until - hub.clock.now() < MIN_SANCTION_MS) throw never('too little time is left');
  const untilDate = until === null ? {} : { until_date: Math.ceil(until / 1_000) };
  if (act === 'ban') {
    await client.call('banChatMember', { ...who, ...untilDate }, signal);
    return;
  }
  if (isSilencedLonger(member, until)) return;
  const payload = { ...who, ...untilDate, permissions: permissions(false), use_independent_chat_permissions: true };
  await client.call('restrictChatMember', payload, signal);
}

/** What an administrator of the chat has laid down for longer must not end with ours. */
function isSilencedLonger(member: ChatMember, until: number | null): boolean {
  if (member.status === 'kicked') return true;
  if (member.status !== 'restricted' || member.can_send_messages) return false;
  return member.until_date === 0 || (until !== null && member.until_date * 1_000 >= until);
}

async function lift(
  client: Client,
  member: ChatMember,
  who: { readonly chat_id: number; readonly user_id: number },
  signal: AbortSignal,
): Promise<void> {
  if (member.status === 'kicked') await client.call('unbanChatMember', { ...who, only_if_banned: true }, signal);
  // All of them together mean that nothing is laid down for this person; the chat's own rules go on.
  if (member.status === 'restricted') {
    await client.call('restrictChatMember', { ...who, permissions: permissions(true) }, signal);
  }
}

function permissions(may: boolean): ChatPermissions {
  return {
    can_send_messages: may,
    can_send_audios: may,
    can_send_documents: may,
    can_send_photos: may,
    can_send_videos: may,
    can_send_video_notes: may,
    can_send_voice_notes: may,
    can_send_polls: may,
    can_send_other_messages: may,
    can_add_web_page_previews: may,
    ...(may && { can_change_info: may, can_invite_users: may, can_pin_messages: may, can_manage_topics: may }),
  };
}

function never(why: string): BridgeError {
  return new BridgeError(why, { kind: 'permanent', scope: 'command' });
}

/**
 * Whether nobody but its members reads the chat: anybody reads one with a name of its own, one with a public link, and
 * the discussion of a channel.
 */
export function createIsClosed(session: () => Session) {
  return async ({ room }: { readonly room: RoomId }, signal: AbortSignal): Promise<boolean> => {
    const { client, chats } = session();
    const chat = await client.call('getChat', { chat_id: chats.currentOf(placeIn(room).chat) }, signal);
    const isGroup = chat.type === 'group' || chat.type === 'supergroup';
    const names = [chat.username, ...(chat.active_usernames ?? [])].filter((name) => name !== undefined);
    return isGroup && names.length === 0 && chat.linked_chat_id === undefined;
  };
}

/** Who somebody is in the chat, as Telegram says now. */
export function createAuthority(session: () => Session) {
  return async (
    { room, account }: { readonly room: RoomId; readonly account: AccountId },
    signal: AbortSignal,
  ): Promise<'owner' | 'admin' | 'moderator' | 'member' | 'none'> => {
    const { client, chats } = session();
    const place = placeIn(room);
    const chat = chats.currentOf(place.chat);
    const who = Number(account);
    // Whoever speaks as the chat itself is an administrator who hides, or posts in the channel.
    if (who === place.chat || who === chat) return chat > 0 ? 'owner' : 'admin';
    if (!Number.isSafeInteger(who) || who < 0) return 'none';
    try {
      return roleOf(await client.call('getChatMember', { chat_id: chat, user_id: who }, signal));
    } catch (error) {
      if (error instanceof Refusal && error.code === 400 && /user|participant|member/i.test(error.says)) return 'none';
      throw error;
    }
  };
}

function roleOf(member: ChatMember): 'owner' | 'admin' | 'member' | 'none' {
  switch (member.status) {
    case 'creator':
      return 'owner';
    case 'administrator':
      return 'admin';
    case 'member':
      return 'member';
    case 'restricted':
      return member.is_member ? 'member' : 'none';
    case 'left':
    case 'kicked':
      return 'none';
    default:
      return member satisfies never;
  }
}
