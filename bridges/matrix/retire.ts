import type { Retire } from '../../core/plugin/index.ts';
import type { Client } from './client.ts';
import { bag, bagOf, text } from './event.ts';
import { isCode, toBridgeError } from './failures.ts';
import { ghostOf, txnOf } from './names.ts';
import { redact } from './sending.ts';
import type { Session } from './session.ts';

/** Of one room: names and pictures that a ghost has had there, in pages. */
const MOST_PAGES = 5;
const PAGE = 100;

/**
 * A ghost without name and picture, in no room. The account stays, for a homeserver gives an id to nobody twice: whoever
 * comes back needs it.
 */
export function createRetire(session: () => Session) {
  return async ({ key, platform }: Retire, signal: AbortSignal): Promise<undefined> => {
    const here = session();
    const { client, config, ghosts, directs } = here;
    const ghost = ghostOf({ kind: 'user', name: '', avatarUrl: null, key, platform }, config);
    try {
      if (await isThere(ghost, client, signal)) {
        for (const room of await roomsOf(ghost, client, signal)) {
          await takeNamesOut(ghost, room, here, signal);
          await ghosts.leave(ghost, room, signal);
          await directs.forget(room, ghost);
          await forget(ghost, room, client, signal);
        }
        await ghosts.unname(ghost, signal);
      }
    } catch (error) {
      throw toBridgeError(error);
    }
    return undefined;
  };
}

/** The homeserver lets us act as nobody who has no account. */
async function isThere(ghost: string, client: Client, signal: AbortSignal): Promise<boolean> {
  try {
    await client.call('GET', '/v3/account/whoami', { as: ghost }, signal);
    return true;
  } catch (error) {
    if (isCode(error, 'M_FORBIDDEN', 'M_NOT_FOUND', 'M_UNKNOWN')) return false;
    throw error;
  }
}

async function roomsOf(ghost: string, client: Client, signal: AbortSignal): Promise<readonly string[]> {
  const answer = bagOf(await client.call('GET', '/v3/joined_rooms', { as: ghost }, signal));
  const rooms: readonly unknown[] = Array.isArray(answer.joined_rooms) ? answer.joined_rooms : [];
  return rooms.filter((room) => typeof room === 'string');
}

/** The history of a room keeps what everybody in it was called. */
async function takeNamesOut(ghost: string, room: string, session: Session, signal: AbortSignal): Promise<void> {
  const { client } = session;
  const path = `/v3/rooms/${encodeURIComponent(room)}`;
  const filter = JSON.stringify({ types: ['m.room.member'], senders: [ghost] });
  let from: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query = { dir: 'b', limit: PAGE, filter, ...(from !== null && { from }) };
    const answer = bagOf(await client.call('GET', `${path}/messages`, { as: ghost, query }, signal));
    const events: readonly unknown[] = Array.isArray(answer.chunk) ? answer.chunk : [];
    for (const id of events.flatMap((event) => namingOf(event, ghost))) {
      await redact({ room, id, sender: ghost, txn: txnOf('retire', id), reason: null }, session, signal).catch(
        passOver,
      );
    }
    from = text(answer, 'end');
    if (from === null || events.length === 0) return;
  }
}

/** The event, where it tells of a name or picture of the ghost. */
function namingOf(event: unknown, ghost: string): readonly string[] {
  const one = bagOf(event);
  const content = bag(one, 'content');
  const id = text(one, 'event_id');
  const names = (text(content, 'displayname') ?? '') + (text(content, 'avatar_url') ?? '');
  return id === null || text(one, 'state_key') !== ghost || names === '' ? [] : [id];
}

async function forget(ghost: string, room: string, client: Client, signal: AbortSignal): Promise<void> {
  try {
    await client.call('POST', `/v3/rooms/${encodeURIComponent(room)}/forget`, { as: ghost }, signal);
  } catch (error) {
    passOver(error);
  }
}

/** What a room does not let us do is left as it is. */
function passOver(error: unknown): void {
  if (!isCode(error, 'M_FORBIDDEN', 'M_UNKNOWN', 'M_NOT_FOUND')) throw error;
}
