import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AuditedAct, ShownKarma } from '../domain/audited.ts';
import type { ChannelSettings } from '../domain/channel-settings.ts';
import type { Attachment } from '../domain/content.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { ChannelId, Epoch, EpochMs, MessageId, Seq, UserId } from '../domain/ids.ts';
import type { Actor, Request } from '../domain/inbound.ts';
import type { LiveEvent, LiveEventId } from '../domain/live-event.ts';
import type { Receipt, Refusal } from '../domain/receipt.ts';
import type { QueuedMessage, ReportedMessage } from '../domain/staff.ts';
import type { HistoryMessage, ListedChannel, Person } from '../domain/wire.ts';
import type { HubPort } from './hub-port.ts';

export type { ListedChannel, Person };

/**
 * What built-in surfaces (the native socket, REST) may ask besides. Handed to built-ins only: with it a plugin
 * could act as anyone. Everything said here takes the same route as an inbound of a bridge.
 */
export interface SurfacePort extends HubPort {
  /** How people reach the hub from outside; null where only this machine does. */
  readonly publicUrl: string | null;
  /** Who holds this token. Null token: a guest, where guests are let in. */
  verify(token: string | null): Promise<Verified>;
  /**
   * The file of the hub behind this URL, as a message carries it; kept from now on. Null: the hub has no such file.
   * @throws {StoreUnavailable}
   */
  attachment(url: string): Promise<Attachment | null>;
  /** The route. `again`: the client repeats a post of an earlier connection, so late repeats are looked up too. */
  request(actor: Actor, request: Request, key: RequestKey): Promise<Receipt>;
  /** A command, as it was typed behind the `/`. The answer is for this person alone. */
  act(
    actor: Actor,
    command: { readonly channel: ChannelId; readonly text: string; readonly replyTo: MessageId | null },
  ): Promise<Answer<{ readonly say: string }>>;
  /** Everything that is asked and changes nothing. */
  ask<K extends keyof Questions>(actor: Actor, kind: K, question: Questions[K][0]): Promise<Answer<Questions[K][1]>>;
  /** Acts that are not said in a channel. */
  do<K extends keyof Deeds>(actor: Actor, kind: K, deed: Deeds[K][0]): Promise<Answer<Deeds[K][1]>>;
  /** Whether this person may read the channel by all that the feed has handed out so far; in memory. */
  mayRead(actor: Actor, channel: ChannelId): boolean;
  readonly feed: Feed;
  /** Says who is connected to a channel through this surface; again when they leave. */
  readonly presence: { join(channel: ChannelId, actor: Actor): void; leave(channel: ChannelId, actor: Actor): void };
  /** Takes over WebSocket upgrades on a path of the hub's HTTP server, which bounds their number. @returns a function that gives it back */
  upgrades(path: string, take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): () => void;
}

/** `key` is the client's own, unique among its posts. */
export interface RequestKey {
  readonly key: string;
  readonly again: boolean;
}

export type Verified =
  | {
      readonly ok: true;
      readonly actor: Actor;
      readonly isAdmin: boolean /** For guests: to be the same one next time. */;
      readonly token: string | null;
    }
  | { readonly ok: false; readonly code: Refusal; readonly say: string };

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: Refusal; readonly say: string };

/** Question and answer of each kind. The only place to add one. */
export interface Questions {
  /** Channels that this person may find, the megachannel first. */
  channels: [Record<never, never>, { readonly channels: readonly ListedChannel[] }];
  /** One of them, if this person may read it; in memory, so that everybody can come back at once. */
  channel: [{ readonly channel: ChannelId }, ListedChannel];
  /** Messages below `before`, newest first, as they stand now. */
  history: [
    { readonly channel: ChannelId; readonly before: Seq | null; readonly limit: number },
    { readonly messages: readonly HistoryMessage[]; readonly isEnd: boolean },
  ];
  /** The message and what stands around it. */
  message: [{ readonly channel: ChannelId; readonly id: MessageId }, HistoryMessage];
  search: [
    {
      readonly text: string;
      readonly channel: ChannelId | null;
      readonly before: MessageId | null;
      readonly limit: number;
    },
    { readonly messages: readonly (HistoryMessage & { readonly channel: ChannelId })[] },
  ];
  /** Who is connected, over all hubs. */
  people: [{ readonly channel: ChannelId }, { readonly people: readonly Person[]; readonly guests: number }];
  /** Acts of moderation, newest first, for those who moderate the channel; channel null: all of them, for admins. */
  audit: [
    {
      readonly channel: ChannelId | null;
      /** Null: about anybody. */
      readonly target: UserId | null;
      /** `id` of the last act that was told; null: from the newest. */
      readonly before: number | null;
      readonly limit: number;
    },
    { readonly acts: readonly AuditedAct[] },
  ];
  /** Somebody's standing with its newest lines; one's own, or for those who moderate the channel. */
  karma: [
    { readonly channel: ChannelId; readonly user: UserId },
    { readonly balance: number; readonly lines: readonly ShownKarma[] },
  ];
  /** Where a message has got to in each room of its channel; for its author, and for those who moderate there. */
  delivery: [
    { readonly channel: ChannelId; readonly message: MessageId },
    { readonly deliveries: readonly Delivery[] },
  ];
  /** Live events that are not over: of the DJ of this channel, or of all. */
  events: [{ readonly channel: ChannelId | null }, { readonly events: readonly ListedEvent[] }];
  /** For those who moderate there: who else does; `event`: for that one alone. */
  moderators: [
    { readonly channel: ChannelId },
    {
      readonly moderators: readonly {
        readonly user: UserId;
        readonly name: string | null;
        readonly platform: string | null;
        readonly event: LiveEventId | null;
      }[];
    },
  ];
  /** For those who moderate a channel: what is set for it, and how calm it is kept now. */
  settings: [
    { readonly channel: ChannelId },
    {
      readonly settings: ChannelSettings;
      readonly mode: {
        readonly slowSeconds: number;
        readonly isShielded: boolean;
        readonly shieldUntil: EpochMs | null;
      };
    },
  ];
  /** What waits for a moderator, the oldest first; channel null: wherever this person moderates. */
  queue: [
    { readonly channel: ChannelId | null; readonly after: MessageId | null; readonly limit: number },
    { readonly held: readonly QueuedMessage[]; readonly waiting: number },
  ];
  /** What was reported and nobody has decided yet. */
  reports: [
    { readonly channel: ChannelId | null; readonly limit: number },
    { readonly reported: readonly ReportedMessage[] },
  ];
}
/** A live event as everybody may see it. */
export type ListedEvent = Omit<LiveEvent, 'version'>;

