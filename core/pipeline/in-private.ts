import { stepKey, userIdOf } from '../async/mint.ts';
import type { Content } from '../domain/content.ts';
import type { BridgeId, ChannelId, MessageId, UserId } from '../domain/ids.ts';
import type { Actor, Inbound, InboundAccount, Request, Stamped } from '../domain/inbound.ts';
import type { RemoteRef } from '../domain/message.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import type { Asked } from './address.ts';
import type { Recent } from './recent.ts';

/** Where something was said in a conversation with somebody on a platform. */
export interface PrivatePlace {
  readonly channel: ChannelId;
  readonly id: MessageId;
}

export interface InPrivateDeps {
  readonly recent: Pick<Recent, 'byKey' | 'head'>;
  /** The conversations that this person takes part in over this bridge. */
  readonly channelsOf: (user: UserId, bridge: BridgeId) => readonly ChannelId[];
  /** The message that they have said or got as this ref, as far as it was brought to them or kept as theirs. */
  readonly placeOf: (user: UserId, bridge: BridgeId, ref: RemoteRef) => Promise<PrivatePlace | null>;
  /** What is said, without for whom it is where that stands in front. Null: it cannot be told. */
  readonly unaddressed: (actor: Actor, content: Content) => Promise<Content | null>;
  readonly route: (asked: Asked) => Promise<Receipt>;
}

/** What becomes of things that were said to the bot or to a ghost alone: their edits, reactions and removals. */
export interface InPrivate {
  edit(stamped: Stamped, said: Extract<Inbound, { kind: 'edit' }>): Promise<Receipt>;
  reaction(stamped: Stamped, said: Extract<Inbound, { kind: 'reaction' }>): Promise<Receipt>;
  redaction(
    stamped: Stamped,
    said: Extract<Inbound, { kind: 'redaction' }>,
    by: InboundAccount,
    ref: RemoteRef,
  ): Promise<Receipt>;
}

const NOWHERE = refused('not-found', 'This room is linked with no channel.');

export function createInPrivate(deps: InPrivateDeps): InPrivate {
  /** What was said just now may not have been kept as theirs yet. */
  async function find({ bridge, platform }: Stamped, by: InboundAccount, ref: RemoteRef): Promise<PrivatePlace | null> {
    const user = userIdOf(platform, by.id);
    const channels = deps.channelsOf(user, bridge);
    if (channels.length === 0) return null;
    const id = deps.recent.byKey(stepKey('inbound', bridge, ref.room, ref.id));
    const channel = id === null ? undefined : deps.recent.head(id)?.channel;
    if (id !== null && channel !== undefined && channels.includes(channel)) return { channel, id };
    return deps.placeOf(user, bridge, ref);
  }

  async function ask(
    stamped: Stamped,
    by: InboundAccount,
    ref: RemoteRef,
    cause: string,
    request: (place: PrivatePlace) => Request,
  ): Promise<Receipt> {
    const place = await find(stamped, by, ref);
    if (place === null) return NOWHERE;
    const { bridge } = stamped;
    return deps.route({
      actor: actorOf(stamped, by),
      request: request(place),
      origin: { bridge, ref },
      key: stepKey('inbound', bridge, cause),
      clientKey: null,
      again: false,
    });
  }

  return {
    async edit(stamped, { by, ref, eventId, content: said }) {
      const content = await deps.unaddressed(actorOf(stamped, by), said);
      if (content === null) return NOWHERE;
      return ask(stamped, by, ref, eventId, (place) => ({ kind: 'edit', ...place, content }));
    },
    reaction: (stamped, { by, ref, eventId, emoji, on }) =>
      ask(stamped, by, ref, eventId, (place) => ({ kind: 'reaction', ...place, emoji, on })),
    redaction: (stamped, { eventId }, by, ref) =>
      ask(stamped, by, ref, `${eventId} ${ref.id}`, (place) => ({ kind: 'redaction', ...place, reason: null })),
  };
}

function actorOf({ platform }: Stamped, { id, name, avatarUrl, isBot }: InboundAccount): Actor {
  return { user: userIdOf(platform, id), name, platform, avatarUrl, isGuest: false, isBot };
}
