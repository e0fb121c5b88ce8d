import type { ChannelKind } from '../../domain/channel.ts';
import { may, type Rank } from '../../domain/permission.ts';
import type { Portal } from '../../domain/portal.ts';

/** Whether the hub's own roles let somebody of this rank change the links of a channel of this kind. */
export function isEntitled(kind: ChannelKind, rank: Rank): boolean {
  const rest = { isMember: true, channelState: 'open', guestsMayPost: false, moderatorsMayBan: false } as const;
  return may('portals', { kind, rank, ...rest }).ok;
}

const REACHES = ['none', 'timeouts', 'bans'] as const;

/** Whether more would be done natively than was allowed, where that may hold outside of the room as well. */
export function isWider(reach: Portal['reach'], portal: Portal, actsWithin: (portal: Portal) => boolean): boolean {
  return REACHES.indexOf(reach) > REACHES.indexOf(portal.reach) && !actsWithin(portal);
}
