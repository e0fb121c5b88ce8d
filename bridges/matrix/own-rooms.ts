import type { ChannelId, RoomId } from '../../core/domain/ids.ts';
import { createSerialByKey, type EnsureRoom, type HubPort, type PublicChannel } from '../../core/plugin/index.ts';
import type { Client } from './client.ts';
import type { MatrixConfig } from './config.ts';
import { bagOf, text } from './event.ts';
import { isCode } from './failures.ts';
import { createKept } from './kept.ts';
import type { Media } from './media.ts';
import { channelAlias, localpartIn, spaceAlias } from './names.ts';

/** A space of the hub, with a room for each public channel. */
export interface OwnRooms {
  /** Knows again which rooms were made before. */
  load(): Promise<void>;
  /** Makes what is missing, and names what was renamed. One that fails holds up no other. Never rejects. */
  settle(signal: AbortSignal): Promise<void>;
  /** The room of this channel, made if there is none; null: there is no such channel, or it has no room here. */
  roomOf(channel: string, signal: AbortSignal): Promise<string | null>;
  /** @returns the room behind the alias, made if there is none. @throws {Refusal | NoAnswer} */
  ensure(wish: EnsureRoom, signal: AbortSignal): Promise<RoomId>;
  /** Whether this room was made for a channel. */
  isOwn(room: string): boolean;
}

/** What a room was made as, so that it is named anew only when that changes. */
interface Made {
  readonly room: string;
  readonly name: string;
  readonly topic: string;
  /** It was linked once: whoever unlinks it does so for good. */
  readonly isLinked: boolean;
  /** As the hub calls it; empty: none. */
  readonly picture: string;
}

const SHARDS = 8;
const MOST_EACH = 100;

