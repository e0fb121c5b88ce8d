import { createSerialByKey, type HubPort, type Speaker } from '../../core/plugin/index.ts';
import { createAtMost } from './at-most.ts';
import type { Client } from './client.ts';
import type { MatrixConfig } from './config.ts';
import { bag, bagOf } from './event.ts';
import { isCode } from './failures.ts';
import { createKept } from './kept.ts';
import type { Media } from './media.ts';
import { botOf, ghostOf, isGhost, localpartIn } from './names.ts';

type Person = Extract<Speaker, { kind: 'user' }>;

/** Accounts under which people from elsewhere are seen. */
export interface Ghosts {
  /** Registered, under its present name and picture, and in the room. @returns its user id. @throws {Refusal | NoAnswer} */
  enter(person: Person, room: string, signal: AbortSignal): Promise<string>;
  /** Registered and under its present name. @returns its user id */
  ensure(person: Person, signal: AbortSignal): Promise<string>;
  /** @throws {Refusal | NoAnswer} */
  join(user: string, room: string, signal: AbortSignal): Promise<void>;
  /** Whether it has an account, as far as is remembered. */
  isKnown(person: Person): Promise<boolean>;
  /** Follows an invitation, also as somebody who has said nothing yet. @throws {Refusal | NoAnswer} */
  come(user: string, room: string, signal: AbortSignal): Promise<void>;
  /** Takes it out of a room. One that cannot go is left there; never rejects. */
  leave(user: string, room: string, signal: AbortSignal): Promise<void>;
  /** Takes all of them out of a room, as long as it is not linked again. Never rejects. */
  leaveAll(room: string, isWanted: () => boolean, signal: AbortSignal): Promise<void>;
  /** Its name and picture go, and what is remembered of them. @throws {Refusal | NoAnswer} */
  unname(user: string, signal: AbortSignal): Promise<void>;
  /** It is in that room no more, as far as is known. */
  left(user: string, room: string): void;
}

/** Ghosts whose names are known to be right: shards of so many. */
const SHARDS = 64;
const MOST_EACH = 200;
const MOST_JOINED = 20_000;
const PACE = 'joins';

/** What the homeserver was last told of a ghost. */
interface Told {
  readonly name: string;
  /** As the hub names the picture; empty: none. */
  readonly avatar: string;
}

