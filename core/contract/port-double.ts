import { systemClock } from '../async/clock.ts';
import type { ChannelId, MessageId, RoomId } from '../domain/ids.ts';
import type { Inbound } from '../domain/inbound.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Logger } from '../ops/log.ts';
import type { HubPort, LinkState } from '../plugin/hub-port.ts';

/** A hub reduced to its port: takes down all that a bridge says. */
export interface PortDouble {
  readonly port: HubPort;
  readonly received: readonly Inbound[];
  readonly states: readonly { readonly room: RoomId | null; readonly state: LinkState }[];
  /** Everything logged, as JSON. */
  logged(): string;
  cursor(): string | null;
  /** From now on nothing is stored, as when the hub goes down. */
  answerStopping(): void;
}

export function createPortDouble(room: RoomId): PortDouble {
  const received: Inbound[] = [];
  const states: { readonly room: RoomId | null; readonly state: LinkState }[] = [];
  const lines: string[] = [];
  const kept = new Map<string, string>();
  const write = (fields: object, event: string): void => void lines.push(textOf([fields, event]));
  const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log };
  let cursor: string | null = null;
  let isStopping = false;

  async function receive(inbound: Inbound): Promise<Receipt> {
    received.push(inbound);
    return isStopping ? { kind: 'stopping' } : { kind: 'accepted', id: MESSAGE, seq: null };
  }

  return {
    received,
    states,
    logged: () => lines.join('\n'),
    cursor: () => cursor,
    answerStopping() {
      isStopping = true;
    },
    port: {
      rooms: { list: () => [{ room, channel: CHANNEL, direction: 'both' }], onChange: () => () => {} },
      receive,
      status: (of, state) => void states.push({ room: of, state }),
      cursor: {
        load: async () => cursor,
        async save(next) {
          cursor = next;
        },
      },
      state: {
        load: async (name) => kept.get(name) ?? null,
        async save(name, value) {
          kept.set(name, value);
        },
      },
      media: {
        async put({ name }) {
          return { ok: false, code: 'unsupported', say: name };
        },
        picture: async () => null,
        open: async () => null,
      },
      commands: [],
      clock: systemClock,
      log,
    },
  };
}

const CHANNEL = 'lobby' as ChannelId;
const MESSAGE = '01890000-0000-7000-8000-000000000000' as MessageId;

/** Everything that may be seen of a value, of errors too: text, cause and own fields. */
export function textOf(value: unknown, depth = 0): string {
  if (depth > 5) return '';
  if (typeof value !== 'object' || value === null) return String(value);
  const hidden = value instanceof Error ? [value.message, value.stack, value.cause] : [];
  return [...hidden, ...Object.entries(value).flat()].map((one) => textOf(one, depth + 1)).join(' ');
}
