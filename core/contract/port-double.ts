import { type Clock, systemClock } from '../async/clock.ts';
import type { ChannelId, MessageId, RoomId } from '../domain/ids.ts';
import type { Inbound } from '../domain/inbound.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Logger } from '../ops/log.ts';
import type { PlatformAnswer, PlatformCall } from '../plugin/http.ts';
import type { HubPort, LinkedRoom, LinkState, Rooms } from '../plugin/hub-port.ts';
import { createMediaDouble, type MediaDouble } from './media-double.ts';

/** A hub reduced to its port: takes down all that a bridge says. */
export interface PortDouble {
  readonly port: HubPort;
  readonly received: readonly Inbound[];
  readonly states: readonly { readonly room: RoomId | null; readonly state: LinkState }[];
  readonly media: MediaDouble;
  /** Everything logged, as JSON. */
  logged(): string;
  cursor(): string | null;
  /** From now on nothing is stored, as when the hub goes down. */
  answerStopping(): void;
  /** From now on everything is stored again. */
  answerAccepted(): void;
  /** Receipts wait, as while the store is slow. @returns lets them through */
  holdReceipts(): () => void;
  /** Gives a room a portal while the bridge runs. */
  link(room: RoomId): void;
  /** The platform calls the bridge; 503 while nobody listens. */
  call(call: PlatformCall): Promise<PlatformAnswer>;
  /** Timers of `clock` that are neither done nor cancelled. */
  pendingTimers(): number;
}

export function createPortDouble(rooms: readonly RoomId[]): PortDouble {
  const received: Inbound[] = [];
  const states: { readonly room: RoomId | null; readonly state: LinkState }[] = [];
  const lines: string[] = [];
  const kept = new Map<string, string>();
  const write = (fields: object, event: string): void => void lines.push(textOf([fields, event]));
  const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log };
  const linked = createRooms(rooms);
  const timers = countedClock();
  const media = createMediaDouble();
  let cursor: string | null = null;
  let isStopping = false;
  let held: Promise<void> = Promise.resolve();
  let mounted: ((call: PlatformCall) => Promise<PlatformAnswer>) | null = null;

  async function receive(inbound: Inbound): Promise<Receipt> {
    received.push(inbound);
    const receipt: Receipt = isStopping ? { kind: 'stopping' } : { kind: 'accepted', id: MESSAGE, seq: null };
    await held;
    return receipt;
  }

  return {
    received,
    states,
    media,
    logged: () => lines.join('\n'),
    cursor: () => cursor,
    answerStopping() {
      isStopping = true;
    },
    answerAccepted() {
      isStopping = false;
    },
    holdReceipts() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    link: linked.link,
    call: async (call) => (mounted === null ? NOT_HERE : mounted(call)),
    pendingTimers: timers.pending,
    port: {
      rooms: linked.rooms,
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
      media: media.port,
      http: {
        url: 'http://127.0.0.1/bridges/double',
        mount(handle) {
          mounted = handle;
          return () => {
            if (mounted === handle) mounted = null;
          };
        },
      },
      channels: null,
      commands: [],
      clock: timers.clock,
      log,
    },
  };
}

const NOT_HERE: PlatformAnswer = { status: 503 };
const CHANNEL = 'lobby' as ChannelId;
const MESSAGE = '01890000-0000-7000-8000-000000000000' as MessageId;

function createRooms(first: readonly RoomId[]): { readonly rooms: Rooms; link(room: RoomId): void } {
  const linkOf = (room: RoomId): LinkedRoom => ({ room, channel: CHANNEL, direction: 'both' });
  const list = first.map(linkOf);
  const listeners = new Set<Parameters<Rooms['onChange']>[0]>();
  return {
    link(room) {
      list.push(linkOf(room));
      for (const tell of listeners) tell({ kind: 'linked', room: linkOf(room) });
    },
    rooms: {
      list: () => [...list],
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  };
}

/** The machine's clock, with its timers counted. */
function countedClock(): { readonly clock: Clock; pending(): number } {
  const open = new Set<symbol>();
  function counted(start: (done: symbol) => () => void): () => void {
    const timer = Symbol('timer');
    open.add(timer);
    const cancel = start(timer);
    return () => {
      open.delete(timer);
      cancel();
    };
  }
  return {
    pending: () => open.size,
    clock: {
      ...systemClock,
      after: (ms, run) =>
        counted((timer) =>
          systemClock.after(ms, () => {
            open.delete(timer);
            run();
          }),
        ),
      every: (ms, run) => counted(() => systemClock.every(ms, run)),
    },
  };
}

/** Everything that may be seen of a value, of errors too: text, cause and own fields. */
export function textOf(value: unknown, depth = 0): string {
  if (depth > 5) return '';
  if (typeof value !== 'object' || value === null) return String(value);
  const hidden = value instanceof Error ? [value.message, value.stack, value.cause] : [];
  return [...hidden, ...Object.entries(value).flat()].map((one) => textOf(one, depth + 1)).join(' ');
}