export function createGhosts(config: MatrixConfig, client: Client, media: Media, hub: HubPort): Ghosts {
  const told = createKept(hub.state, 'ghosts', SHARDS, MOST_EACH);
  const joined = createAtMost<true>(MOST_JOINED);
  /** One at a time: each costs the homeserver more than a message, and rooms are told of it. */
  const pace = createSerialByKey<typeof PACE>(5_000);

  const asOf = (user: string) => (user === botOf(config) ? {} : { as: user });

  async function register(user: string, signal: AbortSignal): Promise<void> {
    const body = { type: 'm.login.application_service', username: localpartIn(user), inhibit_login: true };
    try {
      await client.call('POST', '/v3/register', { body, query: { kind: 'user' } }, signal);
    } catch (error) {
      if (!isCode(error, 'M_USER_IN_USE')) throw error;
    }
  }

  async function rename(user: string, person: Person, before: Told | null, signal: AbortSignal): Promise<void> {
    const { name } = person;
    const avatar = person.avatar === undefined ? (before?.avatar ?? '') : (person.avatar ?? '');
    const profile = `/v3/profile/${encodeURIComponent(user)}`;
    if (name !== before?.name) {
      await client.call('PUT', `${profile}/displayname`, { as: user, body: { displayname: name } }, signal);
    }
    if (avatar !== (before?.avatar ?? '')) {
      await client.call(
        'PUT',
        `${profile}/avatar_url`,
        { as: user, body: { avatar_url: await mxcOf(avatar, signal) } },
        signal,
      );
    }
    await told.set(user, JSON.stringify([name, avatar]));
  }

  /** A picture that cannot be had is none: nobody waits for it. */
  async function mxcOf(avatar: string, signal: AbortSignal): Promise<string> {
    if (avatar === '') return '';
    try {
      return (await media.upload({ url: avatar, type: '', name: 'avatar' }, signal)) ?? '';
    } catch (error) {
      hub.log.info({ say: error instanceof Error ? error.message : '' }, 'the picture of a person was not taken');
      return '';
    }
  }

  async function ensure(person: Person, signal: AbortSignal): Promise<string> {
    const user = ghostOf(person, config);
    const before = parseTold(await told.get(user));
    if (before !== null && isShown(person, before)) return user;
    await pace.run(PACE, async () => {
      if (before === null) await register(user, signal);
      await rename(user, person, before, signal);
    });
    return user;
  }

  async function join(user: string, room: string, signal: AbortSignal): Promise<void> {
    const key = `${user} ${room}`;
    if (joined.get(key) === true) return;
    await pace.run(PACE, () => joinOrBeInvited(user, room, signal));
    joined.set(key, true);
  }

  async function joinOrBeInvited(user: string, room: string, signal: AbortSignal): Promise<void> {
    const path = `/v3/rooms/${encodeURIComponent(room)}`;
    try {
      await client.call('POST', `${path}/join`, { as: user }, signal);
    } catch (error) {
      if (!isCode(error, 'M_FORBIDDEN')) throw error;
      // a homeserver that was set up anew knows it no more
      await register(user, signal);
      await client.call('POST', `${path}/invite`, { body: { user_id: user } }, signal);
      await client.call('POST', `${path}/join`, { as: user }, signal);
    }
  }

  async function leave(user: string, room: string, signal: AbortSignal): Promise<void> {
    joined.delete(`${user} ${room}`);
    const go = () => client.call('POST', `/v3/rooms/${encodeURIComponent(room)}/leave`, asOf(user), signal);
    try {
      await go().catch(async (error: unknown) => {
        if (!isCode(error, 'M_FORBIDDEN') || user === botOf(config)) throw error;
        await register(user, signal);
        await go();
      });
    } catch (error) {
      hub.log.info({ room, say: error instanceof Error ? error.message : '' }, 'a room could not be left');
    }
  }

  async function leaveAll(room: string, isWanted: () => boolean, signal: AbortSignal): Promise<void> {
    try {
      const path = `/v3/rooms/${encodeURIComponent(room)}/joined_members`;
      const members = Object.keys(bag(bagOf(await client.call('GET', path, {}, signal)), 'joined'));
      for (const user of members.filter((one) => isGhost(one, config))) {
        if (signal.aborted || isWanted()) return;
        await pace.run(PACE, () => leave(user, room, signal));
      }
    } catch (error) {
      hub.log.info(
        { room, say: error instanceof Error ? error.message : '' },
        'ghosts stay in a room that is linked no more',
      );
    }
  }

  return {
    ensure,
    join,
    async enter(person, room, signal) {
      const user = await ensure(person, signal);
      await join(user, room, signal);
      return user;
    },
    isKnown: async (person) => (await told.get(ghostOf(person, config))) !== undefined,
    async come(user, room, signal) {
      const path = `/v3/rooms/${encodeURIComponent(room)}/join`;
      const join = () => client.call('POST', path, asOf(user), signal);
      try {
        await join();
      } catch (error) {
        // the homeserver lets people write to anybody, and asks nobody whether they are there
        if (user === botOf(config) || !isCode(error, 'M_FORBIDDEN')) throw error;
        await register(user, signal);
        await join();
      }
    },
    leave,
    leaveAll,
    unname: (user, signal) =>
      pace.run(PACE, async () => {
        const profile = `/v3/profile/${encodeURIComponent(user)}`;
        await client.call('PUT', `${profile}/displayname`, { as: user, body: { displayname: '' } }, signal);
        await client.call('PUT', `${profile}/avatar_url`, { as: user, body: { avatar_url: '' } }, signal);
        await told.delete(user);
      }),
    left: (user, room) => joined.delete(`${user} ${room}`),
  };
}

/** An unknown picture (of somebody who reacts) says nothing against the known one. */
function isShown({ name, avatar }: Person, before: Told): boolean {
  return name === before.name && (avatar === undefined || (avatar ?? '') === before.avatar);
}

function parseTold(json: string | undefined): Told | null {
  if (json === undefined) return null;
  const read: unknown = JSON.parse(json);
  const [name, avatar]: readonly unknown[] = Array.isArray(read) ? read : [];
  return typeof name === 'string' && typeof avatar === 'string' ? { name, avatar } : null;
}
