import { expect } from 'vitest';
import type { By } from '../../core/community/events/live-events.ts';
import type { ChannelId, EpochMs, UserId } from '../../core/domain/ids.ts';
import type { LiveEvent, LiveEventState } from '../../core/domain/live-event.ts';
import type { Hub } from '../../core/hub.ts';
import { WITHIN } from '../portals/rig.ts';

export const MIN = 60_000;

export async function userCalled(hub: Hub, name: string): Promise<UserId> {
  const person = await hub.accounts.findByName(name);
  if (person === null) throw new Error(`nobody is called ${name}`);
  return person.user;
}

export async function asDj(hub: Hub, name: string): Promise<By> {
  return { user: await userCalled(hub, name), isAdmin: false };
}

/** Plans an event of this DJ. */
export async function plan(hub: Hub, dj: string, title: string, startsAt: number): Promise<LiveEvent> {
  const by = await asDj(hub, dj);
  const planned = await hub.liveEvents.plan(by.user, { title, startsAt: startsAt as EpochMs }, by);
  if (!planned.ok) throw new Error(planned.say);
  return planned.value;
}

export async function turn(hub: Hub, dj: string, event: LiveEvent, what: 'start' | 'end' | 'resume' | 'cancel') {
  return hub.liveEvents.turn(event, what, await asDj(hub, dj));
}

export function stateOf(hub: Hub, channel: ChannelId): LiveEventState | null {
  return hub.knowledge.directory.events.ownerOf(channel)?.state ?? null;
}

export async function reaches(hub: Hub, channel: ChannelId, state: LiveEventState): Promise<void> {
  await expect.poll(() => stateOf(hub, channel), WITHIN).toBe(state);
}

/** Codes of the notices of a channel, oldest first. */
export async function notices(hub: Hub, channel: string): Promise<readonly string[]> {
  const place = hub.knowledge.directory.channel(channel as ChannelId);
  if (place === null) throw new Error(`no channel ${channel}`);
  const entries = await hub.knowledge.history.entries(place, 0 as never, 1_000);
  return entries.flatMap(({ kind, body }) => (kind === 'notice' ? [(JSON.parse(body) as { code: string }).code] : []));
}
