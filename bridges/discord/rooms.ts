import type { RoomId } from '../../core/domain/ids.ts';
import { BridgeError, type HubPort } from '../../core/plugin/index.ts';
import type { Inbox } from './inbox.ts';
import type { Knowledge } from './knowledge.ts';
import { maySend, type Place, RIGHTS } from './place.ts';

/** How the linked rooms are, told to the hub whenever it changes. */
export interface RoomWatch {
  /** Looks at one room: its name, and what the bot may do there. */
  look(room: RoomId): void;
  /** The same for every linked room of a server; null: of all servers. */
  lookAll(guild: string | null): void;
  /** The room is gone for good. */
  gone(room: RoomId): void;
  forget(room: RoomId): void;
}

interface Seen {
  readonly name: string;
  readonly rights: string;
}

export function createRoomWatch(hub: HubPort, knowledge: Knowledge, inbox: Pick<Inbox, 'deliver' | 'run'>): RoomWatch {
  const seen = new Map<RoomId, Seen | null>();

  function tell(room: RoomId, place: Place): void {
    const before = seen.get(room) ?? null;
    const rights = `${[...place.rights].join(' ')}${place.isHidden ? ' hidden' : ''}`;
    const now = { name: place.name, rights };
    seen.set(room, now);
    if (before !== null && before.name !== now.name) {
      inbox.run(room, async () => void (await inbox.deliver({ kind: 'room-renamed', room, name: now.name })));
    }
    if (before !== null && before.rights !== now.rights) {
      inbox.run(room, async () => void (await inbox.deliver({ kind: 'rights-changed', room })));
    }
    if (before === null || before.rights !== now.rights) report(room, place);
  }

  function report(room: RoomId, place: Place): void {
    const lacking = lackingFor(place);
    if (lacking.length > 0) hub.log.warn({ room, lacking }, 'the bot may not do all it needs');
    if (!place.rights.has('webhooks') && !maySend(place)) failed(room, CANNOT_SEND);
    else hub.status(room, { kind: 'live' });
  }

  function failed(room: RoomId, say: string): void {
    seen.set(room, null);
    const { failure } = new BridgeError(say, { kind: 'permanent', scope: 'portal' });
    hub.status(room, { kind: 'failed', failure, say });
  }

  function look(room: RoomId): void {
    const place = knowledge.place(room);
    if (place !== null) tell(room, place);
    else if (seen.get(room) !== null || !seen.has(room)) failed(room, UNSEEN);
  }

  return {
    look,
    lookAll(guild) {
      for (const { room } of hub.rooms.list()) {
        const where = knowledge.place(room)?.guild ?? null;
        if (guild === null || where === null || where === guild) look(room);
      }
    },
    gone: (room) => failed(room, 'The channel was deleted on Discord.'),
    forget: (room) => void seen.delete(room),
  };
}

const UNSEEN = 'The bot is not in that server, or may not see the channel (bridges/discord/README.md#invite).';
const CANNOT_SEND =
  'The bot may neither manage webhooks nor send messages there (bridges/discord/README.md#permissions).';

const NEEDED = ['send', 'history', 'webhooks', 'manage', 'react'] as const;

/** What the bot lacks there, as Discord's settings call it. */
export function lackingFor({ rights }: Pick<Place, 'rights'>): readonly string[] {
  return NEEDED.filter((name) => !rights.has(name)).map((name) => RIGHTS[name].name);
}
