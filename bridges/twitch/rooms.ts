import { z } from 'zod';
import type { RoomId } from '../../core/domain/ids.ts';
import type { HubPort } from '../../core/plugin/hub-port.ts';
import type { Helix, TwitchUser } from './helix.ts';

/** What the bot may do in a channel. */
export interface Rights {
  /** The broadcaster too. */
  readonly isMod: boolean;
  readonly isVip: boolean;
}

/** One Twitch channel. */
export interface TwitchRoom {
  /** As the hub names it: the numeric id of the broadcaster, or the login by which the configuration names it. */
  readonly key: RoomId;
  /** The broadcaster. */
  readonly id: string;
  readonly login: string;
}

/** What a look at Twitch has changed. */
export interface RoomChanges {
  readonly entered: readonly TwitchRoom[];
  readonly left: readonly TwitchRoom[];
  /** With the login they have now. */
  readonly renamed: readonly TwitchRoom[];
  /** Linked, but there is no such channel, or it is linked by another name too. */
  readonly missing: readonly { readonly key: RoomId; readonly say: string }[];
}

/** The channels that the bridge is in, by every name they have. */
export interface Rooms {
  /** Asks Twitch for all that is linked or listed. @throws {BridgeError} */
  refresh(): Promise<RoomChanges>;
  byKey(key: RoomId): TwitchRoom | null;
  byLogin(login: string): TwitchRoom | null;
  all(): readonly TwitchRoom[];
}

const STATE = 'rooms';
const AT_ONCE = 100;

const known = z.record(z.string(), z.object({ id: z.string(), login: z.string() }));
type Known = z.output<typeof known>;

export interface RoomsDeps {
  readonly hub: Pick<HubPort, 'rooms' | 'state' | 'log'>;
  readonly helix: Pick<Helix, 'users'>;
  /** Of the configuration: channels to be in before they are linked. */
  readonly listed: readonly string[];
}

export function createRooms({ hub, helix, listed }: RoomsDeps): Rooms {
  let rooms: readonly TwitchRoom[] = [];

  async function load(): Promise<Known> {
    try {
      const parsed = known.safeParse(JSON.parse((await hub.state.load(STATE)) ?? '{}'));
      return parsed.success ? parsed.data : {};
    } catch (error) {
      hub.log.warn({ say: error instanceof Error ? error.name : '' }, 'names of channels were not kept');
      return {};
    }
  }

  async function ask(queries: readonly Query[]): Promise<readonly TwitchUser[]> {
    const found: TwitchUser[] = [];
    for (let at = 0; at < queries.length; at += AT_ONCE) {
      const some = queries.slice(at, at + AT_ONCE);
      const ids = [...new Set(some.flatMap((one) => ('id' in one ? [one.id] : [])))];
      const logins = [...new Set(some.flatMap((one) => ('login' in one ? [one.login] : [])))];
      found.push(...(await helix.users({ ids, logins })));
    }
    return found;
  }

  async function refresh(): Promise<RoomChanges> {
    const before = rooms;
    const kept = await load();
    const linked = hub.rooms.list().map(({ room }) => room);
    const wanted = [...new Set([...linked, ...listed])];
    // a name that was resolved once stands for that account, whatever it is called now
    const queries = wanted.map((name): Query => {
      const id = kept[name]?.id;
      return id === undefined ? queryOf(name) : { id };
    });
    const users = await ask(queries);
    const found: TwitchRoom[] = [];
    const missing: { readonly key: RoomId; readonly say: string }[] = [];
    for (const [at, name] of wanted.entries()) {
      const user = userOf(users, queries[at]);
      const isLinked = at < new Set(linked).size;
      const twin = user === null ? null : found.find(({ id }) => id === user.id);
      if (user !== null && twin === undefined) {
        found.push({ key: (isLinked ? name : user.id) as RoomId, id: user.id, login: user.login });
      } else if (isLinked) {
        missing.push({ key: name as RoomId, say: sayOf(name, user) });
      } else if (user === null) {
        hub.log.warn({ channel: name }, 'no such Twitch channel');
      }
    }
    rooms = found;
    await save(kept, found).catch((error: unknown) => {
      hub.log.warn({ say: error instanceof Error ? error.name : '' }, 'names of channels not stored');
    });
    return { ...changes(before, found, kept), missing };
  }

  async function save(kept: Known, found: readonly TwitchRoom[]): Promise<void> {
    const next: Known = Object.fromEntries(found.map(({ key, id, login }) => [key, { id, login }]));
    if (JSON.stringify(next) === JSON.stringify(kept)) return;
    // a channel that is gone for now keeps its id, for a link that is still there
    const linked = new Set<string>(hub.rooms.list().map(({ room }) => room));
    const gone = Object.entries(kept).filter(([key]) => linked.has(key));
    await hub.state.save(STATE, JSON.stringify({ ...Object.fromEntries(gone), ...next }));
  }

  return {
    refresh,
    byKey: (key) => rooms.find((one) => one.key === key) ?? null,
    byLogin: (login) => rooms.find((one) => one.login === login) ?? null,
    all: () => rooms,
  };
}

type Query = { readonly id: string } | { readonly login: string };

/** Digits alone are an id; a login of digits is written with `#` before it. */
export function queryOf(name: string): Query {
  if (/^\d+$/.test(name)) return { id: name };
  return { login: name.replace(/^[#@]/, '').toLowerCase() };
}

function userOf(users: readonly TwitchUser[], query: Query | undefined): TwitchUser | null {
  if (query === undefined) return null;
  return users.find((user) => ('id' in query ? user.id === query.id : user.login === query.login)) ?? null;
}

function sayOf(name: string, user: TwitchUser | null): string {
  return user === null
    ? `there is no Twitch channel "${name}"`
    : `"${name}" is the Twitch channel ${user.login}, which is linked by another name already`;
}

function changes(before: readonly TwitchRoom[], now: readonly TwitchRoom[], kept: Known): Omit<RoomChanges, 'missing'> {
  const isSame = (a: TwitchRoom) => (b: TwitchRoom) => a.id === b.id && a.key === b.key && a.login === b.login;
  return {
    entered: now.filter((room) => !before.some(isSame(room))),
    left: before.filter((room) => !now.some(isSame(room))),
    renamed: now.filter(({ key, login }) => (kept[key]?.login ?? login) !== login),
  };
}
