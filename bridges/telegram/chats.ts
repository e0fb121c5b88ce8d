import type { ChatFullInfo, ChatMember } from 'grammy/types';
import type { RoomId } from '../../core/domain/ids.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import { isBridgeError } from '../../core/plugin/index.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Client } from './client.ts';
import { placeOf } from './rooms.ts';

const MOST_MOVES = 500;

/** What we know of a linked chat, and may do in it. */
export interface ChatState {
  readonly type: ChatFullInfo['type'];
  readonly title: string;
  readonly isForum: boolean;
  /** Reactions that the chat lets through, in Telegram's spelling; null: all. */
  readonly reactions: readonly string[] | null;
  readonly isAdmin: boolean;
  readonly canDelete: boolean;
  readonly canRestrict: boolean;
}

export interface Chats {
  /** Null while Telegram has not answered, or when the bot is not there. */
  stateOf(chat: number): ChatState | null;
  /** Asks about the chat of this room, and tells the hub how the room is. Never rejects. */
  refresh(room: RoomId, ownId: number, signal: AbortSignal): Promise<void>;
  roomsOf(chat: number): readonly RoomId[];
  /** The id that a chat has by now. */
  currentOf(chat: number): number;
  moved(from: number, to: number): void;
}

export function createChats(client: Client, hub: HubPort): Chats {
  // One entry for each chat with a linked room; others are dropped.
  const states = new Map<number, ChatState>();
  const moves = createBoundedMap<number, number>(MOST_MOVES);

  function roomsOf(chat: number): readonly RoomId[] {
    return hub.rooms.list().flatMap(({ room }) => (placeOf(room)?.chat === chat ? [room] : []));
  }

  function forgetUnlinked(): void {
    for (const chat of states.keys()) if (roomsOf(chat).length === 0) states.delete(chat);
  }

  return {
    stateOf: (chat) => states.get(chat) ?? null,
    roomsOf,
    currentOf: (chat) => moves.get(chat) ?? chat,
    moved(from, to) {
      moves.set(from, to);
      states.delete(from);
    },
    async refresh(room, ownId, signal) {
      const place = placeOf(room);
      if (place === null) {
        const say = 'the room must be the number of a chat, such as -1001234567890, or with a topic -1001234567890/42';
        hub.status(room, { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' }, say });
        return;
      }
      try {
        const chat = await client.call('getChat', { chat_id: place.chat }, signal);
        const member = await client.call('getChatMember', { chat_id: place.chat, user_id: ownId }, signal);
        states.set(place.chat, stateFrom(chat, member));
        forgetUnlinked();
        if (member.status === 'left' || member.status === 'kicked') return notThere(room);
        hub.status(room, { kind: 'live' });
      } catch (error) {
        if (signal.aborted) return;
        const failure = isBridgeError(error) ? error.failure : ({ kind: 'retryable', delivered: 'no' } as const);
        // What was known holds on while Telegram does not answer.
        if (failure.kind !== 'retryable') states.delete(place.chat);
        const say = error instanceof Error ? error.message : 'the chat cannot be looked at';
        hub.status(room, { kind: 'failed', failure, say });
      }
    },
  };

  function notThere(room: RoomId): void {
    const say = 'the bot is not in the chat: add it there again';
    hub.status(room, { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' }, say });
  }
}

function stateFrom(chat: ChatFullInfo, member: ChatMember): ChatState {
  const isAdmin = member.status === 'administrator' || member.status === 'creator';
  const has = (right: 'can_delete_messages' | 'can_restrict_members'): boolean =>
    member.status === 'creator' || (member.status === 'administrator' && member[right]);
  return {
    type: chat.type,
    title: chat.title ?? '',
    isForum: chat.is_forum === true,
    reactions: chat.available_reactions?.flatMap((one) => (one.type === 'emoji' ? [one.emoji] : [])) ?? null,
    isAdmin,
    canDelete: has('can_delete_messages'),
    canRestrict: has('can_restrict_members'),
  };
}
