import type { AccountId } from '../../core/domain/ids.ts';
import { type HubPort, type InboundAccount, withDeadline } from '../../core/plugin/index.ts';
import { createAtMost } from './at-most.ts';
import type { Client } from './client.ts';
import { type Bag, bagOf, type RoomEvent, text } from './event.ts';
import type { Media } from './media.ts';
import { localpartIn } from './names.ts';

/** What people are called in a room: events do not say it. */
export interface People {
  /** Never rejects. @param as who of ours is in that room; absent: the bot */
  accountOf(room: string, user: string, signal: AbortSignal, as?: string | null): Promise<InboundAccount>;
  /** A member event tells of a name. */
  note(event: RoomEvent): void;
}

interface Shown {
  readonly name: string | null;
  readonly mxc: string | null;
}

const MOST = 5_000;
const WAIT_MS = 3_000;

export function createPeople(client: Client, media: Media, hub: HubPort): People {
  const known = createAtMost<Shown>(MOST);

  async function ask(room: string, user: string, signal: AbortSignal, as: string | null): Promise<Shown> {
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(user)}`;
    try {
      const member = await withDeadline(hub.clock, WAIT_MS, signal, (own) =>
        client.call('GET', path, as === null ? {} : { as }, own),
      );
      const shown = shownIn(bagOf(member));
      known.set(keyOf(room, user), shown);
      return shown;
    } catch (error) {
      hub.log.debug(
        { say: error instanceof Error ? error.message : '' },
        'the name of a person could not be asked for',
      );
      return { name: null, mxc: null };
    }
  }

  return {
    async accountOf(room, user, signal, as = null) {
      const { name, mxc } = known.get(keyOf(room, user)) ?? (await ask(room, user, signal, as));
      const avatarUrl = mxc === null ? null : await media.picture(mxc);
      return { id: user as AccountId, name: name ?? localpartIn(user), avatarUrl, isBot: false };
    },
    note({ room, stateKey, content }) {
      if (stateKey !== null && text(content, 'membership') === 'join')
        known.set(keyOf(room, stateKey), shownIn(content));
    },
  };
}

function keyOf(room: string, user: string): string {
  return `${room} ${user}`;
}

function shownIn(member: Bag): Shown {
  const name = text(member, 'displayname')?.trim() ?? '';
  return { name: name === '' ? null : name, mxc: text(member, 'avatar_url') };
}
