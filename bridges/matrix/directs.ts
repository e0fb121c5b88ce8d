import type { HubPort } from '../../core/plugin/index.ts';
import type { Client } from './client.ts';
import { bagOf, text } from './event.ts';
import { createKept } from './kept.ts';

/** Rooms in which one person talks to the bot or to one ghost alone. */
export interface Directs {
  /** Who of ours is talked to there; null: it is no such room. */
  partnerIn(room: string): Promise<string | null>;
  remember(room: string, ours: string, person: string): Promise<void>;
  /** @param ours only where it is this one who is talked to there */
  forget(room: string, ours?: string): Promise<void>;
  /** Their room, made if there is none. @throws {Refusal | NoAnswer} */
  roomOf(ours: string, person: string, signal: AbortSignal): Promise<string>;
}

const SHARDS = 16;
const MOST_EACH = 200;

export function createDirects(client: Client, state: HubPort['state'], bot: string): Directs {
  const byRoom = createKept(state, 'directs', SHARDS, MOST_EACH);
  const byPair = createKept(state, 'pairs', SHARDS, MOST_EACH);
  const pairOf = (ours: string, person: string): string => `${ours} ${person}`;

  async function remember(room: string, ours: string, person: string): Promise<void> {
    await byRoom.set(room, ours);
    await byPair.set(pairOf(ours, person), room);
  }

  return {
    partnerIn: async (room) => (await byRoom.get(room)) ?? null,
    remember,
    async forget(room, ours) {
      if (ours === undefined || (await byRoom.get(room)) === ours) await byRoom.delete(room);
    },
    async roomOf(ours, person, signal) {
      const known = await byPair.get(pairOf(ours, person));
      // of a room that was left only the pair is remembered
      if (known !== undefined && (await byRoom.get(known)) === ours) return known;
      const body = { preset: 'trusted_private_chat', is_direct: true, invite: [person] };
      const made = await client.call('POST', '/v3/createRoom', { body, ...(ours !== bot && { as: ours }) }, signal);
      const room = text(bagOf(made), 'room_id');
      if (room === null) throw new Error('a room without id was made');
      await remember(room, ours, person);
      return room;
    },
  };
}
