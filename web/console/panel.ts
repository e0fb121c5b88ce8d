import type { ListedChannel } from '../../core/domain/wire.ts';
import type { Desk } from './desk.ts';
import type { ConsoleHub } from './hub.ts';

export interface PanelProps {
  readonly hub: ConsoleHub;
  readonly channel: ListedChannel;
  /** What waits for moderators there. */
  readonly desk: Desk;
}
