import type { RoomId } from '../../core/domain/ids.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import type { Acts } from './acts.ts';
import type { Inbox } from './inbox.ts';
import { decodeInteraction } from './interactions.ts';
import type { Knowledge } from './knowledge.ts';
import { isCodeLine, type Messages } from './messages.ts';
import * as packets from './packets.ts';
import { accountOf } from './people.ts';
import type { Reactions } from './reactions.ts';
import type { RoomWatch } from './rooms.ts';

export interface GatewayDeps {
  readonly hub: HubPort;
  readonly knowledge: Knowledge;
  readonly inbox: Inbox;
  readonly messages: Messages;
  readonly reactions: Reactions;
  readonly acts: Acts;
  readonly rooms: RoomWatch;
  /** Says to Discord that an answer will come. */
  readonly acknowledge: (id: string, token: string) => Promise<void>;
  /** More came in the room than could wait: it is fetched once there is time. */
  readonly onBehind: (room: RoomId) => void;
  readonly onServer: (guild: string) => void;
  /** Ids of the only servers to hear; empty: all. */
  readonly guilds: readonly string[];
}

type Handler = (data: unknown, eventId: string) => void;

/** What the gateway tells, each kind to whom it concerns. Never throws: what cannot be read is left out. */
export function createGateway(deps: GatewayDeps): (packet: unknown, session: string) => void {
  const { hub, knowledge, inbox, guilds } = deps;
  const handlers: Readonly<Record<string, Handler>> = {
    ...messageHandlers(deps),
    ...moderationHandlers(deps),
    ...serverHandlers(deps),
  };

  function isServed(data: unknown): boolean {
    if (guilds.length === 0 || typeof data !== 'object' || data === null || !('guild_id' in data)) return true;
    return typeof data.guild_id !== 'string' || guilds.includes(data.guild_id);
  }

  return (packet, session) => {
    const read = packets.dispatch.safeParse(packet);
    if (!read.success) return;
    const { t, s, d } = read.data;
    const handle = Object.hasOwn(handlers, t) ? handlers[t] : undefined;
    if (handle === undefined || !isServed(d)) return;
    try {
      // A replay after a resume bears the same number.
      handle(d, `${session} ${s ?? 'none'}`);
    } catch (error) {
      hub.log.warn({ packet: t, failure: error instanceof Error ? error.name : '' }, 'odd packet passed over');
    }
  };

  function messageHandlers({ messages, reactions, onBehind }: GatewayDeps): Readonly<Record<string, Handler>> {
    const inRoom = (id: string, task: () => Promise<void>): void => {
      const room = id as RoomId;
      if (knowledge.isLinked(room)) inbox.run(room, task, () => onBehind(room));
    };
    return {
      MESSAGE_CREATE(data) {
        const message = packets.apiMessage.parse(data);
        const room = message.channel_id as RoomId;
        if (message.guild_id == null) inbox.run(room, () => messages.direct(message));
        else if (knowledge.isLinked(room)) inRoom(room, () => messages.post(message));
        else if (isCodeLine(message.content ?? '')) inbox.run(room, () => messages.stray(message));
      },
      MESSAGE_UPDATE(data) {
        const message = packets.apiMessage.parse(data);
        const room = message.channel_id as RoomId;
        if (message.guild_id == null && !knowledge.isLinked(room)) inbox.run(room, () => messages.editDirect(message));
        else inRoom(room, () => messages.edit(message));
      },
      MESSAGE_DELETE(data) {
        const { id, channel_id, guild_id: guild } = packets.messageDelete.parse(data);
        const room = channel_id as RoomId;
        if (guild == null && !knowledge.isLinked(room)) inbox.run(room, () => messages.removeDirect(room, id));
        else inRoom(room, () => messages.remove(room, [id]));
      },
      MESSAGE_DELETE_BULK(data) {
        const { ids, channel_id: room } = packets.messageDeleteBulk.parse(data);
        inRoom(room, () => messages.remove(room as RoomId, ids));
      },
      MESSAGE_REACTION_ADD(data, eventId) {
        const change = packets.reactionChange.parse(data);
        inRoom(change.channel_id, () => reactions.change(change, true, eventId));
      },
      MESSAGE_REACTION_REMOVE(data, eventId) {
        const change = packets.reactionChange.parse(data);
        inRoom(change.channel_id, () => reactions.change(change, false, eventId));
      },
      MESSAGE_REACTION_REMOVE_ALL(data, eventId) {
        const gone = packets.reactionsGone.parse(data);
        inRoom(gone.channel_id, () => reactions.clear({ ...gone, emoji: null }, eventId));
      },
      MESSAGE_REACTION_REMOVE_EMOJI(data, eventId) {
        const gone = packets.reactionsGone.parse(data);
        inRoom(gone.channel_id, () => reactions.clear(gone, eventId));
      },
      TYPING_START(data) {
        const typing = packets.typingStart.parse(data);
        const user = typing.member?.user;
        if (typing.user_id === knowledge.botId || !user || user.bot === true) return;
        const by = { ...accountOf(user, typing.member, typing.guild_id ?? null), avatarUrl: null };
        const room = typing.channel_id as RoomId;
        if (knowledge.isLinked(room))
          inbox.run(`typing ${room}`, async () => void (await inbox.deliver({ kind: 'typing', room, by, on: true })));
      },
    };
  }

  function moderationHandlers({ acts, acknowledge }: GatewayDeps): Readonly<Record<string, Handler>> {
    const inServer = (guild: string, task: () => Promise<void>): void => inbox.run(`server ${guild}`, task);
    return {
      GUILD_AUDIT_LOG_ENTRY_CREATE(data) {
        const entry = packets.auditEntry.parse(data);
        inServer(entry.guild_id, () => acts.audit(entry));
      },
      GUILD_MEMBER_UPDATE(data, eventId) {
        const member = packets.memberChange.parse(data);
        // The client's memory still holds what was before.
        const before = knowledge.known(member.user.id, member.guild_id);
        inServer(member.guild_id, () => acts.member(member, eventId));
        if (before !== null) inServer(member.guild_id, () => acts.profile(before, member));
        if (member.user.id === knowledge.botId)
          inServer(member.guild_id, async () => deps.rooms.lookAll(member.guild_id));
      },
      GUILD_BAN_ADD(data, eventId) {
        const ban = packets.banChange.parse(data);
        inServer(ban.guild_id, () => acts.ban(ban, true, eventId));
      },
      GUILD_BAN_REMOVE(data, eventId) {
        const ban = packets.banChange.parse(data);
        inServer(ban.guild_id, () => acts.ban(ban, false, eventId));
      },
      GUILD_MEMBER_ADD(data) {
        const member = packets.banChange.parse(data);
        inServer(member.guild_id, () => acts.membership(member, 'join'));
      },
      GUILD_MEMBER_REMOVE(data) {
        const member = packets.banChange.parse(data);
        inServer(member.guild_id, () => acts.membership(member, 'leave'));
      },
      INTERACTION_CREATE(data) {
        const asked = packets.interaction.parse(data);
        const inbound = decodeInteraction(asked, hub.commands);
        if (inbound === null) return;
        inbox.run(`interaction ${asked.id}`, async () => {
          await acknowledge(asked.id, asked.token);
          await inbox.deliver(inbound);
        });
      },
    };
  }

  /** The client's own memory follows right after this: what is read of it is read a moment later. */
  function serverHandlers({ rooms, onServer }: GatewayDeps): Readonly<Record<string, Handler>> {
    const lookLater = (guild: string | null): void =>
      inbox.run(`server ${guild ?? 'any'}`, async () => rooms.lookAll(guild));
    const changed: Handler = (data) => {
      const { id, guild_id: guild = null } = packets.channelChange.parse(data);
      if (knowledge.isLinked(id as RoomId)) lookLater(guild);
    };
    const gone: Handler = (data) => {
      const room = packets.channelChange.parse(data).id as RoomId;
      if (knowledge.isLinked(room)) inbox.run(room, async () => rooms.gone(room));
    };
    const rolesChanged: Handler = (data) => lookLater(packets.roleChange.parse(data).guild_id);
    return {
      CHANNEL_CREATE: changed,
      CHANNEL_UPDATE: changed,
      THREAD_UPDATE: changed,
      CHANNEL_DELETE: gone,
      THREAD_DELETE: gone,
      GUILD_ROLE_CREATE: rolesChanged,
      GUILD_ROLE_UPDATE: rolesChanged,
      GUILD_ROLE_DELETE: rolesChanged,
      GUILD_CREATE(data) {
        const { id } = packets.guildChange.parse(data);
        lookLater(id);
        onServer(id);
      },
      GUILD_DELETE(data) {
        const { unavailable } = packets.guildChange.parse(data);
        // An outage of Discord's ends by itself; a server that the bot was thrown out of does not.
        if (unavailable !== true) lookLater(null);
      },
    };
  }
}
