import type { RoomId } from '../domain/ids.ts';
import type { BridgePlugin } from '../plugin/bridge.ts';

/** A small fake of the platform's server, written by the author of the bridge. */
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
  posted(): readonly { readonly id: string; readonly text: string }[];
  /** How the next command fails. */
  failNext(failure: 'rate-limit' | 'unauthorized' | 'room-gone'): void;
  stop(): Promise<void>;
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
}
