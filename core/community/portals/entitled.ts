import type { ChannelKind } from '../../domain/channel.ts';
import { may, type Rank } from '../../domain/permission.ts';

/** Whether the hub's own roles let somebody of this rank change the links of a channel of this kind. */
export function isEntitled(kind: ChannelKind, rank: Rank): boolean {
  const rest = { isMember: true, channelState: 'open', guestsMayPost: false, moderatorsMayBan: false } as const;
  return may('portals', { kind, rank, ...rest }).ok;
}
