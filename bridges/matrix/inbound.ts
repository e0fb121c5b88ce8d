import type { AccountId, EpochMs, RoomId, UserId } from '../../core/domain/ids.ts';
import {
  type Content,
  type HubPort,
  type Inbound,
  type InboundAccount,
  type Receipt,
  type RichNode,
  userIdOf,
} from '../../core/plugin/index.ts';
import { type Decoded, decodeEvent, type FileRef, type Said, withName } from './decode.ts';
import type { Names } from './decode-html.ts';
import { bag, bagOf, type RoomEvent, text, texts } from './event.ts';
import { actOf, membersInbound } from './members.ts';
import { channelOfAlias, isGhost, isOurs, keyOfGhost, spaceAlias, txnOf } from './names.ts';
import { createPresences } from './presences.ts';
import { ENCRYPTED } from './room-facts.ts';
import { send } from './sending.ts';
import type { Session } from './session.ts';
import { silencesIn } from './silences.ts';
import type { Listener, Outcome } from './transactions.ts';

/** Who types in each room now, as far as somebody was told of it. */
type Typing = Map<string, readonly string[]>;
const MOST_TYPING = 500;
const NOT_ALONE = 'what is said to me is for one person, and this room is for more: open a room with me alone';

/** What happens in rooms, told to the hub. */
export function createInbound(session: Session, hub: HubPort): Listener {
  const { config, stopping } = session;
  const names = namesOf(session);
  const typing: Typing = new Map();
  const presences = createPresences(session, hub, tell);

  async function tell(inbound: Inbound): Promise<Outcome> {
    return outcomeOf(await hub.receive(inbound));
  }

  async function event(event: RoomEvent): Promise<Outcome> {
    const changed = session.rooms.note(event);
    if (event.type === 'm.room.member') session.people.note(event);
    const room = event.room as RoomId;
    if (changed === 'name') await tell({ kind: 'room-renamed', room, name: session.rooms.get(room)?.name ?? '' });
    if (changed === 'rights') await tell({ kind: 'rights-changed', room });
    if (event.type === 'm.room.encryption') await closed(event, changed === 'encrypted');
    if (isOurs(event.sender, config)) return 'done';
    switch (event.type) {
      case 'm.room.member':
        return member(event);
      case 'm.room.power_levels':
        return silenced(event);
      case 'm.room.tombstone':
        return moved(event);
      default: {
        const decoded = decodeEvent(event, names);
        return decoded === null ? 'done' : said(event, decoded);
      }
    }
  }

  async function said(event: RoomEvent, decoded: Decoded): Promise<Outcome> {
    const partner = await session.directs.partnerIn(event.room);
    const isHeard = partner !== null || isLinked(event.room);
    // of rooms that are linked with nothing only what could be a command is of interest
    if (!isHeard && decoded.kind !== 'message') return 'done';
    switch (decoded.kind) {
      case 'message':
      case 'edit':
        return message(event, decoded, isHeard, partner);
      case 'reaction':
        return reaction(event, decoded, partner);
      case 'redaction':
        return redaction(event, decoded.id, partner);
      default:
        return decoded satisfies never;
    }
  }

  async function message(event: RoomEvent, said: Said, isHeard: boolean, partner: string | null): Promise<Outcome> {
    const room = event.room as RoomId;
    const at = event.at as EpochMs;
    const by = { ...(await personIn(event, isHeard, partner)), isBot: said.isBot };
    const content = isHeard ? await withFiles(said.content, said.files) : said.content;
    const ref = { room, id: said.id };
    if (said.kind === 'edit') return tell({ kind: 'edit', eventId: event.id, ref, by, content, at });
    const replyTo = said.replyTo === null ? null : { room, id: said.replyTo };
    if (partner !== null) {
      const key = keyOfGhost(partner, config);
      const more = { ...(key !== null && { to: key }), ...(replyTo !== null && { replyTo }) };
      return tell({ kind: 'direct', ref, ...more, by, content, at });
    }
    return tell({ kind: 'message', ref, by, content, replyTo, at });
  }

  async function reaction(
    event: RoomEvent,
    { to, emoji }: Extract<Decoded, { kind: 'reaction' }>,
    partner: string | null,
  ): Promise<Outcome> {
    await session.reactions.remember(event.id, { to, emoji, by: event.sender });
    const by = await personIn(event, true, partner);
    const ref = { room: event.room as RoomId, id: to };
    return tell({ kind: 'reaction', eventId: event.id, ref, by, emoji, on: true, at: event.at as EpochMs });
  }

  /** Of a reaction it is the reaction that ends, of anything else it is the message that goes. */
  async function redaction(event: RoomEvent, id: string, partner: string | null): Promise<Outcome> {
    const room = event.room as RoomId;
    const at = event.at as EpochMs;
    const reacted = await session.reactions.find(id);
    if (reacted !== null) {
      const by = await session.people.accountOf(event.room, reacted.by, stopping, partner);
      const { to, emoji } = reacted;
      return tell({ kind: 'reaction', eventId: event.id, ref: { room, id: to }, by, emoji, on: false, at });
    }
    const by = await personIn(event, true, partner);
    return tell({ kind: 'redaction', eventId: event.id, of: { kind: 'refs', refs: [{ room, id }] }, by, at });
  }

  async function member(event: RoomEvent): Promise<Outcome> {
    const user = event.stateKey ?? '';
    if (isOurs(user, config)) return ours(event, user);
    if (!isLinked(event.room)) {
      if (text(event.content, 'membership') !== 'join') await noLongerAlone(event);
      return 'done';
    }
    await presences.member(event);
    const account = await session.people.accountOf(event.room, user, stopping);
    const by = event.sender === user ? account : await personIn(event, true);
    const inbound = membersInbound(event, account, by);
    return inbound === null ? 'done' : tell(inbound);
  }

  /** Whoever we were alone with is gone, or somebody else is asked in: what is private is said there no more. */
  async function noLongerAlone({ room, content }: RoomEvent): Promise<void> {
    const partner = await session.directs.partnerIn(room);
    if (partner === null) return;
    await session.directs.forget(room);
    if (text(content, 'membership') === 'invite') await sayAndLeave(room, partner, NOT_ALONE);
    else await session.ghosts.leave(partner, room, stopping);
  }

  /** From now on nothing that is said there can be read. */
  async function closed({ room }: RoomEvent, isKnown: boolean): Promise<void> {
    const partner = await session.directs.partnerIn(room);
    if (partner === null && !isKnown && !isLinked(room)) return;
    await session.directs.forget(room);
    await sayAndLeave(room, partner ?? session.bot, ENCRYPTED);
  }

  /** A level below what talking needs is a timeout that somebody has to lift. */
  async function silenced(event: RoomEvent): Promise<Outcome> {
    if (!isLinked(event.room)) return 'done';
    const creators = session.rooms.get(event.room)?.power.creators ?? [];
    const by = await personIn(event, true);
    for (const { user, isSilent } of silencesIn(event, creators)) {
      if (user === session.bot) continue;
      if (!isSilent) await session.mutes.clear(event.room, user);
      const act = { eventId: `${event.id} ${user}`, act: isSilent ? 'timeout' : 'lift', reason: null } as const;
      const outcome = await sanctioned(event, user, by, act);
      if (outcome !== 'done') return outcome;
    }
    return 'done';
  }

  /** What is done to a ghost is meant for its person. */
  async function sanctioned(
    { room, at }: RoomEvent,
    user: string,
    by: InboundAccount,
    act: Pick<Extract<Inbound, { kind: 'sanction' }>, 'eventId' | 'act' | 'reason'>,
  ): Promise<Outcome> {
    const key = keyOfGhost(user, config);
    if (key === null && isGhost(user, config)) return 'done';
    const account = await session.people.accountOf(room, user, stopping);
    const whom = { account, ...(key !== null && { ghostOf: key }) };
    return tell({ kind: 'sanction', room: room as RoomId, ...whom, by, until: null, at: at as EpochMs, ...act });
  }

  /** The bot or a ghost is asked in, or put out. */
  async function ours(event: RoomEvent, user: string): Promise<Outcome> {
    switch (text(event.content, 'membership')) {
      case 'invite':
        return invited(event, user);
      case 'leave':
      case 'ban':
        session.ghosts.left(user, event.room);
        if (user !== session.bot && isLinked(event.room)) return putOut(event, user);
        if ((await session.directs.partnerIn(event.room)) === user) await session.directs.forget(event.room);
        if (user === session.bot && isLinked(event.room)) {
          const say = 'the bot was put out of this room; invite it again';
          hub.status(event.room as RoomId, { kind: 'failed', failure: { kind: 'permanent', scope: 'portal' }, say });
        }
        return 'done';
      default:
        return 'done';
    }
  }

  /** A ghost that is put out comes back when its person speaks again; one that is banned does not. */
  async function putOut(event: RoomEvent, user: string): Promise<Outcome> {
    const act = actOf(event);
    if (act === null) return 'done';
    const reason = text(event.content, 'reason');
    return sanctioned(event, user, await personIn(event, true), { eventId: event.id, act, reason });
  }

  async function invited(event: RoomEvent, user: string): Promise<Outcome> {
    const isDirect = event.content.is_direct === true;
    if (!isDirect && isGhost(user, config)) {
      await session.ghosts.leave(user, event.room, stopping);
      return 'done';
    }
    await session.ghosts.come(user, event.room, stopping);
    if (await isEncrypted(event.room, user === session.bot ? {} : { as: user })) {
      await sayAndLeave(event.room, user, ENCRYPTED);
      return 'done';
    }
    if (isDirect) {
      await session.directs.remember(event.room, user, event.sender);
      return 'done';
    }
    const room = event.room as RoomId;
    const { name } = await session.rooms.look(room, stopping);
    hub.status(room, { kind: 'live' });
    return tell({ kind: 'invitation', room, name: name ?? '', by: await personIn(event, true) });
  }

  async function isEncrypted(room: string, as: { readonly as?: string }): Promise<boolean> {
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.encryption/`;
    return session.client.call('GET', path, as, stopping).then(
      () => true,
      () => false,
    );
  }

  /** Says why, and goes. */
  async function sayAndLeave(room: string, user: string, why: string): Promise<void> {
    const content = { msgtype: 'm.notice', body: `I cannot stay: ${why}.`, 'm.mentions': {} };
    const notice = { room, sender: user, type: 'm.room.message', content, txn: txnOf('leave', `${room} ${user}`) };
    try {
      await send({ ...notice, at: null }, session, stopping);
    } catch (error) {
      hub.log.warn({ room, say: error instanceof Error ? error.message : '' }, 'why it is left could not be said');
    }
    await session.ghosts.leave(user, room, stopping);
  }

  /** The room was upgraded: the new one takes its place. */
  async function moved({ room, content }: RoomEvent): Promise<Outcome> {
    const to = text(content, 'replacement_room');
    if (to === null || !isLinked(room)) return 'done';
    try {
      await session.client.call(
        'POST',
        `/v3/join/${encodeURIComponent(to)}`,
        { query: { via: config.serverName } },
        stopping,
      );
      await session.rooms.look(to, stopping);
    } catch (error) {
      hub.log.warn({ room, say: error instanceof Error ? error.message : '' }, 'the new room cannot be joined');
      return 'done';
    }
    return tell({ kind: 'room-moved', from: room as RoomId, to: to as RoomId });
  }

  /** Of rooms of no concern nothing more is asked of the homeserver. */
  async function personIn(
    { room, sender }: RoomEvent,
    isHeard: boolean,
    partner: string | null = null,
  ): Promise<InboundAccount> {
    if (isHeard) return session.people.accountOf(room, sender, stopping, partner);
    return { id: sender as AccountId, name: sender, avatarUrl: null, isBot: false };
  }

  async function withFiles(content: Content, files: readonly FileRef[]): Promise<Content> {
    const found = await Promise.all(files.map((file) => session.media.fetch(file, stopping)));
    const attachments = found.filter((one) => typeof one !== 'string');
    const missing = found.filter((one) => typeof one === 'string');
    return { rich: missing.reduce(withName, content.rich), attachments };
  }

  function isLinked(room: string): boolean {
    return hub.rooms.list().some((one) => one.room === room);
  }

  async function typed(room: string, content: unknown): Promise<void> {
    const now = texts(bagOf(content), 'user_ids').filter((user) => !isOurs(user, config));
    const before = typing.get(room) ?? [];
    if (now.length === 0) typing.delete(room);
    else if (typing.size < MOST_TYPING || typing.has(room)) typing.set(room, now);
    const turns = [
      ...now.filter((user) => !before.includes(user)).map((user) => [user, true] as const),
      ...before.filter((user) => !now.includes(user)).map((user) => [user, false] as const),
    ];
    for (const [user, on] of turns) {
      const by = await session.people.accountOf(room, user, stopping);
      await tell({ kind: 'typing', room: room as RoomId, by, on });
    }
  }

  async function read(room: string, content: unknown): Promise<void> {
    for (const [id, receipts] of Object.entries(bagOf(content))) {
      for (const [user, receipt] of Object.entries(bag(bagOf(receipts), 'm.read'))) {
        if (isOurs(user, config)) continue;
        const by = await session.people.accountOf(room, user, stopping);
        const at = (typeof bagOf(receipt).ts === 'number' ? bagOf(receipt).ts : hub.clock.now()) as EpochMs;
        await tell({ kind: 'read', by, upTo: { room: room as RoomId, id }, at });
      }
    }
  }

  return {
    event,
    async signal(room, type, content) {
      if (!isLinked(room)) return;
      if (type === 'm.typing') await typed(room, content);
      if (type === 'm.receipt') await read(room, content);
    },
    presence: presences.heard,
    async alias(alias) {
      if (hub.channels === null) return false;
      if (alias === spaceAlias(config)) {
        await session.ownRooms.settle(stopping);
        return true;
      }
      const channel = channelOfAlias(alias, config);
      return channel !== null && (await session.ownRooms.roomOf(channel, stopping)) !== null;
    },
  };
}

/** Links to people and rooms within a text. A ghost stands for its person. */
function namesOf({ config }: Session): Names {
  return {
    linked(target, shown): RichNode | null {
      const name = shown.replace(/^[@#]/, '') || target;
      if (target.startsWith('@')) {
        const key = keyOfGhost(target, config);
        const user = key === null ? userIdOf('matrix', target as AccountId) : (key as UserId);
        return { t: 'mention', user: isGhost(target, config) && key === null ? null : user, name };
      }
      const channel = channelOfAlias(target, config);
      return channel === null ? null : { t: 'channel', channel: channel as never, name };
    },
  };
}

function outcomeOf(receipt: Receipt): Outcome {
  switch (receipt.kind) {
    case 'accepted':
    case 'duplicate':
    case 'held':
    case 'unchanged':
      return 'done';
    case 'refused':
      if (receipt.code === 'archive-behind') return 'away';
      return receipt.code === 'unavailable' ? 'again' : 'done';
    case 'stopping':
      return 'away';
    default:
      return receipt satisfies never;
  }
}
