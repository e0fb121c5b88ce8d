import type { Clock } from '../async/clock.ts';
import { stepKey, userIdOf } from '../async/mint.ts';
import { assertNever } from '../domain/content.ts';
import type { BridgeId, ChannelId, EpochMs, MessageId, PortalId, RoomId } from '../domain/ids.ts';
import type { Actor, Inbound, InboundAccount, Request, Stamped } from '../domain/inbound.ts';
import type { RemoteRef } from '../domain/message.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import type { Asked } from './address.ts';
import type { Recent } from './recent.ts';

/** A link of a channel with a room, as far as the way in needs it. */
export interface Inlet {
  readonly portal: PortalId;
  readonly channel: ChannelId;
}

export interface ReceiveDeps {
  /** The portal that takes what is said in this room; null: none, or outward only. */
  readonly inlet: (bridge: BridgeId, room: RoomId) => Inlet | null;
  readonly recent: Recent;
  /** Messages too old to be at hand, by the key of their step; their author where it is needed. */
  readonly archived: (key: string) => Promise<MessageId | null>;
  /** The message that a native id in this room is our copy of. */
  readonly copyOf: (portal: PortalId, ref: RemoteRef) => Promise<MessageId | null>;
  readonly route: (asked: Asked) => Promise<Receipt>;
  readonly clock: Pick<Clock, 'now'>;
}

/** A platform may tell again what the log has forgotten: what is older than this is looked up in the archive first. */
const LATE_MS = 10 * 60_000;

/** By whom and when, by the platform's clock. */
interface Said {
  readonly by: InboundAccount;
  readonly at: EpochMs;
}

/** What bridges report, addressed and sent down the route. A room without portal is nobody's. */
export function createReceive(deps: ReceiveDeps): (stamped: Stamped) => Promise<Receipt> {
  async function find(bridge: BridgeId, inlet: Inlet, ref: RemoteRef): Promise<MessageId | null> {
    return (await own(bridge, ref)) ?? deps.copyOf(inlet.portal, ref);
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
  ): Promise<Receipt> {
    const actor = actorOf(stamped.platform, by);
    const origin = { bridge: stamped.bridge, ref };
    const again = at < deps.clock.now() - LATE_MS;
    return deps.route({ actor, request, origin, key, clientKey: null, again });
  }

  async function receiveMessage(stamped: Stamped, said: Extract<Inbound, { kind: 'message' }>): Promise<Receipt> {
    const inlet = deps.inlet(stamped.bridge, said.ref.room);
    if (inlet === null) return NO_PORTAL;
    const replyTo = said.replyTo === null ? null : await find(stamped.bridge, inlet, said.replyTo);
    const request: Request = { kind: 'message', channel: inlet.channel, content: said.content, replyTo };
    return ask(stamped, said, request, originKey(stamped.bridge, said.ref), said.ref);
  }

  async function receiveEdit(stamped: Stamped, said: Extract<Inbound, { kind: 'edit' }>): Promise<Receipt> {
    const inlet = deps.inlet(stamped.bridge, said.ref.room);
    if (inlet === null) return NO_PORTAL;
    const id = await own(stamped.bridge, said.ref);
    if (id === null) return UNKNOWN_MESSAGE;
    const request: Request = { kind: 'edit', channel: inlet.channel, id, content: said.content };
    return ask(stamped, said, request, stepKey('inbound', stamped.bridge, said.eventId), said.ref);
  }

  async function receiveReaction(stamped: Stamped, said: Extract<Inbound, { kind: 'reaction' }>): Promise<Receipt> {
    const inlet = deps.inlet(stamped.bridge, said.ref.room);
    if (inlet === null) return NO_PORTAL;
    const id = await find(stamped.bridge, inlet, said.ref);
    if (id === null) return UNKNOWN_MESSAGE;
    const request: Request = { kind: 'reaction', channel: inlet.channel, id, emoji: said.emoji, on: said.on };
    return ask(stamped, said, request, stepKey('inbound', stamped.bridge, said.eventId), said.ref);
  }

  /** By somebody known, as that person; of a copy by nobody known, nothing beyond that copy. */
  async function receiveRedaction(stamped: Stamped, said: Extract<Inbound, { kind: 'redaction' }>): Promise<Receipt> {
    let last: Receipt = UNKNOWN_MESSAGE;
    if (said.of.kind !== 'refs') return UNCHANGED;
    for (const ref of said.of.refs) {
      const inlet = deps.inlet(stamped.bridge, ref.room);
      const id = inlet === null ? null : await find(stamped.bridge, inlet, ref);
      if (inlet === null || id === null || said.by === null) continue;
      const request: Request = { kind: 'redaction', channel: inlet.channel, id, reason: null };
      last = await ask(
        stamped,
        { by: said.by, at: said.at },
        request,
        stepKey('inbound', stamped.bridge, said.eventId, ref.id),
        ref,
      );
      if (last.kind === 'stopping') return last;
    }
    return last;
  }

  return async (stamped) => {
    const { inbound } = stamped;
    switch (inbound.kind) {
      case 'message':
        return receiveMessage(stamped, inbound);
      case 'edit':
        return receiveEdit(stamped, inbound);
      case 'redaction':
        return receiveRedaction(stamped, inbound);
      case 'reaction':
        return receiveReaction(stamped, inbound);
      case 'command':
      case 'direct':
      case 'choice':
      case 'sanction':
      case 'membership':
      case 'profile':
      case 'typing':
      case 'read':
      case 'notice':
      case 'room-moved':
      case 'room-renamed':
      case 'rights-changed':
      case 'invitation':
        return UNCHANGED;
      default:
        return assertNever(inbound);
    }
  };
}

const UNCHANGED: Receipt = { kind: 'unchanged', id: null, seq: null };
const NO_PORTAL = refused('not-found', 'This room is linked with no channel.');
const UNKNOWN_MESSAGE = refused('not-found', 'The hub does not know this message.');

/** The key of the step that brought a message in: unique per place on a platform, for ever. */
function originKey(bridge: BridgeId, ref: RemoteRef): string {
  return stepKey('inbound', bridge, ref.room, ref.id);
}

function actorOf(platform: string, by: InboundAccount): Actor {
  const user = userIdOf(platform, by.id);
  return { user, name: by.name, platform, avatarUrl: by.avatarUrl, isGuest: false, isBot: by.isBot };
}
