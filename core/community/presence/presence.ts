import type { Clock } from '../../async/clock.ts';
import type { BridgeId, ChannelId, EpochMs, HubId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Logger } from '../../ops/log.ts';
import type { Presence, PresentUser } from '../../store/ports.ts';
import type { SeenPeople, Somebody } from './seen.ts';

const BEAT_MS = 10_000;
/** What this hub said is forgotten when it is silent for this long. */
const TTL_MS = 30_000;
/** Joins and leaves within this time are told together. */
const GATHER_MS = 500;
/** So long after an act somebody on a platform counts as connected, where the platform says nothing of it. */
export const ACTED_MS = 10 * 60_000;
/** People that platforms say are there, over all channels of this hub. */
const MOST_THERE = 20_000;

/** Somebody who is connected, and how that is known. */
export interface ConnectedUser extends Omit<PresentUser, 'how'> {
  /** `session`: here. `platform`: their platform says so. `act`: they did something there in the last ten minutes. */
  readonly how: 'session' | 'platform' | 'act';
}

/** Who is connected through this hub, told to the others. */
export interface HubPresence {
  join(channel: ChannelId, actor: Actor): void;
  leave(channel: ChannelId, actor: Actor): void;
  /** Somebody did something in a room of the channel. */
  acted(channel: ChannelId, person: Somebody): void;
  /** Their platform says that they are there, or no longer are. */
  there(channel: ChannelId, bridge: BridgeId, person: Somebody, isThere: boolean): void;
  /** Over all hubs; of this one, as of now. */
  connected(channel: ChannelId): Promise<readonly ConnectedUser[]>;
  /** @param isLive whether the bridge runs on this hub: what it said while it did holds no longer */
  start(isLive: (bridge: BridgeId) => boolean): void;
  stop(): Promise<void>;
}

interface Connected {
  readonly person: PresentUser;
  connections: number;
}
interface There {
  readonly person: PresentUser;
  readonly bridge: BridgeId;
}

export function createPresence(deps: {
  readonly hub: HubId;
  readonly store: Presence;
  readonly seen: Pick<SeenPeople, 'was' | 'acting'>;
  readonly clock: Clock;
  readonly logger: Logger;
}): HubPresence {
  const { seen, clock } = deps;
  const channels = new Map<ChannelId, Map<UserId, Connected>>();
  const theres = new Map<ChannelId, Map<UserId, There>>();
  let isLive: (bridge: BridgeId) => boolean = () => true;
  let countThere = 0;
  let cancelSoon: (() => void) | null = null;
  let stopBeat: () => void = () => {};
  let telling: Promise<void> = Promise.resolve();

  /** Whoever has a session here too is listed by that. */
  function here(channel: ChannelId): ReadonlyMap<UserId, PresentUser> {
    const people = new Map<UserId, PresentUser>();
    for (const [user, { person }] of theres.get(channel) ?? []) people.set(user, person);
    for (const [user, { person }] of channels.get(channel) ?? []) people.set(user, person);
    return people;
  }

  function forgetGone(): void {
    for (const [channel, people] of theres) {
      for (const [user, { bridge }] of people) if (!isLive(bridge)) dropThere(channel, user);
    }
  }

  function dropThere(channel: ChannelId, user: UserId): boolean {
    const people = theres.get(channel);
    if (people?.delete(user) !== true) return false;
    countThere -= 1;
    if (people.size === 0) theres.delete(channel);
    return true;
  }

  function tell(): void {
    cancelSoon?.();
    cancelSoon = null;
    forgetGone();
    const ids = new Set([...channels.keys(), ...theres.keys()]);
    const connected = new Map([...ids].map((id) => [id, [...here(id).values()]]));
    telling = deps.store.beat(deps.hub, connected, TTL_MS).catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'who is connected could not be told; the next beat repairs it');
    });
  }

  function soon(): void {
    cancelSoon ??= clock.after(GATHER_MS, tell);
  }

  function was(channel: ChannelId, actor: Actor): void {
    if (!actor.isGuest) seen.was(channel, actor, false);
  }

  return {
    join(channel, actor) {
      const users = channels.get(channel) ?? new Map<UserId, Connected>();
      channels.set(channel, users);
      const known = users.get(actor.user);
      if (known !== undefined) {
        known.connections += 1;
        return;
      }
      const { user, name, platform, isGuest } = actor;
      users.set(user, { person: { user, name, platform, isGuest, how: 'session' }, connections: 1 });
      was(channel, actor);
      soon();
    },
    leave(channel, actor) {
      const users = channels.get(channel);
      const known = users?.get(actor.user);
      if (users === undefined || known === undefined) return;
      known.connections -= 1;
      if (known.connections > 0) return;
      users.delete(actor.user);
      if (users.size === 0) channels.delete(channel);
      was(channel, actor);
      soon();
    },
    acted: (channel, person) => seen.was(channel, person, true),
    there(channel, bridge, { user, name, platform }, isThere) {
      seen.was(channel, { user, name, platform }, false);
      if (!isThere) {
        if (dropThere(channel, user)) soon();
        return;
      }
      const people = theres.get(channel) ?? new Map<UserId, There>();
      if (!people.has(user)) {
        if (countThere >= MOST_THERE) return;
        countThere += 1;
        soon();
      }
      theres.set(channel, people);
      people.set(user, { bridge, person: { user, name, platform, isGuest: false, how: 'platform' } });
    },
    async connected(channel) {
      const since = (clock.now() - ACTED_MS) as EpochMs;
      const [told, acting] = await Promise.all([deps.store.connected(channel), seen.acting(channel, since)]);
      const people = new Map<UserId, ConnectedUser>();
      for (const one of acting) people.set(one.user, { ...one, isGuest: false, how: 'act' });
      // what a hub of an earlier version says is of sessions
      for (const person of told) people.set(person.user, { ...person, how: person.how ?? 'session' });
      for (const [user, person] of here(channel)) people.set(user, { ...person, how: person.how ?? 'session' });
      return [...people.values()];
    },
    start(isLiveNow) {
      isLive = isLiveNow;
      stopBeat = clock.every(BEAT_MS, tell);
    },
    async stop() {
      stopBeat();
      cancelSoon?.();
      await telling;
      await deps.store.leave(deps.hub);
    },
  };
}
