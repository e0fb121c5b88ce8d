import type { HubFrame } from '../bridges/slipmat/protocol.ts';
import type { MessageId, Seq } from '../core/domain/ids.ts';
import type { HistoryMessage, ListedChannel, Person } from '../core/domain/wire.ts';
import type { Deeds, Questions } from '../core/plugin/asked/table.ts';
import type { ChannelEvent } from './channel-view.ts';

/** What a frame of this type holds. */
export type FrameOf<Type extends HubFrame['type']> = Extract<HubFrame, { readonly type: Type }>;
/** What a question takes, with ids as plain text and what may be left out left out. */
export type Asking<In> = { readonly [Key in keyof In]?: In[Key] extends string | null ? string | null : In[Key] };
export type You = FrameOf<'welcome'>['you'];

export interface ClientOptions {
  /** `ws://` or `wss://`, ending in `/ws`. */
  readonly url: string;
  /** Of a session or of the main site; null comes in as a guest. */
  readonly token: string | null;
  /** Opens a connection; by default the platform's own WebSocket. */
  readonly openSocket?: (url: string) => ClientSocket;
  /** Keeps what is not acknowledged and the guest's token over a reload; by default nothing is kept. */
  readonly storage?: ClientStorage;
  /** Whether an admin joins public channels without anybody being told; asked at each join. By default nobody does. */
  readonly isUnnoticed?: () => boolean;
  readonly clock?: ClientClock;
  /** A fraction in [0, 1), for jitter and keys. */
  readonly random?: () => number;
}

/** The part of a WebSocket that the client uses: that of browsers, of Node and of `ws` all fit. */
export interface ClientSocket {
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  /** Set to `arraybuffer`. */
  binaryType: string;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Small texts by name. A value of null forgets. Failures must not reject: what cannot be kept is not kept. */
export interface ClientStorage {
  load(name: 'outbox' | 'guest'): Promise<string | null>;
  save(name: 'outbox' | 'guest', value: string | null): Promise<void>;
}

export interface ClientClock {
  now(): number;
  /** Runs once after `ms`. @returns a function that cancels it */
  after(ms: number, run: () => void): () => void;
}

export type ClientState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Tries again at `retryAt` by the client's clock, or at once by `retryNow()`. */
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly attempt: number; readonly say: string }
  /** The token is not, or no longer, valid: `signIn` with another. */
  | { readonly kind: 'signed-out'; readonly say: string }
  | { readonly kind: 'closed' };

/** What listeners are told. */
export interface ClientEvents {
  readonly state: ClientState;
  /** After each connection. */
  readonly welcome: FrameOf<'welcome'>;
  readonly channels: readonly ListedChannel[];
  /** Everything that changes a joined channel, in order: fold it with `channelView`. */
  readonly channel: ChannelEvent;
  readonly typing: FrameOf<'typing'>;
  /** News for all devices of this person. */
  readonly self: FrameOf<'self'>['what'];
  /** No longer readable; the client has left it. */
  readonly removed: FrameOf<'removed'>;
  /** The hub found fault with this client as a whole, such as sending too fast. */
  readonly problem: Failure;
}

/** A request that was turned down, or had no answer in time (`no-answer`), or could not be kept (`too-many`). */
export interface Failure {
  readonly ok: false;
  readonly code: string;
  /** A sentence for the person. */
  readonly say: string;
  readonly field: string | null;
  readonly retryAfterMs: number | null;
}
export type Answer<T> = { readonly ok: true; readonly value: T } | Failure;
/** What became of a post, edit, redaction or reaction. It waits over reconnects until the hub has answered. */
export type Written = Answer<{
  readonly outcome: FrameOf<'ack'>['outcome'];
  readonly message: MessageId | null;
  readonly seq: Seq | null;
  /** What its author should know of it. */
  readonly say?: string;
}>;

/** One connection to a hub, kept up by itself. */
export interface Client {
  state(): ClientState;
  /** Null until the first welcome. */
  you(): You | null;
  /** As told last; empty until then. */
  channels(): readonly ListedChannel[];
  /** @returns a function that stops it */
  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void;
  /** Follows a channel over reconnects until `leave`; its events come to `channel` listeners. */
  join(channel: string, limit?: number): Promise<Answer<FrameOf<'joined'>>>;
  leave(channel: string): void;

  /** Its `pending` event comes before this returns, its `outcome` event when the hub has answered. */
  post(post: {
    readonly channel: string;
    readonly text: string;
    readonly replyTo?: string | null;
    /** Uploaded before; `url` is what the hub answered. */
    readonly attachments?: readonly {
      readonly url: string;
      readonly alt?: string | null;
      readonly isSpoiler?: boolean;
    }[];
  }): {
    readonly key: string;
    readonly done: Promise<Written>;
  };
  /** Sends a failed post again, under its key. False when the client no longer has it. */
  retry(key: string): boolean;
  /** Forgets a post that is pending or failed, with a `dropped` event. What was sent may have arrived all the same. */
  discard(key: string): void;
  edit(channel: string, message: string, text: string): Promise<Written>;
  redact(channel: string, message: string, reason?: string | null): Promise<Written>;
  react(channel: string, message: string, emoji: string, on: boolean): Promise<Written>;

  /** Older messages, below `before`, newest first. They also come as a `channel` event. */
  history(channel: string, before: number | null, limit?: number): Promise<Answer<FrameOf<'history'>>>;
  message(channel: string, message: string): Promise<Answer<HistoryMessage>>;
  search(query: {
    readonly text: string;
    readonly channel?: string | null;
    readonly before?: string | null;
    readonly limit?: number;
  }): Promise<Answer<FrameOf<'results'>['messages']>>;
  people(channel: string): Promise<Answer<{ readonly people: readonly Person[]; readonly guests: number }>>;
  /** What people can ask of the hub with a `/`. */
  commands(): Promise<Answer<FrameOf<'commands'>['commands']>>;
  /** Gives a command, without the `/`; at most once, never repeated. The answer is a text for this person alone. */
  command(channel: string, text: string, replyTo?: string | null): Promise<Answer<string>>;
  /** A question of the hub's table, by its name, with what it takes and answers. */
  ask<K extends keyof Questions>(kind: K, of: Asking<Questions[K][0]>): Promise<Answer<Questions[K][1]>>;
  /** An act of the hub's table; at most once, never repeated. */
  do<K extends keyof Deeds>(kind: K, of: Asking<Deeds[K][0]>): Promise<Answer<Deeds[K][1]>>;
  /** At most once a few seconds while somebody types; never kept, never repeated. */
  typing(channel: string, on: boolean): void;

  /** Ends the wait before the next try. */
  retryNow(): void;
  /** Comes in again as somebody else; unacknowledged posts of the former are dropped. */
  signIn(token: string | null): void;
  /** Closes for good. */
  close(): void;
}
