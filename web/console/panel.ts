import type { ListedChannel } from '../../core/domain/wire.ts';
import type { ConsoleHub } from './hub.ts';

export interface PanelProps {
  readonly hub: ConsoleHub;
  readonly channel: ListedChannel;
}
