import type { AccountId, RoomId } from '../domain/ids.ts';
import type { BridgePlugin } from '../plugin/bridge.ts';
import type { PlatformAnswer, PlatformCall } from '../plugin/http.ts';

/**
 * How the next command of the bridge ends. Every double knows the first three; name the others in `failures`.
 * - `rate-limit`: refused, with `retryAfterMs`. `unauthorized`: the credential is refused. `room-gone`: no such room, or thrown out.
 * - `cut`: it is done, but the connection breaks before the answer.
 * - `outage`: not done, answered as when the platform is down (a 5xx).
 * - `silence`: not done and never answered; the connection stays.
 */
export type PlatformFailure = 'rate-limit' | 'unauthorized' | 'room-gone' | 'cut' | 'outage' | 'silence';

/** What the bridge posted. */
export interface DoublePost {
  readonly id: string;
  /** As people see it: without the markup that the platform reads, and without what escapes it. */
  readonly text: string;
}

export interface DoubleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A small fake of the platform's server, written by the author of the bridge. Only the first part must be there;
 * each of the rest lets more cases run, and a case that is left out names the member it misses.
 */
export interface PlatformDouble {
  /** The room that the cases use. */
  readonly room: RoomId;
  /** The credential in the config: it must never be seen in an error or a log. */
  readonly secret: string;
  /** What the platform asks one to wait when it limits the rate. */
  readonly retryAfterMs: number;
  /** Somebody who is not the bridge posts. @returns the platform's id of the message */
  userPosts(text: string): Promise<string>;
  /** The platform delivers that message once more, as after a reconnect. */
  deliverAgain(id: string): Promise<void>;
  /** What the bridge posted in the room and still stands there, oldest first. */
  posted(): readonly DoublePost[];
  failNext(failure: PlatformFailure): void;
  stop(): Promise<void>;

  /** For platforms that fetch what the bridge has posted: resolves once they have all of it. Called after each operation. */
  catchUp?(): Promise<void>;
  /** For platforms that call the bridge: from now on they do it by this. */
  callBy?(call: (call: PlatformCall) => Promise<PlatformAnswer>): void;
  /** Which failures `failNext` knows besides the first three. */
  readonly failures?: readonly PlatformFailure[];
  /** The platform delivers again, after a new start, what the cursor has not passed. */
  readonly resumes?: true;
  /** From now on the bridge hears of its own post before the answer to its request. */
  echoBeforeResponse?(): void;
  /** From now on the platform refuses the credential, at login too. */
  refuseLogin?(): void;
  /** Breaks all connections; new ones are welcome at once. */
  dropConnections?(): void;

  /** The author of a message of `userPosts` edits it. */
  userEdits?(id: string, text: string): Promise<void>;
  /** The author of a message of `userPosts` removes it. */
  userRedacts?(id: string): Promise<void>;
  /** Somebody reacts to a message: one of `userPosts`, or one that the bridge posted. */
  userReacts?(id: string, emoji: string): Promise<void>;
  /** Somebody answers a message: one of `userPosts`, or one that the bridge posted. @returns the id of the answer */
  userReplies?(to: string, text: string): Promise<string>;
  /** Somebody posts a picture with a caption. @returns the id of the message */
  userPostsImage?(file: DoubleFile, caption: string): Promise<string>;

  /** A second room of the same platform, in the same config. */
  readonly second?: {
    readonly room: RoomId;
    userPosts(text: string): Promise<string>;
    posted(): readonly DoublePost[];
  };
  /** Texts that, passed on raw, would ping or be shown formatted here: `<@1>`, `**b**`. */
  readonly tricks?: readonly string[];
  /** Whom that post of the bridge has pinged; `@everyone` and the like too. */
  pinged?(id: string): readonly string[];
  /** The pieces of that post of the bridge which are shown formatted: bold, code, a hidden link. Bare links apart. */
  formatted?(id: string): readonly string[];
  /** The name under which that post of the bridge is shown, where posts can bear one of their own. */
  nameOf?(id: string): string;
  /** The message that this post of the bridge answers natively. */
  replyOf?(id: string): string | null;
  /** Files of that post of the bridge. */
  filesOf?(id: string): readonly DoubleFile[];
  /** Emoji that the bridge has put on that message. */
  reactionsOf?(id: string): readonly string[];
  /** Somebody in the room, and how they stand with the platform now. */
  readonly person?: { readonly account: AccountId; standing(): 'free' | 'timeout' | 'ban' };
}

/** A payload as the platform sends it, decoded, and what it must come to. Both are compared as JSON. */
export interface Fixture {
  readonly name: string;
  decode(): unknown;
  readonly golden: unknown;
}

/** A bridge to be held against the contract. */
export interface ContractSubject<Config> {
  readonly plugin: BridgePlugin<Config>;
  /** A fresh double; each case opens its own. */
  open(): Promise<PlatformDouble>;
  /** A config with which the bridge works on this double. */
  config(double: PlatformDouble): object;
  /** Path of a field that the config cannot do without. */
  readonly requiredField: string;
  /** Cases that cannot hold on this platform, by name, each with the reason; printed in the report. */
  readonly skips?: Readonly<Record<string, string>>;
  readonly fixtures?: readonly Fixture[];
}
