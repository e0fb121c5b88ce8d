import type { Content, HubPort, InboundAccount, Rich, RoomId } from 'slipmat-hub/plugin';
import type { ReadMessage } from './message.ts';
import { takeFiles } from './taken-files.ts';

/** What matterbridge says of an answer to a message that it knows no more. */
const NO_PARENT = 'msg-parent-not-found';

export function roomOf({ gateway }: ReadMessage): RoomId {
  return gateway as RoomId;
}

/** Nobody vouches for who somebody is: programs and other protocols say so. */
export function accountOf({ account, userid, username, avatar }: ReadMessage): InboundAccount {
  const id = [account, userid === '' ? username : userid].filter((part) => part !== '').join('/');
  const avatarUrl = /^https?:\/\//i.test(avatar) ? avatar : null;
  return { id: id as InboundAccount['id'], name: username, avatarUrl, isBot: false, isProved: false };
}

export function replyOf(message: ReadMessage): { readonly room: RoomId; readonly id: string } | null {
  const { parent_id: id } = message;
  return id === '' || id === NO_PARENT ? null : { room: roomOf(message), id };
}

/** The words and files of a message; what somebody does (`/me`) is in italics. */
export async function contentOf(
  hub: Pick<HubPort, 'media'>,
  { text, event, Extra }: ReadMessage,
  signal: AbortSignal,
): Promise<Content> {
  const { attachments, say } = await takeFiles(hub, Extra, signal);
  const whole = [text, say].filter((part) => part !== '').join('\n');
  const words: Rich = whole === '' ? [] : [{ t: 'text', text: whole }];
  return { rich: event === 'user_action' ? [{ t: 'italic', children: words }] : words, attachments };
}
