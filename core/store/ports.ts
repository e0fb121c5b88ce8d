import type { ChannelMode } from '../domain/channel-mode.ts';
import type { Effect } from '../domain/effect.ts';
import type { EntryKind, EntryNote } from '../domain/entry.ts';
import type {
  BridgeId,
  ChannelId,
  Epoch,
  EpochMs,
  HubId,
  MessageId,
  PortalId,
  Position,
  Rev,
  ScopeId,
  Seq,
  UserId,
} from '../domain/ids.ts';
import type { Redaction, RemoteRef } from '../domain/message.ts';
import type { Portal } from '../domain/portal.ts';
import type { HistoryMessage, WireChatMessage } from '../domain/wire.ts';

export type { Effect } from '../domain/effect.ts';
export { ENTRY_KINDS, type EntryKind, type EntryNote } from '../domain/entry.ts';

/*
 * The doors to what is kept. `docs/state.md` says what lives where and what is promised.
 * Every method rejects with StoreUnavailable when the store cannot be reached and nothing else is known;
 * what is expected (a duplicate, a conflict) is a value.
 */

/** The store cannot be reached, or did not answer; the caller may try again with the same key. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Who gets an entry: readers of the channel (with a seq), or hubs alone (without). */
export type Audience = 'readers' | 'hubs';

/** One line of the log. */
export interface Entry {
  readonly shard: number;
  readonly position: Position;
  readonly kind: EntryKind;
  readonly audience: Audience;
  /** Null for entries that belong to no channel. */
  readonly channel: ChannelId | null;
  /** Null for entries that readers do not get. */
  readonly seq: Seq | null;
  /** The message the entry makes or changes. */
  readonly message: MessageId | null;
  /** The step's key: unique for ever in the archive. */
  readonly key: string;
  readonly at: EpochMs;
  /** JSON of a WireEntry without seq and braces closed as usual: `{"type":…}`; for hubs, JSON of what changed. */
  readonly body: string;
  /** JSON of `EntryNote`: what hubs and the archiver need and readers must not see. */
  readonly note: string;
}

/** What the log knows of a message that was touched while hot. */
export interface Head {
  readonly id: MessageId;
  readonly channel: ChannelId;
  readonly author: UserId;
  readonly revision: number;
  readonly isRedacted: boolean;
  /** Until a moderator has looked at what was reported. */
  readonly isHidden?: boolean;
}

/** One atomic step in one scope. */
export interface Step {
  readonly scope: ScopeId;
  readonly channel: ChannelId | null;
  /** Platform and its event id, or user and client key. Made by `stepKey`. */
  readonly key: string;
  /** Of what was asked: tells a re-used key from a repeat. Made by `digestOf`. */
  readonly digest: string;
  /** What the judge knew; an older one is refused as `stale` and judged again. Null for steps that no right decides. */
  readonly ifRev: Rev | null;
  readonly kind: EntryKind;
  readonly audience: Audience;
  readonly at: EpochMs;
  readonly body: string;
  readonly note: EntryNote;
  readonly effects: readonly Effect[];
  /** The archived head of the message that the effects touch, used where the log has none of its own. */
  readonly known: Head | null;
}

/** `decided`: somebody else has released, discarded, hidden or shown it. */
export type Conflict = 'redacted' | 'hidden' | 'edited' | 'not-author' | 'unknown' | 'decided';

export type Stored =
  | {
      readonly kind: 'stored' | 'duplicate';
      readonly message: MessageId | null;
      readonly seq: Seq | null;
      readonly position: Position;
    }
  /** A reaction that is so already. Nothing was written. */
  | { readonly kind: 'unchanged' }
  /** The same key with another digest. */
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'stale'; readonly rev: Rev }
  /** `unknown`: the log has no head of that message and the step brought none. */
  | { readonly kind: 'conflict'; readonly what: Conflict }
  /** Slow mode: to be said again after so long. */
  | { readonly kind: 'slow'; readonly retryAfterMs: number }
  /** The cap is reached: the archive is too far behind. Only entries for readers are refused; a ban or a change never is. */
  | { readonly kind: 'full' };

