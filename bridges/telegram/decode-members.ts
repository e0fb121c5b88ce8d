import type { ChatMember, ChatMemberUpdated } from 'grammy/types';
import type { EpochMs, RoomId } from '../../core/domain/ids.ts';
import type { Inbound } from '../../core/plugin/index.ts';
import { accountOfUser, actorOf } from './people.ts';

/** How a member stands: what of it matters to the hub. */
interface Standing {
  readonly isIn: boolean;
  readonly restraint: 'timeout' | 'ban' | null;
  /** Seconds since 1970; 0: without end. */
  readonly until: number;
}

/**
 * A change of somebody's membership: who came or went, and who was silenced, banned or let go by whom. Told once for
 * each linked room of the chat.
 * @param ownId acts of our own account are the hub's, and known there
 */
export function decodeMember(
  update: ChatMemberUpdated,
  rooms: readonly RoomId[],
  eventId: string,
  ownId: number,
): readonly Inbound[] {
  const before = standingOf(update.old_chat_member);
  const after = standingOf(update.new_chat_member);
  const account = accountOfUser(update.new_chat_member.user);
  const at = (update.date * 1_000) as EpochMs;
  const act = update.from.id === ownId ? null : actOf(before, after, isByOther(update));
  return rooms.flatMap((room): readonly Inbound[] => {
    const found: Inbound[] = [];
    if (before.isIn !== after.isIn) {
      found.push({ kind: 'membership', room, account, act: after.isIn ? 'join' : 'leave', at });
    }
    if (act !== null) {
      const until = act === 'lift' || act === 'kick' || after.until === 0 ? null : ((after.until * 1_000) as EpochMs);
      const by = actorOf(update.from, update.chat);
      found.push({ kind: 'sanction', eventId: `${eventId}-${room}`, room, account, by, act, until, reason: null, at });
    }
    return found;
  });
}

function standingOf(member: ChatMember): Standing {
  switch (member.status) {
    case 'creator':
    case 'administrator':
    case 'member':
      return { isIn: true, restraint: null, until: 0 };
    case 'restricted':
      // Who may write but not send pictures is not silenced.
      return {
        isIn: member.is_member,
        restraint: member.can_send_messages ? null : 'timeout',
        until: member.until_date,
      };
    case 'left':
      return { isIn: false, restraint: null, until: 0 };
    case 'kicked':
      return { isIn: false, restraint: 'ban', until: member.until_date };
    default:
      return member satisfies never;
  }
}

function isByOther({ from, new_chat_member }: ChatMemberUpdated): boolean {
  return from.id !== new_chat_member.user.id;
}

function actOf(before: Standing, after: Standing, isByOther: boolean): 'timeout' | 'ban' | 'lift' | 'kick' | null {
  if (after.restraint === null) {
    if (before.restraint !== null) return 'lift';
    return before.isIn && !after.isIn && isByOther ? 'kick' : null;
  }
  return before.restraint === after.restraint && before.until === after.until ? null : after.restraint;
}
