import { z } from 'zod';

/** Content of an event: whatever somebody put there. */
export type Bag = Readonly<Record<string, unknown>>;

const shape = z.object({
  event_id: z.string().min(1).max(255),
  room_id: z.string().min(1).max(255),
  sender: z.string().min(1).max(255),
  type: z.string().max(255),
  content: z.record(z.string(), z.unknown()),
  origin_server_ts: z.number(),
  state_key: z.string().optional(),
  redacts: z.string().optional(),
  unsigned: z.unknown().optional(),
});

/** One event of a room, as the homeserver tells of it. */
export interface RoomEvent {
  readonly id: string;
  readonly room: string;
  readonly sender: string;
  readonly type: string;
  readonly content: Bag;
  /** By the clock of the sender's server. */
  readonly at: number;
  /** Null: it is no state. */
  readonly stateKey: string | null;
  /** What this event takes away; null: nothing. */
  readonly redacts: string | null;
  /** What this state was before. */
  readonly before: Bag;
}

/** Null: it cannot be read. */
export function parseEvent(raw: unknown): RoomEvent | null {
  const read = shape.safeParse(raw);
  if (!read.success) return null;
  const { event_id: id, room_id: room, sender, type, content, origin_server_ts: at } = read.data;
  const { state_key: stateKey, redacts, unsigned } = read.data;
  return {
    id,
    room,
    sender,
    type,
    content,
    at: Math.max(1, Math.round(at)),
    stateKey: stateKey ?? null,
    // from room version 11 on it stands within
    redacts: redacts ?? text(content, 'redacts'),
    before: bag(bag({ unsigned }, 'unsigned'), 'prev_content'),
  };
}

export function text(from: Bag, name: string): string | null {
  const value = from[name];
  return typeof value === 'string' ? value : null;
}

export function number(from: Bag, name: string): number | null {
  const value = from[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Empty where there is none. */
export function bag(from: Bag, name: string): Bag {
  return bagOf(from[name]);
}

export function bagOf(value: unknown): Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : {};
}

export function texts(from: Bag, name: string): readonly string[] {
  const value = from[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
