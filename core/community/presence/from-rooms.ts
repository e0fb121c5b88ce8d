import type { Clock } from '../../async/clock.ts';
import { userIdOf } from '../../async/mint.ts';
import type { ChannelId, MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { InboundAccount } from '../../domain/inbound.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import { cleanName } from '../../pipeline/normalize.ts';
import type { PeopleInRooms, ReadInRoom } from '../../pipeline/people-in-rooms.ts';
import type { ReadMarkers } from '../reading/markers.ts';
import type { HubPresence } from './presence.ts';
import type { TypingDesk } from './typing.ts';

/** What is read in rooms within this time is looked up together: many read the same message. */
const GATHER_MS = 2_000;
/** People whose reading waits to be looked up; more are left out. */
const MOST_WAITING = 5_000;

export interface FromRoomsDeps {
  readonly presence: Pick<HubPresence, 'acted' | 'there'>;
  readonly typing: Pick<TypingDesk, 'heard'>;
  readonly markers: Pick<ReadMarkers, 'mark'>;
  /** Null: there is no such message in the channel. */
  readonly seqOf: (channel: ChannelId, message: MessageId) => Promise<Seq | null>;
  readonly isOptedOut: (user: UserId) => boolean;
  readonly clock: Pick<Clock, 'after'>;
  readonly logger: Logger;
}

interface Read {
  readonly user: UserId;
  readonly find: ReadInRoom['find'];
  readonly ref: string;
}

/** What people do in rooms besides writing. Whoever keeps to themselves is not followed there. */
export function createFromRooms(deps: FromRoomsDeps): PeopleInRooms & { stop(): Promise<void> } {
  const { presence, typing, markers, clock, logger } = deps;
  let waiting = new Map<string, Read>();
  let cancel: (() => void) | null = null;
  let looking: Promise<void> = Promise.resolve();

  /** Null: a program, or somebody who keeps to themselves. */
  function somebody(platform: string, { id, name, isBot }: InboundAccount) {
    const user = userIdOf(platform, id);
    return isBot || deps.isOptedOut(user) ? null : { user, name: cleanName(name), platform };
  }

  async function look(): Promise<void> {
    const reads = [...waiting.values()];
    waiting = new Map();
    const found = new Map<string, { readonly channel: ChannelId; readonly seq: Seq } | null>();
    for (const { user, ref, find } of reads) {
      if (!found.has(ref)) found.set(ref, await placeOf(find));
      const at = found.get(ref) ?? null;
      if (at !== null) markers.mark(user, at.channel, at.seq);
    }
  }

  async function placeOf(find: Read['find']): Promise<{ readonly channel: ChannelId; readonly seq: Seq } | null> {
    try {
      const message = await find();
      const seq = message === null ? null : await deps.seqOf(message.channel, message.id);
      return message === null || seq === null ? null : { channel: message.channel, seq };
    } catch (error) {
      logger.warn({ err: error }, 'what was read in a room could not be looked up');
      return null;
    }
  }

  return {
    acted(platform, channel, by) {
      const person = somebody(platform, by);
      if (person !== null) presence.acted(channel, person);
    },
    there(platform, { channel, bridge }: Portal, account, isThere) {
      const person = somebody(platform, account);
      if (person !== null) presence.there(channel, bridge, person, isThere);
    },
    typing(platform, { channel, bridge, room }: Portal, by, on) {
      const person = somebody(platform, by);
      if (person !== null) typing.heard({ channel, ...person, avatarUrl: by.avatarUrl, on }, { bridge, room });
    },
    read(platform, { room, bridge }: Portal, { by, ref, find }) {
      const person = somebody(platform, by);
      const key = `${person?.user} ${bridge} ${room}`;
      if (person === null || (waiting.size >= MOST_WAITING && !waiting.has(key))) return;
      waiting.set(key, { user: person.user, find, ref: JSON.stringify([bridge, ref]) });
      cancel ??= clock.after(GATHER_MS, () => {
        cancel = null;
        looking = looking.then(look);
      });
    },
    async stop() {
      cancel?.();
      await looking;
    },
  };
}
