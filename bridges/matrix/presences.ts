import type { EpochMs, RoomId } from '../../core/domain/ids.ts';
import type { HubPort, Inbound } from '../../core/plugin/index.ts';
import { createAtMost } from './at-most.ts';
import { bag, bagOf, type RoomEvent, text } from './event.ts';
import { isOurs } from './names.ts';
import type { Session } from './session.ts';

/** Who of the people in linked rooms is there now, as the homeserver says of accounts. */
export interface Presences {
  /** The homeserver tells of an account; again for each ghost that shares a room with it. */
  heard(user: string, content: unknown): Promise<void>;
  /** Somebody came into a linked room, or went. */
  member(event: RoomEvent): Promise<void>;
}

const MOST_THERE = 20_000;
const MOST_ROOMS = 300;
/** Of one room; whoever is beyond is counted by what they do alone. */
const MOST_IN_ROOM = 5_000;

export function createPresences(
  { client, config, people, stopping }: Session,
  hub: Pick<HubPort, 'rooms' | 'clock'>,
  tell: (inbound: Inbound) => Promise<unknown>,
): Presences {
  const there = createAtMost<true>(MOST_THERE);
  const members = createAtMost<Promise<Set<string>>>(MOST_ROOMS);

  async function ask(room: string): Promise<Set<string>> {
    const answer = await client.call('GET', `/v3/rooms/${encodeURIComponent(room)}/joined_members`, {}, stopping);
    const users = Object.keys(bag(bagOf(answer), 'joined')).filter((user) => !isOurs(user, config));
    return new Set(users.slice(0, MOST_IN_ROOM));
  }

  function membersOf(room: string): Promise<Set<string>> {
    const known = members.get(room) ?? ask(room);
    members.set(room, known);
    // what could not be asked is asked again
    known.catch(() => members.delete(room));
    return known;
  }

  async function say(room: string, user: string, isThere: boolean): Promise<void> {
    const account = await people.accountOf(room, user, stopping);
    const act = isThere ? 'join' : 'leave';
    const at = hub.clock.now() as EpochMs;
    // they are at home or not, and have come into no room
    await tell({ kind: 'membership', room: room as RoomId, account, act, isPresence: true, isWide: true, at });
  }

  return {
    async heard(user, content) {
      const state = text(bagOf(content), 'presence');
      if (state === null || isOurs(user, config)) return;
      // whoever is idle still has a client open
      const isThere = state === 'online' || state === 'unavailable';
      if (isThere === (there.get(user) === true)) return;
      if (isThere) there.set(user, true);
      else there.delete(user);
      for (const { room } of hub.rooms.list()) {
        if ((await membersOf(room)).has(user)) await say(room, user, isThere);
      }
    },
    async member({ room, stateKey, content }) {
      if (stateKey === null || isOurs(stateKey, config)) return;
      const isIn = text(content, 'membership') === 'join';
      const known = await members.get(room)?.catch(() => undefined);
      const was = known?.has(stateKey) === true;
      if (isIn && known !== undefined && known.size < MOST_IN_ROOM) known.add(stateKey);
      else if (!isIn) known?.delete(stateKey);
      if (isIn !== was && there.get(stateKey) === true) await say(room, stateKey, isIn);
    },
  };
}
