import type { ChatMember, User } from 'grammy/types';
import type { RoomId } from '../../core/domain/ids.ts';
import type { Finding } from '../../core/plugin/index.ts';
import { type Client, createClient } from './client.ts';
import type { TelegramConfig } from './config.ts';
import { placeOf } from './rooms.ts';

const README = 'bridges/telegram/README.md';

/** Looks at the token, the privacy mode, a webhook in the way, and the bot's rights in each chat. Changes nothing. */
export async function doctor(
  config: TelegramConfig,
  rooms: readonly RoomId[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const client = createClient(config);
  try {
    const own = await ask(() => client.call('getMe', {}, signal));
    if (typeof own === 'string') return [tokenFails(own)];
    const found: Finding[] = [{ level: 'ok', what: `the token is that of @${own.username}` }];
    found.push(await checkWebhook(client, signal));
    for (const room of rooms) found.push(...(await checkRoom(client, room, own, signal)));
    return found;
  } finally {
    client.close();
  }
}

function tokenFails(say: string): Finding {
  const isRefused = /\((401|404):/.test(say);
  return isRefused
    ? { level: 'fail', what: 'Telegram refuses the token', mend: `Take it anew from @BotFather: ${README}#the-bot` }
    : { level: 'fail', what: say, mend: `Look whether this machine reaches Telegram: ${README}#the-bot` };
}

async function checkWebhook(client: Client, signal: AbortSignal): Promise<Finding> {
  const hook = await ask(() => client.call('getWebhookInfo', {}, signal));
  if (typeof hook === 'string') return { level: 'warn', what: hook, mend: `${README}#webhook` };
  if (hook.url === '') return { level: 'ok', what: 'no webhook is in the way of polling' };
  const what = 'a webhook is set for this bot: nothing can be polled, every message is missed';
  return { level: 'fail', what, mend: `Call deleteWebhook, or use another bot: ${README}#webhook` };
}

async function checkRoom(client: Client, room: RoomId, own: User, signal: AbortSignal): Promise<readonly Finding[]> {
  const place = placeOf(room);
  if (place === null) {
    const mend = `Give the number of the chat, such as -1001234567890: ${README}#linking`;
    return [{ level: 'fail', what: `room ${room} is not the number of a chat`, mend }];
  }
  const chat = await ask(() => client.call('getChat', { chat_id: place.chat }, signal));
  if (typeof chat === 'string') {
    return [{ level: 'fail', what: `room ${room}: ${chat}`, mend: `Add the bot to the chat: ${README}#the-group` }];
  }
  const member = await ask(() => client.call('getChatMember', { chat_id: place.chat, user_id: own.id }, signal));
  const name = `"${chat.title ?? room}" (${room})`;
  if (typeof member === 'string') {
    return [{ level: 'fail', what: `${name}: ${member}`, mend: `Add the bot to the chat: ${README}#the-group` }];
  }
  const kind: Finding =
    chat.type === 'group'
      ? {
          level: 'warn',
          what: `${name} is a small group, without timeouts`,
          mend: `Make it a supergroup: ${README}#the-group`,
        }
      : { level: 'ok', what: `${name} is a ${chat.type}` };
  return [kind, ...rightsOf(member, chat.type, own, name)];
}

/** What each right is for, by Telegram's name of it. */
const RIGHTS = {
  can_delete_messages: 'deleting what others wrote',
  can_restrict_members: 'timeouts and bans',
} as const;

function rightsOf(member: ChatMember, chat: string, own: User, name: string): readonly Finding[] {
  const mend = `Make the bot an administrator with these rights: ${README}#rights`;
  switch (member.status) {
    case 'left':
    case 'kicked':
      return [{ level: 'fail', what: `the bot is not in ${name}`, mend: `Add it again: ${README}#the-group` }];
    case 'restricted':
      return member.can_send_messages
        ? notAdmin(own, name)
        : [{ level: 'fail', what: `the bot may not write in ${name}`, mend: `Lift its restriction: ${README}#rights` }];
    case 'member':
      return notAdmin(own, name);
    case 'creator':
      return [{ level: 'ok', what: `the bot owns ${name}` }];
    case 'administrator': {
      const found = Object.entries(RIGHTS).map(([right, what]): Finding => {
        const has = Object.entries(member).some(([key, value]) => key === right && value === true);
        return has
          ? { level: 'ok', what: `${right} in ${name}` }
          : { level: 'warn', what: `${right} is missing in ${name}: no ${what}`, mend };
      });
      if (chat !== 'channel' || member.can_post_messages === true) return found;
      return [...found, { level: 'fail', what: `can_post_messages is missing in ${name}`, mend }];
    }
    default:
      return member satisfies never;
  }
}

/** Without rights the bot still relays, if privacy mode lets it hear. */
function notAdmin(own: User, name: string): readonly Finding[] {
  const what = `the bot is no administrator of ${name}: no reactions, joins, deletions or timeouts`;
  const found: Finding[] = [{ level: 'warn', what, mend: `Make it an administrator: ${README}#rights` }];
  const hearsAll = 'can_read_all_group_messages' in own && own.can_read_all_group_messages === true;
  if (hearsAll) return found;
  const mend = `Switch privacy mode off and add the bot anew, or make it an administrator: ${README}#privacy-mode`;
  return [...found, { level: 'fail', what: `privacy mode hides what people write in ${name}`, mend }];
}

/** The answer, or Telegram's words. */
async function ask<T extends object>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error.message : 'no answer';
  }
}
