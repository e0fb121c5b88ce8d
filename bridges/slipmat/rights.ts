import type { UserId } from '../../core/domain/ids.ts';
import type { Answer, ListedChannel, RightsChange, SurfacePort } from '../../core/plugin/surface.ts';
import type { Connection } from './connection.ts';
import { encodeFrame } from './encode.ts';
import { CLOSE } from './limits.ts';
import { digestOfList } from './list-digest.ts';
import type { Person } from './reader.ts';
import type { Readers } from './readers.ts';
import { sayError } from './say.ts';

interface Loaded {
  readonly list: Answer<{ readonly channels: readonly ListedChannel[] }>;
  readonly bytes: Buffer;
  readonly digest: string;
}
type Lists = Map<string, Promise<Loaded>>;
/** Connections looked at in one turn of the loop. */
const PER_TURN = 100;

const NO_LONGER = 'You may no longer read this channel.';

/** Sessions and tokens also end by themselves, and nobody tells of that. */
const ALL_AGAIN_MS = 10 * 60_000;

/** Looks again at whom a change concerns: who is signed out, who may no longer read what, whose list is another. */
export interface RightsWatch {
  changed(change: RightsChange): void;
  /** Resolves when no round is running. */
  stop(): Promise<void>;
}

export function createRightsWatch(
  port: SurfacePort,
  readers: Readers,
  connections: ReadonlySet<Connection>,
): RightsWatch {
  let due = new Set<UserId>();
  let areListsDue = false;
  let areAllDue = false;
  let isStopped = false;
  let running: Promise<void> | null = null;

  async function rounds(): Promise<void> {
    while ((due.size > 0 || areListsDue || areAllDue) && !isStopped) {
      const now = { users: due, lists: areListsDue, all: areAllDue };
      due = new Set();
      areListsDue = false;
      areAllDue = false;
      const lists: Lists = new Map();
      let count = 0;
      for (const connection of [...connections]) {
        if (isStopped) return;
        const isDue = now.all || isOneOf(connection, now.users);
        if (!isDue && !now.lists) continue;
        await lookAt(connection, lists, isDue).catch((error: unknown) => {
          port.log.error({ err: error }, 'rights of a connection could not be looked at again');
        });
        count += 1;
        if (count % PER_TURN === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
  }

  async function lookAt(connection: Connection, lists: Lists, isDue: boolean): Promise<void> {
    const { person } = connection;
    if (person === null || !connection.isOpen) return;
    const current = isDue ? await stillIn(connection, person) : person;
    if (current === null) return;
    const { list, bytes, digest } = await listFor(current, lists);
    if (!list.ok || connection.person !== current) return;
    const readable = new Map(list.value.channels.map((channel) => [channel.id, channel]));
    for (const [channel, reader] of [...connection.joined]) {
      const here = readable.get(channel);
      if (here !== undefined) {
        reader.mayPost = here.mayPost;
        continue;
      }
      readers.leave(connection, channel);
      connection.send({ type: 'removed', channel, say: NO_LONGER });
    }
    if (connection.listDigest === null || connection.listDigest === digest) return;
    connection.listDigest = digest;
    connection.write(bytes);
  }

  /** @returns null when the connection was closed */
  async function stillIn(connection: Connection, person: Person): Promise<Person | null> {
    if (person.token === null || person.actor.isGuest) return person;
    const verified = await port.verify(person.token);
    if (connection.person !== person) return null;
    if (!verified.ok) {
      if (verified.code === 'unavailable' || verified.code === 'rate-limited') return person;
      sayError(connection, null, verified.code, verified.say);
      connection.end(CLOSE.signedOut, 'Signed out.');
      return null;
    }
    const { actor, isAdmin } = verified;
    if (isAdmin === person.isAdmin && JSON.stringify(actor) === JSON.stringify(person.actor)) return person;
    if (actor.user !== person.actor.user) {
      connection.end(CLOSE.signedOut, 'Signed in as somebody else.');
      return null;
    }
    connection.person = { actor, isAdmin, token: person.token };
    return connection.person;
  }

  /** One list for all connections of a person by the same token, and one for all guests: they have the same rights. */
  function listFor({ actor }: Person, lists: Lists): Promise<Loaded> {
    const key = actor.isGuest ? 'guests' : `${actor.user} ${actor.grant?.token ?? ''}`;
    const known = lists.get(key) ?? load(actor);
    lists.set(key, known);
    return known;
  }

  async function load(actor: Person['actor']): Promise<Loaded> {
    const list = await port.ask(actor, 'channels', {});
    const channels = list.ok ? [...list.value.channels] : [];
    return { list, bytes: encodeFrame({ type: 'channels', id: null, channels }), digest: digestOfList(channels) };
  }

  /** At once, for what is stored after the change comes next. What is public stays so, and is looked at in its turn. */
  function closeDoors(change: RightsChange): void {
    for (const connection of connections) {
      const { person } = connection;
      if (person === null || connection.joined.size === 0) continue;
      if (!change.isForAll && !change.users.has(person.actor.user)) continue;
      for (const reader of [...connection.joined.values()]) {
        const isOpen = !reader.isClosed && person.actor.grant === undefined;
        if (isOpen || port.mayRead(person.actor, reader.channel)) continue;
        readers.leave(connection, reader.channel);
        connection.send({ type: 'removed', channel: reader.channel, say: NO_LONGER });
      }
    }
  }

  function run(): void {
    if (isStopped) return;
    running ??= rounds().finally(() => {
      running = null;
    });
  }
  const stopLooking = port.clock.every(ALL_AGAIN_MS, () => {
    areAllDue = true;
    run();
  });

  return {
    changed(change) {
      const { users, isForAll } = change;
      closeDoors(change);
      for (const user of users) due.add(user);
      areListsDue ||= isForAll;
      run();
    },
    async stop() {
      isStopped = true;
      stopLooking();
      await running;
    },
  };
}

function isOneOf({ person }: Connection, users: ReadonlySet<UserId>): boolean {
  return person !== null && users.has(person.actor.user);
}
