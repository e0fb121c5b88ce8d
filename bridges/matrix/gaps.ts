import type { HubPort } from '../../core/plugin/index.ts';
import { createAtMost } from './at-most.ts';
import type { Client } from './client.ts';
import { type Bag, bag, bagOf, parseEvent, type RoomEvent, text } from './event.ts';
import { isCode } from './failures.ts';

/*
 * A homeserver that goes down forgets what it had not yet begun to tell us, however well it has stored it. And one that
 * finds us back may leave out what is said in that very moment (Synapse: a transaction made while it takes us for away,
 * after its last look for such). So after it was away, or we were, each room is read back to the last event that is
 * known of it, once, and for a while before each transaction.
 */

/** What may have been missed in each room. */
export interface Gaps {
  /** This event is through; the next one of its room follows it. */
  passed(event: RoomEvent): void;
  /** From now on it is not known of any room whether something was missed. */
  doubt(): void;
  /** Rooms of which it is not known. */
  doubtful(): readonly string[];
  isDoubtful(room: string): boolean;
  /** What came after the last event that was known when doubt arose, oldest first. @throws {Refusal | NoAnswer} */
  missed(room: string, signal: AbortSignal): Promise<readonly RoomEvent[]>;
  /** It was read back; certain only when that was for a while. */
  wasRead(room: string): void;
  /** For the cursor. */
  lasts(): Bag;
  load(lasts: Bag): void;
}

const MOST_ROOMS = 300;
const PAGE = 100;
const MOST_PAGES = 20;
/** Rooms are read back for so long after the first time. */
export const WATCH_MS = 20_000;

/** Back to which event, and since when it can be read again. */
interface Doubt {
  readonly last: string;
  readonly readAt: number | null;
}

export function createGaps(client: Client, hub: HubPort, partnerIn: (room: string) => Promise<string | null>): Gaps {
  const lasts = createAtMost<string>(MOST_ROOMS);
  let inDoubt = new Map<string, Doubt>();

  async function page(room: string, from: string | null, signal: AbortSignal) {
    const partner = await partnerIn(room);
    const query = { dir: 'b', limit: PAGE, ...(from !== null && { from }) };
    const path = `/v3/rooms/${encodeURIComponent(room)}/messages`;
    const answer = bagOf(await client.call('GET', path, { ...(partner !== null && { as: partner }), query }, signal));
    const chunk: readonly unknown[] = Array.isArray(answer.chunk) ? answer.chunk : [];
    const events = chunk.flatMap((raw) => parseEvent({ room_id: room, ...bagOf(raw) }) ?? []);
    return { events, end: text(answer, 'end') };
  }

  return {
    passed: ({ room, id }) => lasts.set(room, id),
    doubt() {
      const now = lasts.entries().map(([room, last]) => [room, { last, readAt: null }] as const);
      // what was in doubt already is so from further back
      inDoubt = new Map([...now, ...[...inDoubt].map(([room, { last }]) => [room, { last, readAt: null }] as const)]);
    },
    doubtful: () => [...inDoubt.keys()],
    isDoubtful: (room) => inDoubt.has(room),
    wasRead(room) {
      const doubt = inDoubt.get(room);
      if (doubt === undefined) return;
      if (doubt.readAt === null) inDoubt.set(room, { ...doubt, readAt: hub.clock.now() });
      else if (hub.clock.now() - doubt.readAt > WATCH_MS) inDoubt.delete(room);
    },
    async missed(room, signal) {
      const last = inDoubt.get(room)?.last;
      if (last === undefined) return [];
      const found: RoomEvent[] = [];
      let from: string | null = null;
      try {
        for (let count = 0; count < MOST_PAGES; count += 1) {
          const { events, end } = await page(room, from, signal);
          const at = events.findIndex(({ id }) => id === last);
          found.push(...(at < 0 ? events : events.slice(0, at)));
          if (at >= 0 || end === null || events.length === 0) return found.toReversed();
          from = end;
        }
      } catch (error) {
        // nobody of ours is there any more
        if (!isCode(error, 'M_FORBIDDEN', 'M_NOT_FOUND')) throw error;
        lasts.delete(room);
        inDoubt.delete(room);
        return [];
      }
      hub.log.warn({ room, events: found.length }, 'more was missed in a room than is read back');
      return found.toReversed();
    },
    lasts: () => Object.fromEntries(lasts.entries()),
    load(kept) {
      for (const room of Object.keys(kept)) {
        const last = text(kept, room);
        if (last !== null) lasts.set(room, last);
      }
    },
  };
}

/** The part of a cursor that tells of rooms. */
export function lastsIn(cursor: Bag): Bag {
  return bag(cursor, 'last');
}
