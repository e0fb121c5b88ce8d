import type { RoomId } from '../domain/ids.ts';
import type { HubPort } from './hub-port.ts';
import type { Capabilities } from './operations.ts';
import type { SurfacePort } from './surface.ts';

/** Version of this interface. A plugin made for another is refused at load. */
export const PLUGIN_API_VERSION = 1;

/** Default export of a bridge package, made with `defineBridge`. */
export interface BridgePlugin<Config> {
  readonly apiVersion: typeof PLUGIN_API_VERSION;
  /** Lower-case platform name, such as `discord`. Used in logs, metrics and display prefixes. */
  readonly platform: string;
  /** The name as people write it, such as `IRC`; absent: the same with its first letter large. */
  readonly label?: string;
  /** YAML with comments; becomes this plugin's part of the example config. */
  readonly exampleConfig: string;
  /** Which way a new portal goes unless somebody says otherwise; absent: both. */
  readonly defaultDirection?: 'both' | 'in' | 'out';
  /** Told to whoever turns on that messages go out to this platform, such as what its terms say of it. */
  readonly outboundNotice?: string;
  /** Pure. @throws {ConfigError} naming the path of the bad field; never echoes its value. */
  parseConfig(input: unknown): Config;
  /** Builds the bridge. Must not open sockets, start timers or read files. */
  create(config: Config, hub: HubPort): Bridge;
  /**
   * Asks the platform about each credential, permission and setting, for `slipmat-hub doctor`; changes nothing there.
   * @param rooms that have a portal
   */
  doctor?(config: Config, rooms: readonly RoomId[], signal: AbortSignal): Promise<readonly Finding[]>;
  /** For platforms whose server needs a file that tells of the hub. Pure: made anew it keeps the secrets of the one before. */
  registration?(config: Config, facts: RegistrationFacts): Registration;
}

/** A file for the platform's server. */
export interface Registration {
  /** Where the bridge looks for it. */
  readonly file: string;
  readonly text: string;
  /** What to do with it, for the operator. */
  readonly next: string;
}
export interface RegistrationFacts {
  /** The file as it is now; null where there is none. */
  read(file: string): string | null;
  /** How the platform reaches the bridge unless its configuration says otherwise. */
  readonly url: string;
  newSecret(): string;
}

/** One thing that was looked at. `mend`: what to do, with a link to the page that tells how. */
export type Finding =
  | { readonly level: 'ok'; readonly what: string }
  | { readonly level: 'warn' | 'fail'; readonly what: string; readonly mend: string };

/** A built-in that people connect to: it runs on every hub and may speak for any verified person. */
export interface SurfacePlugin<Config> extends Omit<BridgePlugin<Config>, 'create' | 'doctor' | 'registration'> {
  create(config: Config, hub: SurfacePort): Bridge;
}

export interface Bridge {
  /** `one-hub`: on the holder of its lease alone. `each-hub`: on all. */
  readonly placement: 'one-hub' | 'each-hub';
  /** `courier`: a portal lane sends it commands. `feed`: it follows the feed by itself. */
  readonly delivery: 'courier' | 'feed';
  /** Resolves once the link is live; a room that fails is reported by `hub.status`. @throws {BridgeError} */
  start(signal: AbortSignal): Promise<void>;
  /** Idempotent, never rejects, resolves within 5 s. No `receive` call starts after it resolves. `start` may follow. */
  stop(): Promise<void>;
  /** What works in this room now. Synchronous, no I/O. */
  capabilities(room: RoomId): Capabilities;
}

/** Keeps the type of the config while declaring a plugin. */
export function defineBridge<Config>(plugin: BridgePlugin<Config>): BridgePlugin<Config> {
  return plugin;
}
