import type { ChannelId, UserId } from '../../domain/ids.ts';
import { followed, isOnAir, isOver, isRunning, type LiveEvent } from '../../domain/live-event.ts';

/** The live events as this hub knows them. */
export interface EventBook {
  set(event: LiveEvent): void;
  /** Of this DJ, those that are not over. */
  ofDj(dj: UserId): readonly LiveEvent[];
  /** All that are not over. */
  current(): readonly LiveEvent[];
  /** Of this DJ, also what is over, with a channel of its own. */
  withChannel(dj: UserId): readonly LiveEvent[];
  /** The event that this channel was made for; null: none. */
  ownerOf(channel: ChannelId): LiveEvent | null;
  /** The event that runs in this channel now: its own, or an ad hoc one of the DJ. */
  runningIn(channel: ChannelId, dj: UserId): LiveEvent | null;
  /** Whether the DJ's show is on: private messages wait. */
  isDjLive(dj: UserId): boolean;
  /** The event that the DJ's rooms are at; null: they are at home. */
  followed(dj: UserId): LiveEvent | null;
}

export function createEventBook(): EventBook {
  const scheduled = new Map<ChannelId, LiveEvent>();
  const byDj = new Map<UserId, Map<ChannelId, LiveEvent>>();
  const current = new Map<UserId, readonly LiveEvent[]>();
  const ofDj = (dj: UserId): readonly LiveEvent[] => current.get(dj) ?? [];

  return {
    set(event) {
      if (event.kind === 'scheduled') {
        scheduled.set(event.channel, event);
        byDj.set(event.dj, (byDj.get(event.dj) ?? new Map()).set(event.channel, event));
      }
      const others = ofDj(event.dj).filter(({ id }) => id !== event.id);
      const now = isOver(event.state) ? others : [...others, event];
      if (now.length === 0) current.delete(event.dj);
      else current.set(event.dj, now);
    },
    ofDj,
    current: () => [...current.values()].flat(),
    withChannel: (dj) => [...(byDj.get(dj)?.values() ?? [])],
    ownerOf: (channel) => scheduled.get(channel) ?? null,
    runningIn(channel, dj) {
      const running = ofDj(dj).filter((one) => one.channel === channel && isRunning(one.state));
      return running.find(({ state }) => isOnAir(state)) ?? running[0] ?? null;
    },
    isDjLive: (dj) => ofDj(dj).some(({ state }) => isOnAir(state)),
    followed: (dj) => (current.size === 0 ? null : followed(ofDj(dj))),
  };
}
