import type { Clock } from '../async/clock.ts';
import { stepKey, userIdOf } from '../async/mint.ts';
import { createSerialByKey } from '../async/serial-by-key.ts';
import { type Attachment, assertNever, type Content, plainText } from '../domain/content.ts';
import type { BridgeId, ChannelId, EpochMs, MessageId, PortalId, RoomId, UserId } from '../domain/ids.ts';
import type {
  Actor,
  Inbound,
  InboundAccount,
  InboundCommand,
  InboundMessage,
  Request,
  Stamped,
} from '../domain/inbound.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Leg, Portal } from '../domain/portal.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import { type Asked, MOVED } from './address.ts';
import { createInPrivate, type InPrivateDeps } from './in-private.ts';
import { createTakeSignal, type PeopleInRooms } from './people-in-rooms.ts';
import type { Recent } from './recent.ts';
import { createRemovals, type RemovalDeps } from './removals.ts';
import type { Given, RoomCommands } from './room-commands.ts';

export interface ReceiveDeps {
  /** The link of this room, paused or not, whichever way it goes; null: none. */
  readonly linked: (bridge: BridgeId, room: RoomId) => Portal | null;
  readonly recent: Recent;
  /** Messages too old to be at hand, by the key of their step; their author where it is needed. */
  readonly archived: (key: string) => Promise<MessageId | null>;
  /** Every channel that this portal has to do with, one where it follows no event. */
  readonly legs: (portal: PortalId) => readonly Leg[];
  /** The channel that the portal is at by all that was read of the log. */
  readonly channelNow: (portal: Portal) => ChannelId;
  /** The channel of a message, however old. */
  readonly channelOf: (portal: Portal, message: MessageId) => Promise<ChannelId | null>;
  /** The message that a native id in this room is a copy of, by leg. */
  readonly copyOf: (leg: PortalId, ref: RemoteRef) => Promise<MessageId | null>;
  readonly forget: RemovalDeps['forget'];
  readonly originated: RemovalDeps['originated'];
  readonly route: (asked: Asked) => Promise<Receipt>;
  readonly commands: RoomCommands;
  /** A button of the hub was pressed; it is answered by itself. */
  readonly pressed: (stamped: Stamped, said: Extract<Inbound, { kind: 'choice' }>) => void;
  /** Somebody comes into a room or writes there: the rules of its channel may have to be shown. */
  readonly came: (came: Came) => void;
  /** Whether this reaction is on a line of the hub by which something is agreed to. */
  readonly agreed: (stamped: Stamped, said: Extract<Inbound, { kind: 'reaction' }>) => Promise<boolean>;
  /** Whether a bot carries back what we said: it is left out. */
  readonly isRepeat: (portal: Portal, said: InboundMessage) => boolean;
  /** A line for readers of the channel; more than a room may have of them are dropped. */
  readonly notice: (portal: Portal, code: string, say: string, key: string) => Promise<Receipt>;
  readonly rooms: {
    moved(bridge: BridgeId, from: RoomId, to: RoomId): Promise<void>;
    renamed(bridge: BridgeId, room: RoomId, name: string): Promise<void>;
    /** What people may do or read in it has changed. */
    rightsChanged(bridge: BridgeId, room: RoomId): void;
  };
  /** What people do in rooms besides writing. */
  readonly people: PeopleInRooms;
  /** Somebody does something on a platform. */
  readonly seen: (platform: string, by: InboundAccount) => void;
  readonly sanctioned: (stamped: Stamped, said: Extract<Inbound, { kind: 'sanction' }>) => Promise<Receipt>;
  /** What is said to the bot or to somebody's ghost alone. */
  readonly directs: Pick<InPrivateDeps, 'channelsOf' | 'placeOf' | 'unaddressed'> & {
    /** @returns null when it is nothing for a conversation */
    take(stamped: Stamped, said: Extract<Inbound, { kind: 'direct' }>): Promise<Receipt | null>;
    /** It leads nowhere: they are told how to write to people. */
    hint(stamped: Stamped, said: Extract<Inbound, { kind: 'direct' }>): Promise<void>;
  };
  /** What a sanctioned person has written is taken away in its room, as far as that may be. */
  readonly holdLine: (portal: Portal, ref: RemoteRef) => void;
  readonly rightsChanged: (bridge: BridgeId) => void;
  /** Of a message that is not taken. */
  readonly dropFiles: (files: readonly Attachment[]) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Somebody came into a linked room, or has written there. */
export interface Came {
  readonly portal: Portal;
  readonly platform: string;
  readonly by: InboundAccount;
  readonly channel: ChannelId;
  /** `held`: what they wrote waits until they accept the rules. */
  readonly how: 'joined' | 'wrote' | 'held';
}

export type { Given, RoomCommands } from './room-commands.ts';

/** A platform may tell again what the log has forgotten: what is older than this is looked up in the archive first. */
const LATE_MS = 10 * 60_000;
/** What took longer than this on its way is judged by when it was said, where the pace of somebody is judged. */
const DELAYED_MS = 5_000;
/** A room moves on while a message of it is stored; hardly twice. */
const MOST_MOVES = 5;
/** What one person may have waiting. */
const MOST_WAITING = 200;

/** By whom and when, by the platform's clock. */
interface Said {
  readonly by: InboundAccount;
  readonly at: EpochMs;
}

/** What bridges report, addressed and sent down the route. A room without portal is nobody's. */
export function createReceive(deps: ReceiveDeps): (stamped: Stamped) => Promise<Receipt> {
  const people = createSerialByKey<UserId>(MOST_WAITING);
  const takeSignal = createTakeSignal({ people: deps.people, inlet, find, channelOf });
  const alone = createInPrivate({ ...deps.directs, recent: deps.recent, route: deps.route });
  const remove = createRemovals({
    ...deps,
    own,
    copyOf,
    channelOf,
    forget: async (portal, ref) => {
      for (const leg of deps.legs(portal)) await deps.forget(leg.id, ref);
    },
  });

  async function find(bridge: BridgeId, portal: Portal, ref: RemoteRef): Promise<MessageId | null> {
    return (await own(bridge, ref)) ?? copyOf(portal.id, ref);
  }

  async function copyOf(portal: PortalId, ref: RemoteRef): Promise<MessageId | null> {
    for (const leg of deps.legs(portal)) {
      const found = await deps.copyOf(leg.id, ref);
      if (found !== null) return found;
    }
    return null;
  }

  /** Where a message of this room is: what was said before the room followed an event is elsewhere. */
  async function channelOf(portal: Portal, id: MessageId): Promise<ChannelId> {
    const legs = deps.legs(portal.id);
    if (legs.length < 2) return portal.channel;
    const found = deps.recent.head(id)?.channel ?? (await deps.channelOf(portal, id));
    return legs.find(({ channel }) => channel === found)?.channel ?? portal.channel;
  }

  /** The portal that takes what is said in this room; null: none, or outward only, or paused. */
  function inlet(bridge: BridgeId, room: RoomId): Portal | null {
    const portal = deps.linked(bridge, room);
    return portal === null || portal.isPaused || portal.direction === 'out' ? null : portal;
  }

  /** The message that first appeared as this ref. */
  async function own(bridge: BridgeId, ref: RemoteRef): Promise<MessageId | null> {
    const key = originKey(bridge, ref);
    return deps.recent.byKey(key) ?? deps.archived(key);
  }

  async function ask(
    stamped: Stamped,
    { by, at }: Said,
    request: Request,
    key: string,
    ref: RemoteRef | null,
    isFromFollower = false,
  ): Promise<Receipt> {
    const actor = actorOf(stamped.platform, by);
    const origin = { bridge: stamped.bridge, ref };
    const again = at < deps.clock.now() - LATE_MS;
    const said = at < deps.clock.now() - DELAYED_MS ? { saidAt: at } : {};
    return deps.route({ actor, request, origin, key, clientKey: null, again, isFromFollower, ...said });
  }

  async function receiveMessage(stamped: Stamped, said: InboundMessage): Promise<Receipt> {
    const { bridge } = stamped;
    const { ref } = said;
    const linked = deps.linked(bridge, ref.room);
    const text = plainText(said.content.rich);
    // bots that answer one another would never end; only a code is never shown, whoever writes it
    const isTyped = said.by.isBot ? deps.commands.isCode(text) : deps.commands.isCommand(text, linked);
    if (isTyped) return receiveTyped(stamped, said, text, linked);
    const portal = inlet(bridge, ref.room);
    if (portal === null) return NO_PORTAL;
    if (deps.isRepeat(portal, said)) return UNCHANGED;
    const replyTo = said.replyTo === null ? null : await find(bridge, portal, said.replyTo);
    let receipt: Receipt = MOVED;
    let channel = portal.channel;
    for (let tries = 0; tries < MOST_MOVES && receipt === MOVED; tries += 1) {
      channel = deps.channelNow(portal);
      const request: Request = { kind: 'message', channel, content: said.content, replyTo };
      receipt = await ask(stamped, said, request, originKey(bridge, ref), ref, portal.follows);
    }
    // what stays where it was written is not kept here either
    if (receipt.kind === 'unchanged') await deps.dropFiles(said.content.attachments);
    if (receipt.kind === 'refused' && receipt.code === 'sanctioned') deps.holdLine(portal, ref);
    if (isDone(receipt)) deps.people.acted(stamped.platform, channel, said.by);
    const how = howCame(receipt);
    if (how !== null && !isLate(said.at)) deps.came({ portal, platform: stamped.platform, by: said.by, channel, how });
    return receipt;
  }

  /** Never stored nor relayed. One that comes late, after an outage, is not what is wanted now. */
  async function receiveTyped(
    { bridge, platform }: Stamped,
    { by, ref, replyTo, at, content }: InboundMessage,
    text: string,
    portal: Portal | null,
  ): Promise<Receipt> {
    if (at < deps.clock.now() - LATE_MS) return UNCHANGED;
    const answered = portal === null || replyTo === null ? null : await find(bridge, portal, replyTo);
    const given = {
      bridge,
      platform,
      room: ref.room,
      portal,
      by,
      said: { text },
      replyTo: answered,
      picked: mentioned(content),
    };
    await deps.commands.take({ ...given, ticket: null, ref, cause: originKey(bridge, ref) });
    return UNCHANGED;
  }

  /** Said to the bot alone. What is said to somebody's ghost is for that person. */
  async function receiveDirect(stamped: Stamped, direct: Extract<Inbound, { kind: 'direct' }>): Promise<Receipt> {
    const taken = await deps.directs.take(stamped, direct);
    if (taken !== null) return taken;
    const { bridge, platform } = stamped;
    const { by, ref, at, content } = direct;
    if (at < deps.clock.now() - LATE_MS) return UNCHANGED;
    const text = plainText(content.rich);
    if (!deps.commands.isDirect(text)) {
      await deps.directs.hint(stamped, direct);
      return UNCHANGED;
    }
    const given = { bridge, platform, room: ref.room, portal: null, by, said: { text }, replyTo: null, picked: null };
    await deps.commands.take({ ...given, isDirect: true, ticket: null, ref, cause: originKey(bridge, ref) });
    return UNCHANGED;
  }

  async function receiveCommand({ bridge, platform }: Stamped, said: InboundCommand): Promise<Receipt> {
    const { by, room, name, text, replyTo, target, ticket } = said;
    const portal = deps.linked(bridge, room);
    const answered = portal === null || replyTo === null ? null : await find(bridge, portal, replyTo);
    const picked = target === null ? null : { user: userIdOf(platform, target.id), name: target.name, platform };
    const words = { name, rest: text.trim() };
    const given = { bridge, platform, room, portal, by, said: words, replyTo: answered, picked };
    await deps.commands.take({ ...given, ticket, ref: null, cause: stepKey('inbound', bridge, said.eventId) });
    return UNCHANGED;
  }

  async function receiveEdit(stamped: Stamped, said: Extract<Inbound, { kind: 'edit' }>): Promise<Receipt> {
    const portal = inlet(stamped.bridge, said.ref.room);
    if (portal === null)
      return deps.linked(stamped.bridge, said.ref.room) === null ? alone.edit(stamped, said) : NO_PORTAL;
    if (deps.commands.isCode(plainText(said.content.rich))) return UNCHANGED;
    const id = await own(stamped.bridge, said.ref);
    if (id === null) return UNKNOWN_MESSAGE;
    const channel = await channelOf(portal, id);
    const request: Request = { kind: 'edit', channel, id, content: said.content };
    return ask(stamped, said, request, stepKey('inbound', stamped.bridge, said.eventId), said.ref);
  }

  /** In a room with one person alone they can take away what is their own. */
  async function receiveRedaction(stamped: Stamped, said: Extract<Inbound, { kind: 'redaction' }>): Promise<Receipt> {
    const [ref] = said.of.kind === 'refs' ? said.of.refs : [];
    const isAlone = ref !== undefined && said.by !== null && deps.linked(stamped.bridge, ref.room) === null;
    return isAlone && said.by !== null ? alone.redaction(stamped, said, said.by, ref) : remove(stamped, said);
  }

  async function receiveNotice({ bridge }: Stamped, said: Extract<Inbound, { kind: 'notice' }>): Promise<Receipt> {
    const portal = inlet(bridge, said.ref.room);
    return portal === null ? NO_PORTAL : deps.notice(portal, said.code, said.text, originKey(bridge, said.ref));
  }

  async function receiveReaction(stamped: Stamped, said: Extract<Inbound, { kind: 'reaction' }>): Promise<Receipt> {
    const portal = inlet(stamped.bridge, said.ref.room);
    const id = portal === null ? null : await find(stamped.bridge, portal, said.ref);
    if (id === null && (await deps.agreed(stamped, said))) return UNCHANGED;
    if (portal === null)
      return deps.linked(stamped.bridge, said.ref.room) === null ? alone.reaction(stamped, said) : NO_PORTAL;
    if (id === null) return UNKNOWN_MESSAGE;
    const channel = await channelOf(portal, id);
    const request: Request = { kind: 'reaction', channel, id, emoji: said.emoji, on: said.on };
    const receipt = await ask(stamped, said, request, stepKey('inbound', stamped.bridge, said.eventId), said.ref);
    if (isDone(receipt)) deps.people.acted(stamped.platform, channel, said.by);
    return receipt;
  }

  function receiveMembership({ bridge, platform }: Stamped, said: Extract<Inbound, { kind: 'membership' }>): Receipt {
    const { account: by, act, at, room, isWide } = said;
    const linked = said.isPresence === true ? inlet(bridge, room) : null;
    if (linked !== null) deps.people.there(platform, linked, by, act === 'join');
    const portal = act === 'join' && isWide !== true && !isLate(at) ? inlet(bridge, room) : null;
    if (portal !== null) deps.came({ portal, platform, by, channel: deps.channelNow(portal), how: 'joined' });
    return UNCHANGED;
  }

  const isLate = (at: EpochMs): boolean => at < deps.clock.now() - LATE_MS;

  /** What one person says is judged in the order in which it came, whatever each part of it has to look up. */
  function inTurn({ platform }: Stamped, by: InboundAccount, task: () => Promise<Receipt>): Promise<Receipt> {
    deps.seen(platform, by);
    return people.run(userIdOf(platform, by.id), task);
  }

  return async (stamped) => {
    const { inbound, bridge } = stamped;
    switch (inbound.kind) {
      case 'message':
        return inTurn(stamped, inbound.by, () => receiveMessage(stamped, inbound));
      case 'edit':
        return inTurn(stamped, inbound.by, () => receiveEdit(stamped, inbound));
      case 'reaction':
        return inTurn(stamped, inbound.by, () => receiveReaction(stamped, inbound));
      case 'command':
        return inTurn(stamped, inbound.by, () => receiveCommand(stamped, inbound));
      case 'redaction':
        return receiveRedaction(stamped, inbound);
      case 'notice':
        return receiveNotice(stamped, inbound);
      case 'room-moved':
        await deps.rooms.moved(bridge, inbound.from, inbound.to);
        return UNCHANGED;
      case 'room-renamed':
        await deps.rooms.renamed(bridge, inbound.room, inbound.name);
        return UNCHANGED;
      case 'sanction':
        if (inbound.by !== null) deps.seen(stamped.platform, inbound.by);
        // a ghost is nobody of its own
        if (inbound.ghostOf !== undefined) return deps.sanctioned(stamped, inbound);
        return inTurn(stamped, inbound.account, () => deps.sanctioned(stamped, inbound));
      case 'rights-changed':
        deps.rightsChanged(bridge);
        deps.rooms.rightsChanged(bridge, inbound.room);
        return UNCHANGED;
      case 'direct':
        return inTurn(stamped, inbound.by, () => receiveDirect(stamped, inbound));
      case 'choice':
        deps.seen(stamped.platform, inbound.by);
        deps.pressed(stamped, inbound);
        return UNCHANGED;
      case 'membership':
        return receiveMembership(stamped, inbound);
      case 'typing':
      case 'read':
        takeSignal(stamped, inbound);
        return UNCHANGED;
      case 'profile':
      case 'invitation':
        return UNCHANGED;
      default:
        return assertNever(inbound);
    }
  };
}

/** Whether it took effect, or waits. */
function isDone({ kind }: Receipt): boolean {
  return kind === 'accepted' || kind === 'held';
}

const UNCHANGED: Receipt = { kind: 'unchanged', id: null, seq: null };
const NO_PORTAL = refused('not-found', 'This room is linked with no channel.');
const UNKNOWN_MESSAGE = refused('not-found', 'The hub does not know this message.');

/** Null: what they wrote was turned down. */
function howCame(receipt: Receipt): Came['how'] | null {
  switch (receipt.kind) {
    case 'held':
      return receipt.because === undefined ? 'wrote' : 'held';
    case 'accepted':
      return 'wrote';
    case 'refused':
      return receipt.code === 'house-rules' ? 'held' : null;
    case 'duplicate':
    case 'unchanged':
    case 'stopping':
      return null;
  }
}

/** Whoever is spoken of right after the command. */
function mentioned({ rich }: Content): Given['picked'] {
  const [before, after] = rich;
  const isAfterCommand = before?.t === 'text' && /^\s*\S+\s+$/u.test(before.text);
  if (!isAfterCommand || after?.t !== 'mention' || after.user === null) return null;
  return { user: after.user, name: after.name, platform: null };
}

/** The key of the step that brought a message in: unique per place on a platform, for ever. */
function originKey(bridge: BridgeId, ref: RemoteRef): string {
  return stepKey('inbound', bridge, ref.room, ref.id);
}

function actorOf(platform: string, by: InboundAccount): Actor {
  const user = userIdOf(platform, by.id);
  return { user, name: by.name, platform, avatarUrl: by.avatarUrl, isGuest: false, isBot: by.isBot };
}