export function createOwnRooms(
  config: MatrixConfig,
  client: Client,
  hub: HubPort,
  media: Pick<Media, 'upload'>,
): OwnRooms {
  const made = createKept(hub.state, 'rooms', SHARDS, MOST_EACH);
  const own = new Set<string>();
  const making = createSerialByKey<string>(1_000);
  let space: string | null = null;

  /**
   * Made first and looked for then: a homeserver that is asked for an alias it does not know asks us for it, and whoever
   * made it meanwhile would wait for himself.
   */
  async function create(alias: string, body: object, signal: AbortSignal): Promise<string> {
    const asked = { room_alias_name: localpartIn(alias), preset: 'public_chat', ...body };
    try {
      return roomIn(await client.call('POST', '/v3/createRoom', { body: asked }, signal));
    } catch (error) {
      if (!isCode(error, 'M_ROOM_IN_USE')) throw error;
      return roomIn(await client.call('GET', `/v3/directory/room/${encodeURIComponent(alias)}`, {}, signal));
    }
  }

  async function ensureSpace(signal: AbortSignal): Promise<string> {
    if (space !== null) return space;
    const body = {
      name: config.spaceName,
      visibility: 'public',
      creation_content: { type: 'm.space', 'm.federate': true },
      initial_state: [readableBy('world_readable')],
      power_level_content_override: { events_default: 100, invite: 50 },
    };
    space = await create(spaceAlias(config), body, signal);
    return space;
  }

  async function ensureChannel(channel: PublicChannel, signal: AbortSignal): Promise<string> {
    const { id, name, topic } = channel;
    const before = parseMade(await made.get(id));
    const parent = await ensureSpace(signal);
    const room = before?.room ?? (await makeRoom(channel, parent, signal));
    own.add(room);
    if (before !== null && name !== before.name) await put(room, 'm.room.name', '', { name }, signal);
    if (before !== null && topic !== before.topic) await put(room, 'm.room.topic', '', { topic }, signal);
    const isLinked =
      before?.isLinked === true || (await hub.channels?.link(id, room as RoomId, config.backfill)) === true;
    const now = { room, name, topic, isLinked, picture: before?.picture ?? '' };
    if (before === null || kept(now) !== kept(before)) await made.set(id, kept(now));
    await show(id, now, channel.picture ?? '', signal);
    return room;
  }

  /** Last of all, so that a picture which cannot be sent keeps nobody from talking. */
  async function show(id: ChannelId, now: Made, picture: string, signal: AbortSignal): Promise<void> {
    if (picture === now.picture) return;
    const url = picture === '' ? '' : await media.upload({ url: picture, type: '', name: 'picture' }, signal);
    // the hub has it no more, or it is larger than the homeserver takes
    if (url === null) return;
    await put(now.room, 'm.room.avatar', '', url === '' ? {} : { url }, signal);
    await made.set(id, kept({ ...now, picture }));
  }

  async function makeRoom({ id, name, topic }: PublicChannel, parent: string, signal: AbortSignal): Promise<string> {
    const via = { via: [config.serverName] };
    const body = {
      name,
      ...(topic !== '' && { topic }),
      visibility: 'public',
      initial_state: [
        readableBy('world_readable'),
        { type: 'm.space.parent', state_key: parent, content: { ...via, canonical: true } },
      ],
      power_level_content_override: { invite: 0, notifications: { room: 50 } },
    };
    const room = await create(channelAlias(id, config), body, signal);
    await put(parent, 'm.space.child', room, { ...via, suggested: true }, signal);
    return room;
  }

  function put(room: string, type: string, key: string, content: object, signal: AbortSignal): Promise<unknown> {
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/${type}/${encodeURIComponent(key)}`;
    return client.call('PUT', path, { body: content }, signal);
  }

  return {
    isOwn: (room) => own.has(room),
    async load() {
      for (const { id } of hub.channels?.list() ?? []) {
        const before = parseMade(await made.get(id));
        if (before !== null) own.add(before.room);
      }
    },
    async settle(signal) {
      for (const channel of hub.channels?.list() ?? []) {
        if (signal.aborted) return;
        try {
          await making.run(channel.id, () => ensureChannel(channel, signal));
        } catch (error) {
          const say = error instanceof Error ? error.message : '';
          hub.log.warn({ channel: channel.id, say }, 'a channel has no room on Matrix yet; tried again');
        }
      }
    },
    async roomOf(id, signal) {
      const channel = hub.channels?.list().find((one) => one.id === (id as ChannelId));
      return channel === undefined ? null : making.run(channel.id, () => ensureChannel(channel, signal));
    },
    ensure: (wish, signal) =>
      making.run(wish.alias, async () => {
        const body = {
          name: wish.name,
          ...(wish.topic !== '' && { topic: wish.topic }),
          preset: wish.isPublic ? 'public_chat' : 'private_chat',
          initial_state: [readableBy(wish.isPublic ? 'world_readable' : 'shared')],
        };
        return (await create(channelAlias(wish.alias, config), body, signal)) as RoomId;
      }),
  };
}

function roomIn(answer: unknown): string {
  const room = text(bagOf(answer), 'room_id');
  if (room === null) throw new Error('the homeserver names no room');
  return room;
}

/** Who comes later reads what was said before. */
function readableBy(history_visibility: 'world_readable' | 'shared'): object {
  return { type: 'm.room.history_visibility', state_key: '', content: { history_visibility } };
}

function parseMade(json: string | undefined): Made | null {
  if (json === undefined) return null;
  const read: unknown = JSON.parse(json);
  const [room, name, topic, isLinked, picture]: readonly unknown[] = Array.isArray(read) ? read : [];
  if (typeof room !== 'string' || typeof name !== 'string' || typeof topic !== 'string') return null;
  return { room, name, topic, isLinked: isLinked === true, picture: typeof picture === 'string' ? picture : '' };
}

function kept({ room, name, topic, isLinked, picture }: Made): string {
  return JSON.stringify([room, name, topic, isLinked, picture]);
}
