import type { ChannelId } from './ids.ts';

/** Of which messages of a channel somebody wants to be told while they are not looking. */
export const NOTIFY_LEVELS = ['all', 'mentions', 'none'] as const;
export type NotifyLevel = (typeof NOTIFY_LEVELS)[number];

/** What a person has chosen for one channel; for every other it is as each device says. */
export interface ChosenLevel {
  readonly channel: ChannelId;
  readonly level: NotifyLevel;
}
