import { portalIdOf } from '../../async/mint.ts';
import { scopeOf } from '../../domain/channel.ts';
import { textContent } from '../../domain/content.ts';
import type { Member } from '../../domain/conversation.ts';
import type { EntryNote } from '../../domain/entry.ts';
import type { BridgeId, PortalId, RoomId, UserId } from '../../domain/ids.ts';
import type { Leg, Portal, Portals } from '../../domain/portal.ts';
import type { WireMessage } from '../../domain/wire.ts';
import type { Concern } from '../../relay/entry.ts';
import type { Aimed } from '../../relay/lane-context.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Entry } from '../../store/ports.ts';
import { sightOf } from './sight.ts';
import { invitationText } from './texts.ts';

/** Brings conversations to people on other platforms: a lane of the courier for each of them in each conversation. */
export interface DirectLanes extends Portals {
  /** Who is where has changed. */
  refresh(): void;
  /** Whom a lane leads to; null: an ordinary portal. */
  leadsTo(portal: PortalId): Led | null;
  aim(portal: Portal, entry: Entry, concern: Concern | null): Aimed | null;
  /** The lanes of this member, whether they are served or not: for what is said, and for being asked. */
  lanesOf(member: Member): readonly Leg[];
  /** What this person gets on this bridge. */
  of(user: UserId, bridge: BridgeId): readonly Led[];
}
/** `ask`: nothing but the question whether they want to take part. */
export interface Led {
  readonly kind: 'ask' | 'say';
  readonly member: Member;
  readonly leg: Leg;
}

export interface LanesDeps {
  readonly directory: Pick<Directory, 'channel' | 'conversations' | 'events' | 'sameAs'>;
  /** The bridge that serves a platform; null: none. */
  readonly bridgeOf: (platform: string) => BridgeId | null;
  /** Whether this person has an account here: then they read it here. */
  readonly readsHere: (user: UserId) => boolean;
  readonly label: (platform: string) => string;
}

export function createDirectLanes(deps: LanesDeps): DirectLanes {
  const { directory } = deps;
  const { conversations, sameAs } = directory;
  const listeners = new Set<() => void>();
  let led = new Map<PortalId, Led>();

  function ledTo(member: Member, kind: Led['kind']): Led | null {
    const { channel, account, platform } = member;
    const bridge = account === null ? null : deps.bridgeOf(platform);
    if (bridge === null || account === null) return null;
    const id = portalIdOf(channel, bridge, `${kind} ${account}` as RoomId);
    const leg: Leg = {
      id,
      of: id,
      channel,
      home: channel,
      follows: false,
      scope: scopeOf({ id: channel, kind: 'direct', owner: null }),
      bridge,
      room: account as string as RoomId,
      roomName: null,
      direction: 'out',
      isPaused: false,
      reach: 'none',
      prefix: '!',
      source: 'linked',
    };
    return { kind, member, leg };
  }

  function refresh(): void {
    const next = new Map<PortalId, Led>();
    for (const member of conversations.elsewhere()) {
      if ((member.state !== 'in' && member.state !== 'asked') || deps.readsHere(member.user)) continue;
      const one = ledTo(member, member.state === 'in' ? 'say' : 'ask');
      if (one !== null) next.set(one.leg.id, one);
    }
    const isSame = next.size === led.size && [...next.keys()].every((id) => led.has(id));
    led = next;
    if (!isSame) for (const listener of listeners) listener();
  }

  function said({ member }: Led, entry: Entry, concern: Concern | null): Aimed {
    if (concern === null) return NOTHING;
    const { wire, note } = concern;
    const by = wire.type === 'message' ? note.author : (note.actor ?? note.author);
    if (by !== undefined && sameAs(member.user).includes(by)) return { concern, isOwn: true };
    const now = conversations.memberOf(member.channel, member.user);
    const sight = sightOf({ note, message: entry.message, at: entry.at }, now, directory);
    if (sight === 'nothing') return NOTHING;
    if (sight === 'whole') return { concern, isOwn: false };
    if (wire.type !== 'message') return { concern, isOwn: false };
    const message = { ...wire.message, replyTo: null };
    return { concern: { ...concern, wire: { ...wire, message } }, isOwn: false };
  }

  function asked({ member }: Led, entry: Entry): Aimed {
    const note: EntryNote = JSON.parse(entry.note);
    const channel = directory.channel(member.channel);
    const by = member.askedBy === null ? null : conversations.memberOf(member.channel, member.askedBy);
    if (note.asks?.user !== member.user || channel === null || by === null) return NOTHING;
    const others = conversations.members(channel.id).filter(({ user }) => user !== member.user && user !== by.user);
    const text = invitationText({ by, from: deps.label(by.platform), channel, others });
    const author = { user: by.user, name: by.name, platform: by.platform, avatarUrl: null, badge: null };
    const message: WireMessage['message'] = {
      id: note.asks.id,
      author,
      content: textContent(text),
      replyTo: null,
      sentAt: entry.at,
      revision: 0,
      editedAt: null,
      redaction: null,
    };
    const wire: WireMessage = { type: 'message', channel: channel.id, key: null, message };
    return { concern: { wire, note: {} }, isOwn: false };
  }

  return {
    list: () => [...led.values()].map(({ leg }) => leg),
    legs: () => [...led.values()].map(({ leg }) => leg),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh,
    leadsTo: (portal) => led.get(portal) ?? null,
    aim(portal, entry, concern) {
      const lane = led.get(portal.id);
      if (lane === undefined) return null;
      return lane.kind === 'say' ? said(lane, entry, concern) : asked(lane, entry);
    },
    lanesOf: (member) => (['ask', 'say'] as const).flatMap((kind) => ledTo(member, kind)?.leg ?? []),
    of(user, bridge) {
      const mine = conversations.of(user).filter(({ account }) => account !== null);
      const found = mine.flatMap((member) => ledTo(member, 'say') ?? []);
      return found.filter(({ leg }) => leg.bridge === bridge);
    },
  };
}

const NOTHING: Aimed = { concern: null, isOwn: false };
