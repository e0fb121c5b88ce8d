import { skeletonOf } from '../community/accounts/names.ts';
import { type Channel, isPublic, scopeOf } from '../domain/channel.ts';
import { type ChannelMode, NO_MODE } from '../domain/channel-mode.ts';
import type { ChannelSettings } from '../domain/channel-settings.ts';
import type { ChannelId, EpochMs, Position, Rev, ScopeId, UserId } from '../domain/ids.ts';
import { outranks, type Standing } from '../domain/permission.ts';
import type { PictureMark } from '../domain/picture-mark.ts';
import type { Grant } from '../domain/scopes.ts';
import type { Sanction } from '../domain/user.ts';
import type { Directory } from '../store/directory/directory.ts';
import { everyShard } from '../store/every-shard.ts';
import type { Entry, LiveSnapshot, Log } from '../store/ports.ts';

/** Body of an entry of kind `sanction`; of one that is in force the store keeps it. */
export interface SanctionBody {
  /** `isEverywhere`: it holds in every channel; the same act stands in each shard, with the same cause. */
  readonly scope: ScopeId;
  readonly user: UserId;
  readonly act: 'timeout' | 'ban' | 'lift';
  /** Null: a ban, or a lift. */
  readonly until: EpochMs | null;
  /** Null: the hub itself. */
  readonly by: UserId | null;
  readonly reason: string | null;
  /** Where it was given; it holds in the whole scope. Null: nowhere in particular. */
  readonly channel: ChannelId | null;
  /** Names the act, the same in every shard. A lift names the act that it ends. */
  readonly cause: string;
  /** The live event with whose archiving a ban of its moderators ends. */
  readonly endsWith: string | null;
  /** A lift: its time was over, nobody lifted it. */
  readonly isByTimer: boolean;
}

/** A restraint that somebody is under. */
export interface InForce extends SanctionBody {
  readonly act: 'timeout' | 'ban';
}
/** Body of an entry of kind `mode`: readers see it as a notice. */
export interface ModeBody extends ChannelMode {
  readonly type: 'notice';
  readonly channel: ChannelId;
  readonly code: 'mode';
  readonly say: string;
  readonly at: EpochMs;
}
/** Body of an entry of kind `channel`: readers see it as a notice. */
export const CHANNEL_NOTICES = { open: 'channel-open', 'read-only': 'channel-read-only' } as const;

/** This hub's copy of the live state: what the route judges by, without asking anyone. */
export interface LiveFacts {
  /** Takes the store's own account of a shard; what the log says up to there is in it already. */
  seed(shard: number, snapshot: LiveSnapshot): void;
  /** What is in force in the shard by this copy, in the form of a snapshot's. */
  inForce(shard: number): Pick<LiveSnapshot, 'channels' | 'modes'> & { readonly sanctions: readonly InForce[] };
  /** Follows the log. An entry of one of these kinds is one step further of the shard's rev. */
  apply(batch: readonly Entry[]): void;
  /** Whether this copy has followed the log further than this. */
  isBeyond(shard: number, at: Position): boolean;
  rev(shard: number): Rev;
  /** Resolves once this copy is at least at `rev`. */
  reached(shard: number, rev: Rev): Promise<void>;
  /** What holds in this scope: the strictest of what was given in it and everywhere, to any account of the person. */
  sanction(scope: ScopeId, user: UserId): InForce | null;
  /** What was given in this very scope, to any account of the person. */
  joined(scope: ScopeId, user: UserId): InForce | null;
  /** What was given in this very scope, to this very account. */
  given(scope: ScopeId, user: UserId): InForce | null;
  /** As it was last set; shield mode may be over by now. */
  mode(id: ChannelId): ChannelMode;
  settings(id: ChannelId): ChannelSettings;
  /** The channel with the state it is in now. */
  channel(id: ChannelId): Channel | null;
  standing(user: UserId, isGuest: boolean, channel: Channel): Standing;
  /** Whether the DJ's rooms that follow an event are at another channel now. */
  areRoomsElsewhere(channel: Channel): boolean;
  /** Whether the name looks like that of somebody with a role, who is another. */
  looksLikeStaff(user: UserId, name: string): boolean;
  /** Everybody who is one person with this user, this one among them. */
  sameAs(user: UserId): readonly UserId[];
  /** What is said of a picture in this scope. */
  markOf(scope: ScopeId, picture: string): PictureMark | null;
  /** Whether this person's messages stay where they were written. */
  isOptedOut(user: UserId): boolean;
  /** Whether the channel exists for whoever comes by this token, which was not revoked. */
  reachesChannel(grant: Grant, channel: Channel): boolean;
}

