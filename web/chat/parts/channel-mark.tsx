import type { ListedChannel } from '../../../core/domain/wire.ts';
import { channelIcon } from './channel-icon.ts';
import { Icon } from './icons.tsx';

/** A channel's picture, or what stands for its kind; its name stands beside it. */
export function ChannelMark({ channel, size }: { readonly channel: ListedChannel; readonly size: number }) {
  if (channel.picture === null) return <Icon name={channelIcon(channel)} size={size} />;
  const src = `${channel.picture}?thumb`;
  return <img class="channel-mark" src={src} width={size} height={size} loading="lazy" alt="" />;
}
