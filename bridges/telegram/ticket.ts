import { z } from 'zod';
import type { RoomId } from '../../core/domain/ids.ts';

const room = z.string().transform((text) => text as RoomId);
const ticket = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), room, message: z.number() }),
  z.object({ kind: z.literal('button'), query: z.string(), room, message: z.number() }),
]);

/** Where an answer goes: under a typed command, or to whoever pressed a button. */
export type Ticket = z.output<typeof ticket>;

export function writeTicket(value: Ticket): string {
  return JSON.stringify(value);
}

/** Null for what is no ticket of this bridge. */
export function readTicket(text: string): Ticket | null {
  try {
    return ticket.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not even JSON.
    return null;
  }
}