/** Every act that is not said in a channel, with what it takes and what it answers. The only place to add one. */
export interface Deeds {
  /** Of the DJ whose channel it is. */
  'plan-event': [
    { readonly channel: ChannelId; readonly title: string; readonly startsAt: EpochMs },
    { readonly event: ListedEvent },
  ];
  /** Null: stays. */
  'change-event': [
    { readonly event: LiveEventId; readonly title: string | null; readonly startsAt: EpochMs | null },
    { readonly event: ListedEvent },
  ];
  'turn-event': [
    { readonly event: LiveEventId; readonly turn: 'start' | 'end' | 'resume' | 'cancel' },
    { readonly event: ListedEvent },
  ];
  /** Moderators of the megachannel, of a DJ, or of the live event that is on. */
  appoint: [OfPerson, { readonly say: string }];
  dismiss: [OfPerson, { readonly say: string }];
  /** What a DJ sets for a channel; what is not named stays as it is. */
  'set-settings': [{ readonly channel: ChannelId; readonly change: unknown }, { readonly settings: ChannelSettings }];
  'set-slow': [{ readonly channel: ChannelId; readonly seconds: number }, { readonly say: string }];
  'set-shield': [{ readonly channel: ChannelId; readonly isOn: boolean }, { readonly say: string }];
  /** For a minute others are told that this moderator looks at it. */
  'take-held': [OfMessage, Record<never, never>];
  /** The message is one of the channel from now on. */
  'release-held': [OfMessage, { readonly seq: Seq | null }];
  'discard-held': [OfMessage & { readonly reason: string | null }, Record<never, never>];
  report: [OfMessage & { readonly reason: string | null }, { readonly isNew: boolean }];
  /** The message goes everywhere, or is shown again. */
  'decide-reports': [
    OfMessage & { readonly as: 'upheld' | 'dismissed'; readonly reason: string | null },
    Record<never, never>,
  ];
}
interface OfPerson {
  readonly channel: ChannelId;
  readonly target: UserId;
  readonly isForEvent: boolean;
}
interface OfMessage {
  readonly channel: ChannelId;
  readonly message: MessageId;
}

/** One entry for readers. `body` is JSON of a WireEntry; the surface puts `"seq":N,` in front and does not parse it. */
export interface FeedEntry {
  readonly seq: Seq;
  readonly body: string;
}

/** The log as readers see it, channel by channel. Who may read was asked before. */
export interface Feed {
  epoch(): Epoch;
  /**
   * Calls `entries` in order with what is stored from now on, in batches, in the tick in which the hub reads it.
   * The listener must not block and must not throw. @returns a function that stops it
   */
  follow(channel: ChannelId, entries: (batch: readonly FeedEntry[]) => void): () => void;
  /** Seq of the newest entry that `follow` has handed out in this channel since the hub started; null if none. */
  liveSeq(channel: ChannelId): Seq | null;
  /**
   * What is stored after `after`, oldest first, at most `limit`. `reset`: too far back or of another epoch; load a page.
   * To resume: read until `isLast` and the last seq >= liveSeq, then follow in the same tick; drop seq <= last sent.
   */
  since(
    channel: ChannelId,
    epoch: Epoch,
    after: Seq,
    limit: number,
  ): Promise<
    | { readonly kind: 'entries'; readonly entries: readonly FeedEntry[]; readonly isLast: boolean }
    | { readonly kind: 'reset' }
  >;
  /** Position to follow from after loading a page now: read this before the page. */
  headSeq(channel: ChannelId): Promise<Seq>;
  /** Calls back when the log may have gone back: everybody reloads. @returns a function that stops it */
  onEpoch(listener: (epoch: Epoch) => void): () => void;
  /**
   * Calls back when rights, members or channels changed, before what was stored after that is handed out: ask again who
   * may read what. @returns a function that stops it
   */
  onRights(listener: (change: RightsChange) => void): () => void;
}

/** Whom a change of rights concerns. */
export interface RightsChange {
  /** Their sessions, standing or roles: others need not be looked at, so that one who comes and goes costs little. */
  readonly users: ReadonlySet<UserId>;
  /** A channel or its members: every list of channels may be another. */
  readonly isForAll: boolean;
}
