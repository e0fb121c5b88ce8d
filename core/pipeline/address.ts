import { type Channel, scopeOf } from '../domain/channel.ts';
import type { ChannelId, EpochMs, ScopeId } from '../domain/ids.ts';
import type { Actor, Request } from '../domain/inbound.ts';
import type { Author, Origin } from '../domain/message.ts';
import { type Act, may, type Standing } from '../domain/permission.ts';
import { type Receipt, refused } from '../domain/receipt.ts';
import type { Scope } from '../domain/scopes.ts';
import type { LiveFacts } from './live-facts.ts';

/** One request as the route takes it, whichever door it came in by. */
export interface Asked<R extends Request = Request> {
  readonly actor: Actor;
  readonly request: R;
  readonly origin: Origin;
  /** Unique for ever; see `stepKey`. */
  readonly key: string;
  /** The client's own key, shown to readers; null where there is none. */
  readonly clientKey: string | null;
  /** By the platform's clock, where it comes late. */
  readonly saidAt?: EpochMs;
  /** It may have been said before on another connection, long ago. */
  readonly again: boolean;
  /** The room where the message first appeared has removed it: it is honoured, whether it says by whom or not. */
  readonly byRoom?: 'said' | 'unsaid';
  /** Said in a room that follows the DJ's event: answered with `MOVED` once it is at another channel. */
  readonly isFromFollower?: boolean;
  /** Names the act that this is a part of; absent: it is one by itself. */
  readonly cause?: string;
}

/** Where it goes, and how the one who asks stands there now. */
export interface Place {
  readonly channel: Channel;
  readonly scope: ScopeId;
  readonly standing: Standing;
}

/** Not stored: the room is at another channel than the one asked for; ask again for that one. */
export const MOVED = refused('unavailable', 'The room has moved on to another chat; try again.', 1_000);

/** A channel that somebody may not read does not exist for them. */
export const NO_CHANNEL = refused('not-found', 'There is no such channel.');

/** Finds the channel and whether this act is allowed there, from memory. */
export function place(facts: LiveFacts, actor: Actor, id: ChannelId, act: Act): Place | Receipt {
  const channel = facts.channel(id);
  if (channel === null) return NO_CHANNEL;
  if (actor.grant !== undefined && !facts.reachesChannel(actor.grant, channel)) return NO_CHANNEL;
  const standing = facts.standing(actor.user, actor.isGuest, channel);
  if (act !== 'read' && !may('read', standing).ok) return NO_CHANNEL;
  const permission = may(act, standing);
  if (!permission.ok) return act === 'read' ? NO_CHANNEL : refused(permission.code, permission.say);
  return { channel, scope: scopeOf(channel), standing };
}

/** Whether `place` turned it down. */
export function isReceipt(value: Place | Receipt): value is Receipt {
  return 'kind' in value;
}

/** For what needs one scope or another, by what it is done to. Null: it may be done, as far as a token goes. */
export function lacksScope({ grant }: Actor, scope: Scope): Receipt | null {
  if (grant === undefined || grant.scopes.includes(scope)) return null;
  return refused('forbidden', `This token lacks the scope ${scope}.`);
}

/** The author as shown beside the message. */
export function authorOf(actor: Actor, standing: Standing, facts: Pick<LiveFacts, 'looksLikeStaff'>): Author {
  return {
    user: actor.user,
    name: actor.name,
    platform: actor.platform,
    avatarUrl: actor.avatarUrl,
    badge: actor.isBot ? 'bot' : standing.rank === 'listener' ? null : standing.rank,
    ...(facts.looksLikeStaff(actor.user, actor.name) && { looksLikeStaff: true as const }),
  };
}