/** Names of which it is remembered what they look like. */
const MOST_NAMES = 5_000;
const MAX_NAME_UTF16 = 200;

export interface FactsDeps {
  readonly directory: Directory;
  readonly log: Pick<Log, 'shards' | 'shardOf' | 'isBefore'>;
  readonly guestsMayPost: boolean;
}

export function createLiveFacts({ directory, log, guestsMayPost }: FactsDeps): LiveFacts {
  const revs = new Map<number, number>();
  const seededAt = new Map<number, Position>();
  const appliedTo = new Map<number, Position>();
  const everywhere = everyShard(log);
  const sanctions = new Map<ScopeId, Map<UserId, InForce>>();
  const states = new Map<ChannelId, 'open' | 'read-only'>();
  const modes = new Map<ChannelId, ChannelMode>();
  const waiting = new Set<{ readonly shard: number; readonly rev: Rev; readonly done: () => void }>();

  const rev = (shard: number): Rev => (revs.get(shard) ?? 0) as Rev;

  function restrain(body: SanctionBody): void {
    const ofScope = sanctions.get(body.scope) ?? new Map<UserId, InForce>();
    sanctions.set(body.scope, ofScope);
    const { act } = body;
    if (act === 'lift') ofScope.delete(body.user);
    else ofScope.set(body.user, { ...body, act });
    if (ofScope.size === 0) sanctions.delete(body.scope);
  }

  function applyOne(entry: Entry): void {
    appliedTo.set(entry.shard, entry.position);
    const at = seededAt.get(entry.shard);
    if (at !== undefined && !log.isBefore(at, entry.position)) return;
    if (entry.kind === 'sanction') restrain(JSON.parse(entry.body) as SanctionBody);
    else if (entry.kind === 'channel' && entry.channel !== null) {
      const { code } = JSON.parse(entry.body) as { readonly code: string };
      states.set(entry.channel, code === CHANNEL_NOTICES['read-only'] ? 'read-only' : 'open');
    } else if (entry.kind === 'mode' && entry.channel !== null) {
      const { slowSeconds, shieldUntil } = JSON.parse(entry.body) as ModeBody;
      modes.set(entry.channel, { slowSeconds, shieldUntil });
    } else if (entry.kind !== 'change') return;
    revs.set(entry.shard, rev(entry.shard) + 1);
  }

  /** An account with a role of its own is held by what was given to another of the person if the giver outranks it. */
  function reaches({ user: target, by, channel: id }: InForce, user: UserId): boolean {
    if (target === user || by === null || id === null) return true;
    const channel = directory.channel(id);
    if (channel === null) return true;
    const own = directory.rankOf(user, channel, false);
    return own === 'guest' || own === 'listener' || outranks(directory.rankOf(by, channel, false), own);
  }

  const skeletons = new Map<string, string>();
  /** What a name looks like is costly to tell. */
  function skeletonFor(name: string): string {
    const known = skeletons.get(name);
    if (known !== undefined) return known;
    const [oldest] = skeletons.keys();
    if (skeletons.size >= MOST_NAMES && oldest !== undefined) skeletons.delete(oldest);
    const skeleton = skeletonOf(name.slice(0, MAX_NAME_UTF16));
    skeletons.set(name, skeleton);
    return skeleton;
  }

  const given = (scope: ScopeId, user: UserId): InForce | null => sanctions.get(scope)?.get(user) ?? null;

  function joined(scope: ScopeId, user: UserId): InForce | null {
    const here = sanctions.get(scope);
    if (here === undefined) return null;
    let found: InForce | null = null;
    for (const one of directory.sameAs(user)) {
      const theirs = here.get(one) ?? null;
      if (theirs !== null && reaches(theirs, user)) found = stricter(found, theirs);
    }
    return found;
  }

  function sanction(scope: ScopeId, user: UserId): InForce | null {
    if (sanctions.size === 0) return null;
    const own = joined(scope, user);
    const all = everywhere[log.shardOf(scope)];
    return stricter(own, all === undefined ? null : joined(all, user));
  }

  function shardOfChannel(id: ChannelId): number | null {
    const channel = directory.channel(id);
    return channel === null ? null : log.shardOf(scopeOf(channel));
  }

  function wake(): void {
    for (const waiter of waiting) {
      if (rev(waiter.shard) < waiter.rev) continue;
      waiting.delete(waiter);
      waiter.done();
    }
  }

  return {
    seed(shard, snapshot) {
      revs.set(shard, snapshot.rev);
      seededAt.set(shard, snapshot.at);
      for (const scope of sanctions.keys()) if (log.shardOf(scope) === shard) sanctions.delete(scope);
      for (const id of states.keys()) if (shardOfChannel(id) === shard) states.delete(id);
      for (const id of modes.keys()) if (shardOfChannel(id) === shard) modes.delete(id);
      for (const one of snapshot.sanctions) restrain(bodyOf(one));
      for (const [channel, state] of snapshot.channels) states.set(channel, state);
      for (const [channel, mode] of snapshot.modes) modes.set(channel, mode);
      wake();
    },
    inForce(shard) {
      const ofShard = [...sanctions].filter(([scope]) => log.shardOf(scope) === shard);
      return {
        sanctions: ofShard.flatMap(([, users]) => [...users.values()]),
        channels: new Map([...states].filter(([id]) => shardOfChannel(id) === shard)),
        modes: new Map([...modes].filter(([id]) => shardOfChannel(id) === shard)),
      };
    },
    apply(batch) {
      for (const entry of batch) applyOne(entry);
      wake();
    },
    isBeyond(shard, at) {
      const followed = appliedTo.get(shard);
      return followed !== undefined && log.isBefore(at, followed);
    },
    rev,
    reached(shard, wanted) {
      if (rev(shard) >= wanted) return Promise.resolve();
      return new Promise((done) => waiting.add({ shard, rev: wanted, done }));
    },
    sanction,
    joined,
    given,
    areRoomsElsewhere({ id, kind, owner }) {
      if (owner === null || (kind !== 'dj' && kind !== 'event')) return false;
      const event = directory.events.followed(owner);
      return event === null ? kind === 'event' : event.channel !== id;
    },
    channel(id) {
      const defined = directory.channel(id);
      if (defined === null) return null;
      const state = states.get(id) ?? defined.state;
      return state === defined.state ? defined : { ...defined, state };
    },
    looksLikeStaff(user, name) {
      const owner = directory.staffBySkeleton().get(skeletonFor(name));
      return owner !== undefined && !directory.sameAs(user).includes(owner);
    },
    sameAs: directory.sameAs,
    markOf: directory.marks.in,
    isOptedOut: directory.isOptedOut,
    reachesChannel({ token, channel: only, scopes }, { id, kind }) {
      if (directory.tokens.get(token) === null) return false;
      return only === null ? isPublic(kind) || scopes.includes('private') : only === id;
    },
    mode: (id) => modes.get(id) ?? NO_MODE,
    settings: directory.settings,
    standing: (user, isGuest, channel) => ({
      kind: channel.kind,
      rank: directory.rankOf(user, channel, isGuest),
      isMember: directory.isMember(user, channel),
      channelState: channel.state,
      guestsMayPost: guestsMayPost && isGuest, // who is disabled ranks as a guest, and may do nothing
      moderatorsMayBan: directory.settings(channel.id).moderatorsMayBan,
    }),
  };
}

/** The sanction of a user in the scope of a channel. */
export function sanctionIn(facts: LiveFacts, channel: Channel, user: UserId): InForce | null {
  return facts.sanction(scopeOf(channel), user);
}

/** A restraint of which nothing more is known than what it is. */
export function bareSanction(of: Sanction & { readonly scope: ScopeId }): InForce {
  const { scope, user, act, until } = of;
  const unknown = { by: null, reason: null, channel: null, cause: '', endsWith: null, isByTimer: false };
  return { scope, user, act, until, ...unknown };
}

/** As the store keeps it. */
export function bodyOf({ body, ...one }: LiveSnapshot['sanctions'][number]): InForce {
  const known = body === '' ? {} : (JSON.parse(body) as Partial<SanctionBody>);
  return { ...bareSanction(one), ...known, ...one };
}

function stricter(a: InForce | null, b: InForce | null): InForce | null {
  if (a === null || b === null) return a ?? b;
  if (a.until === null || b.until === null) return a.until === null ? a : b;
  return a.until >= b.until ? a : b;
}
