import type { AccountId, InboundAccount, RoomId } from 'slipmat-hub/plugin';
import type { Features } from './features.ts';
import type { Source } from './line.ts';

/**
 * Somebody on the network as seen now.
 * `account`: the name they are signed in by at the network's services; null when they are not, or nobody said.
 */
export interface Person {
  readonly nick: string;
  readonly user: string | null;
  readonly host: string | null;
  readonly account: string | null;
  readonly isBot: boolean;
}

/** Who is in which room, and with what rank. */
export interface People {
  find(nick: string): Person | null;
  /** What a line says of its source, together with what was known. `account` undefined: the line does not say. */
  see(source: Source, account: string | null | undefined, isBot: boolean): Person;
  change(nick: string, to: Partial<Person>): void;
  rename(from: string, to: string): void;
  enter(room: RoomId, nick: string, modes?: string): void;
  leave(room: RoomId, nick: string): void;
  /** @returns the rooms that they were in */
  quit(nick: string): readonly RoomId[];
  empty(room: RoomId): void;
  /** The room has another name. */
  move(from: RoomId, to: RoomId): void;
  roomsOf(nick: string): readonly RoomId[];
  inRoom(room: RoomId): readonly Person[];
  /** Mode letters of their ranks; null when they are not there. */
  modes(room: RoomId, nick: string): string | null;
  setMode(room: RoomId, nick: string, mode: string, on: boolean): void;
  /** Those with this account who can be seen. */
  withAccount(account: AccountId): readonly Person[];
  /** Letters and digits that make up the nicks of the others in a room, to be broken in what is said there. */
  nickCores(room: RoomId): ReadonlySet<string>;
}

/** Names mean something on their own network alone. */
export interface Naming {
  readonly network: string;
  fold(name: string): string;
}

/**
 * Who somebody is, for the hub, which may be linked with several networks. IRC has one thing that is proved and stays: the account at the network's services.
 * Who has none is told by user and host as the network shows them, for nicks are free for anyone to take.
 */
export function accountIdOf(person: Person, naming: Naming): AccountId {
  return `${naming.network}/${nameOf(person, naming)}` as AccountId;
}

function nameOf({ account, nick, user, host }: Person, { fold }: Naming): string {
  if (account !== null) return `account/${fold(account)}`;
  return host === null ? `nick/${fold(nick)}` : `host/${user ?? ''}@${host.toLowerCase()}`;
}

export function inboundAccount(person: Person, naming: Naming): InboundAccount {
  return {
    id: accountIdOf(person, naming),
    name: person.nick,
    avatarUrl: null,
    isBot: person.isBot,
    ...(person.account === null && { isProved: false }),
  };
}

/** @param on what the network says of itself, and how we are called, as it is at each call */
export function createPeople(on: {
  readonly network: string;
  readonly features: Features;
  readonly self: { readonly nick: string };
}): People {
  const people = new Map<string, Person>();
  const rooms = new Map<RoomId, Map<string, string>>();
  const cores = new Map<RoomId, ReadonlySet<string>>();
  const { network } = on;
  const fold = (name: string): string => on.features.fold(name);

  const known = (nick: string): Person =>
    people.get(fold(nick)) ?? { nick, user: null, host: null, account: null, isBot: false };

  /** Only those in a room of ours are kept, so that the map is bounded by them. */
  function forgetUnseen(key: string): void {
    for (const members of rooms.values()) if (members.has(key)) return;
    people.delete(key);
  }

  function removeFrom(room: RoomId, key: string): boolean {
    cores.delete(room);
    return rooms.get(room)?.delete(key) ?? false;
  }

  return {
    find: (nick) => people.get(fold(nick)) ?? null,
    see(source, account, isBot) {
      const before = known(source.nick);
      const person = {
        nick: source.nick,
        user: source.user ?? before.user,
        host: source.host ?? before.host,
        account: account === undefined ? before.account : account,
        isBot: before.isBot || isBot,
      };
      if (people.has(fold(source.nick))) people.set(fold(source.nick), person);
      return person;
    },
    change(nick, to) {
      const before = people.get(fold(nick));
      if (before !== undefined) people.set(fold(nick), { ...before, ...to });
    },
    rename(from, to) {
      const before = people.get(fold(from));
      people.delete(fold(from));
      if (before !== undefined) people.set(fold(to), { ...before, nick: to });
      for (const [room, members] of rooms) {
        const modes = members.get(fold(from));
        if (modes === undefined) continue;
        removeFrom(room, fold(from));
        members.set(fold(to), modes);
      }
    },
    enter(room, nick, modes = '') {
      const members = rooms.get(room) ?? new Map<string, string>();
      rooms.set(room, members.set(fold(nick), modes));
      people.set(fold(nick), known(nick));
      cores.delete(room);
    },
    leave(room, nick) {
      removeFrom(room, fold(nick));
      forgetUnseen(fold(nick));
    },
    quit(nick) {
      const left = [...rooms.keys()].filter((room) => removeFrom(room, fold(nick)));
      people.delete(fold(nick));
      return left;
    },
    empty(room) {
      const members = rooms.get(room);
      rooms.delete(room);
      cores.delete(room);
      for (const key of members?.keys() ?? []) forgetUnseen(key);
    },
    move(from, to) {
      rooms.set(to, rooms.get(from) ?? new Map());
      rooms.delete(from);
      cores.delete(from);
    },
    roomsOf: (nick) => [...rooms].flatMap(([room, members]) => (members.has(fold(nick)) ? [room] : [])),
    inRoom: (room) => [...(rooms.get(room)?.keys() ?? [])].flatMap((key) => people.get(key) ?? []),
    modes: (room, nick) => rooms.get(room)?.get(fold(nick)) ?? null,
    setMode(room, nick, mode, on) {
      const members = rooms.get(room);
      const modes = members?.get(fold(nick));
      if (members === undefined || modes === undefined) return;
      const rest = modes.replaceAll(mode, '');
      members.set(fold(nick), on ? rest + mode : rest);
    },
    withAccount: (account) =>
      [...people.values()].filter((person) => accountIdOf(person, { network, fold }) === account),
    nickCores(room) {
      const kept = cores.get(room);
      if (kept !== undefined) return kept;
      const others = [...(rooms.get(room)?.keys() ?? [])].filter((nick) => nick !== fold(on.self.nick));
      const made = new Set(others.flatMap((nick) => coreOf(nick)));
      cores.set(room, made);
      return made;
    },
  };
}

/** The longest run of letters and digits; one character alone cannot be broken. */
function coreOf(nick: string): readonly string[] {
  const runs = nick.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return [...runs].sort((a, b) => b.length - a.length).slice(0, 1);
}
