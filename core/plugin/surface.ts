import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Attachment } from '../domain/content.ts';
import type { ChannelId, Epoch, MessageId, Seq, UserId } from '../domain/ids.ts';
import type { Actor, Request } from '../domain/inbound.ts';
import type { Receipt, Refusal } from '../domain/receipt.ts';
import type { Scope } from '../domain/scopes.ts';
import type { SelfNews } from '../domain/self-news.ts';
import type { ListedChannel, Person } from '../domain/wire.ts';
import type { Deeds, Questions } from './asked/table.ts';
import type { HubPort } from './hub-port.ts';

export type { ListedEvent } from './asked/table.ts';
export type { Deeds, ListedChannel, Person, Questions };

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
   * The files of the hub that go with a message, as it carries them: kept from now on where they are named, those that
   * it has already where it is edited, which is one of the words. Null: one that is named is not the hub's.
   * @throws {StoreUnavailable}
   */
  files(actor: Actor, of: FilesOf): Promise<readonly Attachment[] | null>;
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
  /** What this person's token lacks for acts of this kind, and why; null: nothing. In memory. */
  lacks(actor: Actor, scope: Scope): Extract<Answer<never>, { readonly ok: false }> | null;
  /** Calls back once this person's token is worth nothing any more, before anything stored later. @returns what stops it */
  onTokenEnd(actor: Actor, ended: () => void): () => void;
  /**
   * Tells somebody what they have missed in a channel, as they may see it, and begins to follow in the tick from which on
   * nothing more is missed. `reset`: too far back, of another epoch, or the past of which their token is not for.
   */
  catchUp(actor: Actor, from: CatchUpFrom, taker: CatchUpTaker): Promise<'live' | 'gone' | 'reset'>;
  /** Whether this person may read the channel by all that the feed has handed out so far, by this token; in memory. */
  mayRead(actor: Actor, channel: ChannelId): boolean;
  /** Whether what one does in a closed channel is for the other: not if that one has blocked them; in memory. */
  mayHear(actor: Actor, from: Pick<Actor, 'user'>): boolean;
  readonly feed: Feed;
  /** News for all devices of one person, whichever hub they are connected to; each comes at most once. */
  readonly self: { follow(user: UserId, listener: (news: SelfNews) => void): () => void };
  /** Says who is connected to a channel through this surface; again when they leave. */
  readonly presence: { join(channel: ChannelId, actor: Actor): void; leave(channel: ChannelId, actor: Actor): void };
  /** Reading without anybody being told, for admins in public channels. @returns what ends it; `onShown` is told once */
  unnoticed(actor: Actor, channel: ChannelId, onShown: () => void): Promise<Answer<() => void>>;
  /** Who types: told to other hubs and to rooms; and heard from them. */
  readonly typing: { say(typing: Typing): void; hear(listener: (typing: Typing) => void): () => void };
  /** Takes over WebSocket upgrades on a path of the hub's HTTP server, which bounds their number. @returns a function that gives it back */
  upgrades(path: string, take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): () => void;
}

/** The ways in for whoever is verified; what their token may be used for is held by them. */
export type Doors = Pick<SurfacePort, 'request' | 'act' | 'ask' | 'do'>;

export type FilesOf =
  | { readonly kind: 'named'; readonly files: readonly Pick<Attachment, 'url' | 'alt' | 'isSpoiler'>[] }
  | { readonly kind: 'message'; readonly channel: ChannelId; readonly id: MessageId };

export interface CatchUpFrom {
  readonly channel: ChannelId;
  readonly epoch: Epoch;
  readonly after: Seq;
}

/** Takes what somebody has missed. */
export interface CatchUpTaker {
  isThere(): boolean;
  /** At least once, also where nothing was missed. @param upTo the newest that was read, theirs or not */
  take(entries: readonly FeedEntry[], upTo: Seq): Promise<void>;
  /** Resolves once more may be taken. */
  drained(): Promise<void>;
  /** Follows from now on; in this very tick. */
  live(): void;
}

/** Somebody types, or no longer does. */
export interface Typing {
  readonly channel: ChannelId;
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
  readonly avatarUrl: string | null;
  readonly on: boolean;
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

/** One entry for readers. `body` is JSON of a WireEntry; the surface puts `"seq":N,` in front and does not parse it. */
export interface FeedEntry {
  readonly seq: Seq;
  readonly body: string;
  /**
   * Absent: `body` is for every reader. Otherwise what this person gets in its place, null: nothing; nobody may be
   * given `body` then.
   */
  readonly seenBy?: ((user: UserId) => string | null) | undefined;
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
   * To resume see `SurfacePort.catchUp`.
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
