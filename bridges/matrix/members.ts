import type { EpochMs, RoomId } from '../../core/domain/ids.ts';
import type { Inbound, InboundAccount } from '../../core/plugin/index.ts';
import { type RoomEvent, text } from './event.ts';

/**
 * What a change of a member means. Pure. Null: nothing that the hub asks about.
 * @param account of the member
 * @param by who did it
 */
export function membersInbound(event: RoomEvent, account: InboundAccount, by: InboundAccount): Inbound | null {
  const { id: eventId, content, before } = event;
  const room = event.room as RoomId;
  const at = event.at as EpochMs;
  const was = text(before, 'membership');
  const reason = text(content, 'reason');
  const act = actOf(event);
  if (act !== null) return { kind: 'sanction', act, eventId, room, account, by, until: null, reason, at };
  switch (text(content, 'membership')) {
    case 'join':
      if (was !== 'join') return { kind: 'membership', room, account, act: 'join', at };
      return isRenamed(event) ? { kind: 'profile', account, at } : null;
    case 'leave':
      return was === 'join' ? { kind: 'membership', room, account, act: 'leave', at } : null;
    default:
      return null;
  }
}

/** Null: they only came or went. */
export function actOf({ content, before, sender, stateKey }: RoomEvent): 'ban' | 'lift' | 'kick' | null {
  const membership = text(content, 'membership');
  if (membership === 'ban') return 'ban';
  if (membership !== 'leave' || sender === stateKey) return null;
  switch (text(before, 'membership')) {
    case 'ban':
      return 'lift';
    case 'join':
      return 'kick';
    default:
      return null;
  }
}

function isRenamed({ content, before }: RoomEvent): boolean {
  return ['displayname', 'avatar_url'].some((name) => text(content, name) !== text(before, name));
}
