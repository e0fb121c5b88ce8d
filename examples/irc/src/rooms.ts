import {
  BridgeError,
  type BridgeFailure,
  backoffMs,
  type HubPort,
  type RoomId,
  withDeadline,
} from 'slipmat-hub/plugin';
import type { IrcConfig } from './config.ts';
import { isRefusal, joinRefusalOf } from './failures.ts';
import { type Line, sourceOf } from './line.ts';
import type { Session, Settle } from './session.ts';

/** A network that slows clients down may take its time. */
const JOIN_MS = 10_000;
const LOOK_MS = 15_000;
/** A channel that throws the bridge out is asked again, ever more seldom. */
const REJOIN = { baseMs: 60_000, capMs: 1_800_000 };
/** Whoever was let in for this long starts afresh. */
const STEADY_MS = 600_000;

type Stand =
  | { readonly kind: 'joining' }
  | { readonly kind: 'in'; readonly since: number }
  | { readonly kind: 'out'; readonly failure: BridgeFailure; readonly say: string; readonly againAt: number };

/** The channels that have a portal, and whether the bridge is in them. */
export interface RoomBook {
  /** The room of this name as the hub writes it; null when it is not linked. */
  idOf(name: string): RoomId | null;
  isIn(room: RoomId): boolean;
  /** Whether the bridge may speak there now. @throws {BridgeError} when it may not */
  check(room: RoomId): void;
  /** Joins and says how that went; never rejects but when the link is lost. */
  join(room: RoomId): Promise<void>;
  part(room: RoomId): void;
  /** The network says that the bridge is in now, asked or not. */
  arrived(room: RoomId): void;
  /** The network gave it another name. */
  renamed(from: RoomId, to: RoomId): void;
  /** The bridge was thrown out. */
  lost(room: RoomId, say: string): void;
  /** It can be spoken in (again). */
  open(room: RoomId): void;
  /** Somebody let us in. */
  invited(room: RoomId): void;
  stop(): void;
}

export interface RoomBookOptions {
  readonly config: IrcConfig;
  readonly hub: Pick<HubPort, 'rooms' | 'status' | 'clock' | 'log'>;
  readonly session: Session;
  /** Called when the bridge has come in. */
  readonly onIn: (room: RoomId) => Promise<void>;
}