/** A message of the log with everything hot laid over it. */
export interface HotMessage {
  readonly head: Head;
  /** Null when the message itself is archived already and only later changes are hot. */
  readonly seq: Seq | null;
  /** Body of the `message` entry; null as above. */
  readonly body: string | null;
  /** Body of the newest `edit` entry, if any is hot. */
  readonly edit: string | null;
  /** Body of the newest `shown` entry, if any is hot: the whole message as it was then. */
  readonly shown: string | null;
  /** Also that of a message which is hidden for now. */
  readonly redaction: Redaction | null;
  /** Newest state of each (emoji, user) touched while hot. */
  readonly reactions: readonly { readonly emoji: string; readonly user: UserId; readonly on: boolean }[];
}

export interface HotPage {
  /** Newest first; only entries of kind `message`. */
  readonly messages: readonly HotMessage[];
}

/** Redis or embedded: the only door through which anything acknowledged enters. */
export interface Log {
  /** How many shards; fixed at the first start. */
  readonly shards: number;
  shardOf(scope: ScopeId): number;
  /**
   * Steps of one shard take effect in the order of the calls, also over a lost connection: what is unanswered is
   * sent again, oldest first. Resolves once durable. Rejects with StoreUnavailable only when the log is closed.
   */
  append(step: Step): Promise<Stored>;
  /** Every entry after `after` of every shard, in order within a shard, in batches; ends with the signal. */
  tail(after: readonly Position[], signal: AbortSignal): AsyncIterable<readonly Entry[]>;
  /** Entries of a shard after `after`, at most `limit`, for couriers and the archiver. Never waits for new ones. */
  range(shard: number, after: Position, limit: number): Promise<readonly Entry[]>;
  /** Entries for readers of one channel with seq above `after`, oldest first; bodies of redacted messages are blanked. */
  since(scope: ScopeId, channel: ChannelId, after: Seq, limit: number): Promise<readonly Entry[]>;
  /** Messages of a channel below `before` (null: from the newest), as they stand now. */
  page(scope: ScopeId, channel: ChannelId, before: Seq | null, limit: number): Promise<HotPage>;
  /** What is hot about these messages; absent ones are not in the log. */
  hot(scope: ScopeId, ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, HotMessage>>;
  /** Seqs of the channel's oldest hot reader entry and of the newest ever given; null where there is none. */
  bounds(scope: ScopeId, channel: ChannelId): Promise<{ readonly lowest: Seq | null; readonly head: Seq | null }>;
  /** Position of the newest entry of each shard; `START` for an empty one. */
  heads(): Promise<readonly Position[]>;
  /** The position just before the first entry at or after this time. */
  positionAt(shard: number, at: EpochMs): Promise<Position>;
  /** Whether a is before b; both of one shard. */
  isBefore(a: Position, b: Position): boolean;
  /** Drops entries up to and with `upTo`, and what is known of messages that no younger entry touches. @returns how many */
  trim(shard: number, upTo: Position): Promise<number>;
  /** Raises the newest seq of channels to at least these values: after a change of stores, or a log gone back. */
  raise(scope: ScopeId, seqs: ReadonlyMap<ChannelId, Seq>): Promise<void>;
  /**
   * Puts other words in the place of those of these entries, whose old ones leave the store as well; nothing else about
   * them changes, and nobody is told. @returns false: too much is hot in this shard; to be asked again later
   */
  rewrite(shard: number, changes: readonly Rewritten[]): Promise<boolean>;
  /** Asks the store to write its files anew, where it keeps what it no longer needs in them. Never fails. */
  tidy(): Promise<void>;
  /** How many entries are hot, over all shards, and the cap per shard. */
  size(): Promise<{ readonly entries: number; readonly cap: number }>;
  close(): Promise<void>;
}
export const START = '0' as Position;

export interface Rewritten {
  readonly position: Position;
  readonly body: string;
  readonly note: string;
}

/** What is true now in a shard and must be there when SQL is not. Written by `append` alone. */
export interface LiveSnapshot {
  readonly at: Position;
  readonly rev: Rev;
  readonly sanctions: readonly {
    readonly scope: ScopeId;
    readonly user: UserId;
    readonly act: 'timeout' | 'ban';
    readonly until: EpochMs | null;
    /** Of the entry that gave it. */
    readonly body: string;
  }[];
  readonly channels: ReadonlyMap<ChannelId, 'open' | 'read-only'>;
  readonly modes: ReadonlyMap<ChannelId, ChannelMode>;
  /** What waits for a moderator; `body` and `at` of the step that held it. */
  readonly held: readonly {
    readonly id: MessageId;
    readonly channel: ChannelId;
    readonly author: UserId;
    readonly at: EpochMs;
    readonly body: string;
  }[];
}
export interface LiveState {
  snapshot(shard: number): Promise<LiveSnapshot>;
  epoch(): Promise<Epoch>;
  /** Calls back when the epoch changed, after the store came back. @returns a function that stops it */
  onEpoch(listener: (epoch: Epoch) => void): () => void;
  /** Calls back when the store goes away and when it is there again. @returns a function that stops it */
  onHealth(listener: (isUp: boolean) => void): () => void;
}

export interface Leases {
  /** Null while somebody else holds it. Fences grow for ever. */
  take(name: string, hub: HubId, ttlMs: number): Promise<{ readonly fence: number } | null>;
  renew(name: string, fence: number, ttlMs: number): Promise<boolean>;
  release(name: string, fence: number): Promise<void>;
}

/** A send that is under way: marked before, settled after. */
export interface Flight {
  /** `entry`: what the entry with this seq says. `digest`: the line that tells of all that is owed up to it. `letter`: a dead letter, once more. */
  readonly what: 'entry' | 'digest' | 'letter';
  readonly seq: Seq;
}

/** Messages after this seq that were not sent by themselves: one line is to tell of them. */
export interface Owed {
  readonly after: Seq;
  readonly why: 'outage' | 'pressure';
}

/** What became of one message in one room. */
export interface Fate {
  readonly message: MessageId;
  /** `origin`: it was said in this very room. `dead`: given up. `unknown`: nobody can say whether it arrived. */
  readonly kind: 'origin' | 'sent' | 'dead' | 'unknown' | 'left-out';
  /** Where it stands, by part. Without any, what was known of it before stays. */
  readonly refs: readonly RemoteRef[];
  /** Why, for those who may know; holds no secret. */
  readonly say: string | null;
}

/** What was given up, kept for the operator: the newest of each portal, at most `MOST_LETTERS`. */
export interface DeadLetter {
  readonly seq: Seq;
  readonly message: MessageId;
  readonly entry: 'message' | 'edit' | 'redaction' | 'reaction' | 'mark';
  readonly kind: 'dead' | 'unknown';
  readonly say: string | null;
  readonly at: EpochMs;
}
export const MOST_LETTERS = 200;

/** How far a portal is through, and what is written down with it in one step. */
export interface Settled {
  readonly at: Position;
  readonly seq: Seq;
  readonly owed: Owed | null;
  readonly fates: readonly Fate[];
  readonly letters: readonly DeadLetter[];
}

/** Where a portal stands. All null before it was opened. */
export interface PortalMark {
  /** Position and seq of the last entry of its channel that it is through with. */
  readonly at: Position | null;
  readonly seq: Seq | null;
  /** Seq of its channel when it was opened: what was said before is not its business. */
  readonly first: Seq | null;
  readonly inFlight: Flight | null;
  readonly owed: Owed | null;
}

/** How far each portal has been served. A smaller fence than the highest seen is refused. */
export interface Deliveries {
  load(portal: PortalId): Promise<PortalMark>;
  /** A new portal begins here; one that was opened before stays where it is. */
  open(portal: PortalId, at: Position, seq: Seq): Promise<void>;
  /**
   * One step: settles what was under way, then marks what will be. `ok` without a new mark; `unknown` when there is
   * an earlier mark that was never settled, which then stays. A smaller seq than before never moves a portal back.
   */
  advance(
    portal: PortalId,
    fence: number,
    settled: Settled | null,
    begin: Flight | null,
  ): Promise<'ok' | 'go' | 'unknown' | 'fenced'>;
  /** The portal is linked no more: when it is again, it begins anew. What is known of copies stays. */
  close(portal: PortalId): Promise<void>;
  /** Where copies of a message are, by part. */
  copies(portal: PortalId, message: MessageId): Promise<readonly RemoteRef[]>;
  /** Null: nothing was written down of it. */
  fate(portal: PortalId, message: MessageId): Promise<Fate | null>;
  /** The message that a native id in this portal's room is a copy of. */
  messageOf(portal: PortalId, ref: RemoteRef): Promise<MessageId | null>;
  /** This part of a message is gone from the room: it is a copy no more. */
  forget(portal: PortalId, ref: RemoteRef): Promise<void>;
  /** Oldest first. */
  letters(portal: PortalId): Promise<readonly DeadLetter[]>;
  dropLetters(portal: PortalId, seqs: readonly Seq[]): Promise<void>;
}

/** Small durable values of a bridge: its resume point and its own state. */
export interface BridgeState {
  load(bridge: BridgeId, name: string): Promise<string | null>;
  save(bridge: BridgeId, name: string, value: string): Promise<void>;
}

/** Who is connected, over all hubs. May be lost with the store: repaired by the next beat. */
export interface Presence {
  /** Replaces what this hub said before; forgotten after `ttlMs`. */
  beat(hub: HubId, connected: ReadonlyMap<ChannelId, readonly PresentUser[]>, ttlMs: number): Promise<void>;
  connected(channel: ChannelId): Promise<readonly PresentUser[]>;
  leave(hub: HubId): Promise<void>;
}
export interface PresentUser {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  /** Guests are counted, not listed. */
  readonly isGuest: boolean;
  /** How the hub knows; absent: by a session. */
  readonly how?: 'session' | 'platform';
}

/**
 * Words between hubs, each of which reaches every other hub at most once; nothing is kept of them. Whoever must not miss
 * one asks again when it comes back.
 */
export interface Signals {
  /** The hub that says it does not hear it. Never fails: what cannot be said now is lost. */
  say(topic: string, body: string): void;
  /** The listener must not throw. @returns a function that stops it */
  hear(listener: (topic: string, body: string) => void): () => void;
}

/** All of the live store, opened together. */
export interface LiveStore {
  readonly log: Log;
  readonly live: LiveState;
  readonly leases: Leases;
  readonly deliveries: Deliveries;
  readonly bridgeState: BridgeState;
  readonly presence: Presence;
  readonly signals: Signals;
  close(): Promise<void>;
}

/** What has been carried from the log to SQL. */
export interface Archive {
  /** Messages of a channel below `before`, newest first, as archived. */
  page(channel: ChannelId, before: Seq | null, limit: number): Promise<readonly HistoryMessage[]>;
  /** Reader entries with seq in (after, below), oldest first; redacted ones blanked. `below` null: no bound. */
  since(channel: ChannelId, after: Seq, below: Seq | null, limit: number): Promise<readonly ArchivedEntry[]>;
  /** The same whole, for portals that were away for longer than the log holds. */
  entries(channel: ChannelId, after: Seq, below: Seq | null, limit: number): Promise<readonly Entry[]>;
  head(id: MessageId): Promise<Head | null>;
  /** One message as archived. */
  message(id: MessageId): Promise<SearchHit | null>;
  /** A message as it was before reports hid it; null: they do not. */
  hidden(id: MessageId): Promise<WireChatMessage | null>;
  /** What replies to these messages quote: `quoteText` of each as archived; empty once redacted. */
  quoteTexts(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, string>>;
  /** The step with this key, for repeats that come late. */
  byKey(key: string): Promise<{ readonly message: MessageId | null; readonly seq: Seq | null } | null>;
  /** Messages that first appeared in this room since then, newest first; looks through the newest of the channel alone. */
  originated(query: OriginQuery): Promise<readonly MessageId[]>;
  /** Full-text search over messages as they stand now, newest first. */
  search(query: SearchQuery): Promise<readonly SearchHit[]>;
  /** Newest seq archived of each channel. */
  newest(): Promise<ReadonlyMap<ChannelId, Seq>>;
}
export interface ArchivedEntry {
  readonly seq: Seq;
  readonly message: MessageId | null;
  readonly body: string;
}
export interface OriginQuery extends Pick<Portal, 'channel' | 'bridge' | 'room'> {
  /** Null: of everybody. */
  readonly author: UserId | null;
  readonly since: EpochMs;
  readonly limit: number;
}
export interface SearchQuery {
  readonly text: string;
  readonly channels: readonly ChannelId[];
  /** Message ids sort by time: the cursor over several channels. */
  readonly before: MessageId | null;
  readonly limit: number;
}
export interface SearchHit extends HistoryMessage {
  readonly channel: ChannelId;
}
