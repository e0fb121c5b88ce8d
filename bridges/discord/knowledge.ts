import type { Client } from 'discord.js';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import { type HubPort, userIdOf } from '../../core/plugin/index.ts';
import type { Api } from './api.ts';
import { apiUser, directChannel } from './packets.ts';
import { accountOf } from './people.ts';
import { type Place, placeOf } from './place.ts';
import type { Named } from './tags.ts';

export const PLATFORM = 'discord';

/** What the bridge knows of servers, channels and people: the client's memory, and Discord itself where that is short. */
export interface Knowledge {
  readonly botId: string;
  readonly applicationId: string;
  place(room: RoomId): Place | null;
  /** Rooms with a portal in this server. */
  linkedIn(guild: string): readonly RoomId[];
  isLinked(room: RoomId): boolean;
  named(guild: string | null): Named;
  /** The custom emoji of this name in the server, as it is written in a text or (bare) in an address. */
  emoji(guild: string, name: string): { readonly written: string; readonly bare: string } | null;
  /** Somebody as the server shows them, from memory; null where they are not in it. */
  known(id: string, guild: string | null): InboundAccount | null;
  /** Somebody of whom only the id is at hand. Never rejects. */
  account(id: string, guild: string | null): Promise<InboundAccount>;
  /** Whom the bot talks to in this room alone; null: it is no such room, or cannot be told. Never rejects. */
  partner(room: RoomId): Promise<InboundAccount | null>;
}

/** @param guilds ids of the only servers that are served; empty: all */
export function createKnowledge(client: Client<true>, hub: HubPort, api: Api, guilds: readonly string[]): Knowledge {
  const linked = (room: RoomId) => hub.rooms.list().find((one) => one.room === room) ?? null;

  function place(room: RoomId): Place | null {
    const found = placeOf(client, room);
    return found === null || guilds.length === 0 || guilds.includes(found.guild) ? found : null;
  }

  function known(id: string, guild: string | null): InboundAccount | null {
    const member = guild === null ? undefined : client.guilds.cache.get(guild)?.members.cache.get(id);
    const user = member?.user ?? client.users.cache.get(id);
    if (user === undefined) return null;
    const { username, globalName, avatar, bot } = user;
    const own = member === undefined ? null : { nick: member.nickname, avatar: member.avatar };
    return accountOf({ id, username, global_name: globalName, avatar, bot }, own, guild);
  }

  return {
    botId: client.user.id,
    applicationId: client.application.id,
    place,
    known,
    linkedIn: (guild) => hub.rooms.list().flatMap(({ room }) => (place(room)?.guild === guild ? [room] : [])),
    isLinked: (room) => linked(room) !== null,
    named: (guild) => ({
      user: (id) => ({
        name: known(id, guild)?.name ?? 'somebody',
        user: userIdOf(PLATFORM, id as AccountId),
      }),
      role: (id) => (guild === null ? null : (client.guilds.cache.get(guild)?.roles.cache.get(id)?.name ?? null)),
      channel(id) {
        const channel = client.channels.cache.get(id);
        if (channel === undefined || channel.isDMBased()) return null;
        return { name: channel.name, channel: linked(channel.id as RoomId)?.channel ?? null };
      },
    }),
    emoji(guild, name) {
      const found = client.guilds.cache.get(guild)?.emojis.cache.find((one) => one.name === name && one.available);
      if (found === undefined) return null;
      const sign = found.animated ? 'a' : '';
      return { written: `<${sign}:${found.name}:${found.id}>`, bare: `${found.name}:${found.id}` };
    },
    async account(id, guild) {
      const cached = known(id, guild);
      if (cached !== null) return cached;
      try {
        return accountOf(apiUser.parse(await api.ask('get', `/users/${id}`)), null, guild);
      } catch (error) {
        hub.log.debug({ failure: error instanceof Error ? error.name : '' }, 'an account could not be looked up');
        return { id: id as AccountId, name: 'somebody', avatarUrl: null, isBot: false };
      }
    },
    async partner(room) {
      try {
        const [user, ...more] = directChannel.parse(await api.ask('get', `/channels/${room}`)).recipients;
        return user === undefined || more.length > 0 ? null : accountOf(user, null, null);
      } catch (error) {
        hub.log.debug({ failure: error instanceof Error ? error.name : '' }, 'who is talked to could not be looked up');
        return null;
      }
    },
  };
}
