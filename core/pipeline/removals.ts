import { stepKey, userIdOf } from '../async/mint.ts';
import type { AccountId, BridgeId, ChannelId, EpochMs, MessageId, PortalId, UserId } from '../domain/ids.ts';
import type { Actor, Inbound, InboundAccount, Stamped } from '../domain/inbound.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Leg, Portal } from '../domain/portal.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import type { OriginQuery } from '../store/ports.ts';
import type { Asked } from './address.ts';
import type { Recent } from './recent.ts';

export type Removal = Extract<Inbound, { kind: 'redaction' }>;

export interface RemovalDeps {
  /** The link of this room, paused or not, whichever way it goes: what is taken away there is taken away all the same. */
  readonly linked: (bridge: BridgeId, room: RemoteRef['room']) => Portal | null;
  /** The message that first appeared as this ref. */
  readonly own: (bridge: BridgeId, ref: RemoteRef) => Promise<MessageId | null>;
  /** The message that a native id in this room is our copy of. */
  readonly copyOf: (portal: PortalId, ref: RemoteRef) => Promise<MessageId | null>;
  /** The copy is gone from its room. */
  readonly forget: (portal: PortalId, ref: RemoteRef) => Promise<void>;
  /** The channel that a message of this room is in. */
  readonly channelOf: (portal: Portal, message: MessageId) => Promise<ChannelId>;
  /** Every channel that this portal has to do with. */
  readonly legs: (portal: PortalId) => readonly Leg[];
  readonly recent: Pick<Recent, 'since' | 'head'>;
  readonly originated: (query: OriginQuery) => Promise<readonly MessageId[]>;
  readonly route: (asked: Asked) => Promise<Receipt>;
}

/** One act on a platform takes away at most so many messages here. */
const MOST_REMOVED = 500;
const UNCHANGED: Receipt = { kind: 'unchanged', id: null, seq: null };
const UNKNOWN_MESSAGE = refused('not-found', 'The hub does not know this message.');

/**
 * What was removed on a platform. A message that first appeared in that room goes everywhere, whoever removed it. Of
 * our copies only the one is gone, unless the hub knows who did it and gives that person the right to more.
 */
export function createRemovals(deps: RemovalDeps): (stamped: Stamped, said: Removal) => Promise<Receipt> {
  async function removeRefs(stamped: Stamped, said: Removal, refs: readonly RemoteRef[]): Promise<Receipt> {
    let last: Receipt = UNKNOWN_MESSAGE;
    for (const ref of refs.slice(0, MOST_REMOVED)) {
      const portal = deps.linked(stamped.bridge, ref.room);
      if (portal === null) continue;
      last = await removeOne(stamped, said, portal, ref);
      if (last.kind === 'stopping') return last;
    }
    return last;
  }

  async function removeOne(stamped: Stamped, said: Removal, portal: Portal, ref: RemoteRef): Promise<Receipt> {
    const own = await deps.own(stamped.bridge, ref);
    if (own !== null) return deps.route(await asked(stamped, said, portal, own, ref, true));
    const copied = await deps.copyOf(portal.id, ref);
    if (copied === null) return UNKNOWN_MESSAGE;
    await deps.forget(portal.id, ref);
    if (said.by === null) return UNCHANGED;
    const receipt = await deps.route(await asked(stamped, said, portal, copied, ref, false));
    return receipt.kind === 'refused' ? UNCHANGED : receipt;
  }

  /** Everything that first appeared in the room since then; of one account, or of everybody. */
  async function removeAll(stamped: Stamped, said: Removal, portal: Portal, of: Of): Promise<Receipt> {
    const { bridge, room } = portal;
    const ids = new Set<MessageId>();
    for (const { channel } of deps.legs(portal.id)) {
      const near = deps.recent
        .since(channel, of.since, MOST_REMOVED * 10)
        .filter(
          (one) => one.bridge === bridge && one.room === room && (of.author === null || one.author === of.author),
        );
      const query = { channel, bridge, room, author: of.author, since: of.since, limit: MOST_REMOVED };
      for (const id of [...near.map((one) => one.id), ...(await deps.originated(query))]) ids.add(id);
    }
    let last: Receipt = UNCHANGED;
    for (const id of [...ids].slice(0, MOST_REMOVED)) {
      if (deps.recent.head(id)?.isRedacted === true) continue;
      last = await deps.route(await asked(stamped, said, portal, id, { room, id: '' }, true));
      if (last.kind === 'stopping') return last;
    }
    return last.kind === 'refused' ? UNCHANGED : last;
  }

  async function asked(
    stamped: Stamped,
    said: Removal,
    portal: Portal,
    id: MessageId,
    ref: RemoteRef,
    isByRoom: boolean,
  ): Promise<Asked> {
    return {
      actor: actorOf(stamped, said),
      request: { kind: 'redaction', channel: await deps.channelOf(portal, id), id, reason: null },
      origin: { bridge: stamped.bridge, ref },
      key: stepKey('inbound', stamped.bridge, said.eventId, id),
      clientKey: null,
      again: false,
      ...(isByRoom && { byRoom: said.by === null ? 'unsaid' : 'said' }),
    };
  }

  return async (stamped, said) => {
    if (said.of.kind === 'refs') return removeRefs(stamped, said, said.of.refs);
    const portal = deps.linked(stamped.bridge, said.of.room);
    if (portal === null) return UNKNOWN_MESSAGE;
    const author = said.of.kind === 'account' ? userIdOf(stamped.platform, said.of.account) : null;
    return removeAll(stamped, said, portal, { author, since: said.of.since });
  };
}

interface Of {
  readonly author: UserId | null;
  readonly since: EpochMs;
}

/** Nobody, where the platform does not say who it was. */
function actorOf({ platform }: Stamped, { by }: Removal): Actor {
  const account: InboundAccount = by ?? { id: '' as AccountId, name: platform, avatarUrl: null, isBot: false };
  const { id, name, avatarUrl, isBot } = account;
  return { user: userIdOf(platform, id), name, platform, avatarUrl, isGuest: false, isBot };
}
