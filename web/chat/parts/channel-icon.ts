import type { ListedChannel } from '../../../core/domain/wire.ts';
import type { IconName } from './icons.tsx';

const ICONS: Readonly<Record<ListedChannel['kind'], IconName>> = {
  mega: 'hash',
  dj: 'disc',
  event: 'calendar',
  crew: 'lock',
  private: 'lock',
  direct: 'at',
};

export function channelIcon(channel: Pick<ListedChannel, 'kind'>): IconName {
  return ICONS[channel.kind];
}
