import type { RoomId } from '../../core/domain/ids.ts';
import { type HubPort, isBridgeError } from '../../core/plugin/index.ts';
import { createAtMost } from './at-most.ts';
import type { Client } from './client.ts';
import { type Bag, bagOf, type RoomEvent, text } from './event.ts';
import { isCode, toBridgeError } from './failures.ts';
import { creatorsOf, type Power } from './power.ts';

/** What is known of a room. */
export interface RoomFact {
  readonly power: Power;
  readonly isEncrypted: boolean;
  /** People come in by invitation alone, and nobody reads it from outside. */
  readonly isInviteOnly: boolean;
  readonly name: string | null;
}

/** Rooms as they are now: asked when the bridge comes to them, and kept fresh by their events. */
export interface RoomFacts {
  get(room: string): RoomFact | null;
  /** Joins a linked room and looks at it; tells the hub whether it works. Never rejects. */
  enter(room: RoomId, signal: AbortSignal): Promise<void>;
  /** Looks at a room. @throws {Refusal | NoAnswer} */
  look(room: string, signal: AbortSignal): Promise<RoomFact>;
  /** State of a room changed. @returns what the hub is to know of it */
  note(event: RoomEvent): 'name' | 'rights' | 'encrypted' | null;
}

const MOST = 5_000;
export const ENCRYPTED =
  'this room is end-to-end encrypted, and what passes the hub must be readable by it: link a room that is not';

/** A room as it is now. @throws {Refusal | NoAnswer} */
export async function lookAt(client: Client, room: string, signal: AbortSignal): Promise<RoomFact> {
  const state = async (type: string, query = {}): Promise<Bag | null> => {
    try {
      const path = `/v3/rooms/${encodeURIComponent(room)}/state/${type}/`;
      return bagOf(await client.call('GET', path, { query }, signal));
    } catch (error) {
      if (isCode(error, 'M_NOT_FOUND')) return null;
      throw error;
    }
  };
  const [create, levels, name, encryption, joining, reading] = await Promise.all([
    state('m.room.create', { format: 'event' }),
    state('m.room.power_levels'),
    state('m.room.name'),
    state('m.room.encryption'),
    state('m.room.join_rules'),
    state('m.room.history_visibility'),
  ]);
  const creators = creatorsOf(bagOf(create?.content), create === null ? null : text(create, 'sender'));
  return {
    power: { creators, levels: levels ?? {} },
    isEncrypted: encryption !== null,
    isInviteOnly: isInviteOnly(joining) && !isWorldReadable(reading),
    name: name === null ? null : text(name, 'name'),
  };
}

/** A room whose rule is not known to be so is open: `knock` and `restricted` let others in too. */
function isInviteOnly(rules: Bag | null): boolean {
  const rule = rules === null ? null : text(rules, 'join_rule');
  return rule === 'invite' || rule === 'private';
}

function isWorldReadable(history: Bag | null): boolean {
  return history !== null && text(history, 'history_visibility') === 'world_readable';
}

export function createRoomFacts(client: Client, hub: HubPort): RoomFacts {
  const known = createAtMost<RoomFact>(MOST);

  async function look(room: string, signal: AbortSignal): Promise<RoomFact> {
    const fact = await lookAt(client, room, signal);
    known.set(room, fact);
    return fact;
  }

  async function enter(room: RoomId, signal: AbortSignal): Promise<void> {
    try {
      await client.call('POST', `/v3/join/${encodeURIComponent(room)}`, {}, signal);
      const { isEncrypted, name } = await look(room, signal);
      if (isEncrypted) return refuse(room);
      hub.status(room, { kind: 'live' });
      if (name !== null) await hub.receive({ kind: 'room-renamed', room, name });
    } catch (error) {
      if (signal.aborted) return;
      const { failure, message } = toBridgeError(error, 'portal');
      const say = failure.kind === 'permanent' ? 'the bot is not in this room; invite it' : message;
      hub.status(room, { kind: 'failed', failure, say });
      if (!isBridgeError(error)) hub.log.warn({ room, say: message }, 'a room cannot be served');
    }
  }

  function refuse(room: RoomId): void {
    hub.status(room, { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' }, say: ENCRYPTED });
  }

  return {
    get: (room) => known.get(room) ?? null,
    look,
    enter,
    note({ room, type, content, stateKey }) {
      const before = known.get(room);
      if (stateKey !== '' || before === undefined)
        return type === 'm.room.encryption' && stateKey === '' ? 'encrypted' : null;
      switch (type) {
        case 'm.room.power_levels':
          known.set(room, { ...before, power: { ...before.power, levels: content } });
          return 'rights';
        case 'm.room.join_rules':
        case 'm.room.history_visibility':
          return 'rights';
        case 'm.room.name':
          known.set(room, { ...before, name: text(content, 'name') });
          return 'name';
        case 'm.room.encryption':
          known.set(room, { ...before, isEncrypted: true });
          refuse(room as RoomId);
          return 'encrypted';
        default:
          return null;
      }
    },
  };
}
