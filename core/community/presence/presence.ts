import type { Clock } from '../async/clock.ts';
import type { ChannelId, HubId, UserId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import type { Logger } from '../ops/log.ts';
import type { Presence, PresentUser } from '../store/ports.ts';

const BEAT_MS = 10_000;
/** What this hub said is forgotten when it is silent for this long. */
const TTL_MS = 30_000;
/** Joins and leaves within this time are told together. */
const GATHER_MS = 500;

/** Who is connected through this hub, told to the others. */
export interface HubPresence {
  join(channel: ChannelId, actor: Actor): void;
  leave(channel: ChannelId, actor: Actor): void;
  /** Over all hubs; of this one, as of now. */
  connected(channel: ChannelId): Promise<readonly PresentUser[]>;
  start(): void;
  stop(): Promise<void>;
}

interface Connected {
  readonly person: PresentUser;
  connections: number;
}

export function createPresence(deps: {
  readonly hub: HubId;
  readonly store: Presence;
  readonly clock: Clock;
  readonly logger: Logger;
}): HubPresence {
  const channels = new Map<ChannelId, Map<UserId, Connected>>();
  let cancelSoon: (() => void) | null = null;
  let stopBeat: () => void = () => {};
  let telling: Promise<void> = Promise.resolve();

  function tell(): void {
    cancelSoon?.();
    cancelSoon = null;
    const connected = new Map(
      [...channels].map(([id, users]) => [id, [...users.values()].map(({ person }) => person)]),
    );
    telling = deps.store.beat(deps.hub, connected, TTL_MS).catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'who is connected could not be told; the next beat repairs it');
    });
  }

  function soon(): void {
    cancelSoon ??= deps.clock.after(GATHER_MS, tell);
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
      users.set(actor.user, {
        person: { user: actor.user, name: actor.name, platform: actor.platform, isGuest: actor.isGuest },
        connections: 1,
      });
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
      soon();
    },
    async connected(channel) {
      const told = await deps.store.connected(channel);
      const people = new Map(told.map((person) => [person.user, person]));
      for (const [user, { person }] of channels.get(channel) ?? []) people.set(user, person);
      return [...people.values()];
    },
    start() {
      stopBeat = deps.clock.every(BEAT_MS, tell);
    },
    async stop() {
      stopBeat();
      cancelSoon?.();
      await telling;
      await deps.store.leave(deps.hub);
    },
  };
}