export function createRoomBook({ config, hub, session, onIn }: RoomBookOptions): RoomBook {
  const stands = new Map<RoomId, Stand>();
  const tries = new Map<RoomId, number>();
  const { clock } = hub;

  function isLinked(room: RoomId): boolean {
    return hub.rooms.list().some((one) => one.room === room);
  }

  function leave(room: RoomId, failure: BridgeFailure, say: string): void {
    const before = stands.get(room);
    if (before?.kind === 'in' && clock.elapsed() - before.since > STEADY_MS) tries.delete(room);
    const count = (tries.get(room) ?? 0) + 1;
    tries.set(room, count);
    stands.set(room, { kind: 'out', failure, say, againAt: clock.elapsed() + backoffMs(count, REJOIN) });
    hub.status(room, { kind: 'failed', failure, say });
  }

  async function join(room: RoomId): Promise<void> {
    if (!isChannelName(room, session)) {
      const say = `"${room.slice(0, 50)}" is no name of a channel here; it begins with one of ${session.features.channelTypes}`;
      stands.set(room, { kind: 'out', failure: NO_ROOM, say, againAt: Number.POSITIVE_INFINITY });
      hub.status(room, { kind: 'failed', failure: NO_ROOM, say });
      return;
    }
    stands.set(room, { kind: 'joining' });
    const key = keyOf(config, session, room);
    const send = (): void => session.send('JOIN', key === null ? [room] : [room, key]);
    try {
      const refused = await withDeadline(clock, JOIN_MS, null, (signal) =>
        session.ask(send, joined(session, room), signal),
      );
      if (refused !== null) {
        const { failure, say } = joinRefusalOf(refused, room);
        leave(room, failure, say);
        return;
      }
      await come(room);
    } catch (error) {
      leave(room, AGAIN, `${room}: no answer to JOIN (${error instanceof Error ? error.name : ''})`);
    }
  }

  async function come(room: RoomId): Promise<void> {
    stands.set(room, { kind: 'in', since: clock.elapsed() });
    await onIn(room);
    if (stands.get(room)?.kind === 'in') hub.status(room, { kind: 'live' });
  }

  function look(): void {
    for (const [room, stand] of stands) {
      if (stand.kind === 'out' && stand.againAt <= clock.elapsed()) void join(room);
    }
  }

  const stopLooking = clock.every(LOOK_MS, look);
  const unfollow = hub.rooms.onChange(({ kind, room: { room } }) => {
    if (kind === 'unlinked' && !isLinked(room)) book.part(room);
    // A room that was renamed is linked by its new name while the bridge is in it already.
    if (kind === 'linked' && !stands.has(room)) void join(room);
    else if (kind === 'linked') book.open(room);
  });

  const book: RoomBook = {
    idOf(name) {
      const key = session.fold(name);
      return hub.rooms.list().find(({ room }) => session.fold(room) === key)?.room ?? null;
    },
    isIn: (room) => stands.get(room)?.kind === 'in',
    check(room) {
      const stand = stands.get(room);
      if (stand?.kind === 'in') return;
      if (stand?.kind === 'out') throw new BridgeError(stand.say, stand.failure);
      throw new BridgeError(`${room} is not joined yet`, AGAIN);
    },
    join,
    part(room) {
      const stand = stands.get(room);
      stands.delete(room);
      tries.delete(room);
      if (stand?.kind === 'in') session.send('PART', [room, 'no longer linked']);
    },
    arrived(room) {
      // An answer that came after it was given up; while it is waited for, `join` goes on.
      if (stands.get(room)?.kind === 'out') void come(room);
    },
    renamed(from, to) {
      const stand = stands.get(from);
      stands.delete(from);
      if (stand !== undefined) stands.set(to, stand);
    },
    lost: (room, say) => leave(room, AGAIN, say),
    open(room) {
      if (stands.get(room)?.kind === 'in') hub.status(room, { kind: 'live' });
    },
    invited(room) {
      if (stands.get(room)?.kind === 'out') void join(room);
    },
    stop() {
      stopLooking();
      unfollow();
    },
  };
  return book;
}

const NO_ROOM: BridgeFailure = { kind: 'permanent', scope: 'portal' };
const AGAIN: BridgeFailure = { kind: 'retryable', delivered: 'no' };

/** Whether it can be sent as one parameter and names a channel on this network. */
export function isChannelName(name: string, session: Pick<Session, 'features'>): boolean {
  const [first = ''] = name;
  return session.features.channelTypes.includes(first) && first !== '' && /^[^\0-\x20,:\x7f]+$/.test(name.slice(1));
}

export function keyOf({ keys }: IrcConfig, session: Pick<Session, 'fold'>, room: string): string | null {
  return Object.entries(keys).find(([name]) => session.fold(name) === session.fold(room))?.[1] ?? null;
}

/** Settles with null at the end of the list of names, or with the line that refuses. */
export function joined(session: Session, room: string): Settle<Line | null> {
  const isRoom = (name: string | undefined): boolean => session.fold(name ?? '') === session.fold(room);
  let isIn = false;
  return (line) => {
    const source = sourceOf(line);
    if (line.command === 'JOIN' && source !== null && session.isSelf(source.nick) && isRoom(line.params[0]))
      isIn = true;
    if (line.command === '366' && isIn && isRoom(line.params[1])) return { value: null };
    const isAbout = line.command === 'FAIL' ? line.params.includes(room) : isRoom(line.params[1]);
    return isRefusal(line) && isAbout ? { value: line } : null;
  };
}
