import { legIdOf } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import { isOver, isRunning, type LiveEvent } from '../../domain/live-event.ts';
import type { Leg, Portal } from '../../domain/portal.ts';

/*
 * A DJ's rooms follow the event: a portal that follows shows the channel of the event that is on, and has a leg in each
 * channel where copies of it stand. A leg has a position and copies of its own, so that what is edited or redacted in
 * any of them still reaches its room.
 */

export interface FollowParts {
  readonly channel: (id: ChannelId) => Channel | null;
  /** The event that the DJ's rooms are at; null: they are at home. */
  readonly followed: (dj: UserId) => LiveEvent | null;
  /** Events of a DJ that have a channel of their own. */
  readonly withChannel: (dj: UserId) => readonly LiveEvent[];
  /** Whether an event that is over is still looked after. */
  readonly isAwake: (event: LiveEvent) => boolean;
}

/** Pure: where each portal is now. */
export function followEvents(portals: readonly Portal[], parts: FollowParts): readonly Portal[] {
  return portals.map((portal) => ({ ...portal, channel: channelNow(portal, parts) }));
}

export function channelNow(portal: Portal, parts: FollowParts): ChannelId {
  const dj = ownerOf(portal, parts);
  const event = dj === null ? null : parts.followed(dj);
  return event === null ? portal.home : event.channel;
}

/** Pure: every channel that a portal has to do with, each with a place of its own. */
export function legsOf(portals: readonly Portal[], parts: FollowParts): readonly Leg[] {
  return portals.flatMap((portal) => {
    const home: Leg = { ...portal, channel: portal.home, of: portal.id };
    const dj = ownerOf(portal, parts);
    if (dj === null) return [home];
    const events = parts
      .withChannel(dj)
      .filter((event) => isRunning(event.state) || (isOver(event.state) && parts.isAwake(event)));
    return [home, ...events.map((event) => legAt(portal, event.channel))];
  });
}

export function legAt(portal: Portal, channel: ChannelId): Leg {
  return { ...portal, id: legIdOf(portal.id, channel), channel, of: portal.id };
}

function ownerOf({ follows, home }: Portal, { channel }: FollowParts): UserId | null {
  return follows ? (channel(home)?.owner ?? null) : null;
}
