import { isBuiltin } from 'node:module';
import type { RoomId } from '../domain/ids.ts';
import {
  type Bridge,
  type BridgePlugin,
  type Finding,
  PLUGIN_API_VERSION,
  type Registration,
  type RegistrationFacts,
  type SurfacePlugin,
} from './bridge.ts';
import type { HubPort } from './hub-port.ts';
import type { SurfacePort } from './surface.ts';

/** Where loading failed; each step has its own text. */
export type LoadStep = 'import' | 'shape' | 'api-version' | 'config' | 'create';

/** A bridge that cannot be loaded. The text is for operators and never echoes a value of the configuration. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly step: LoadStep;
  constructor(step: LoadStep, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.step = step;
  }
}

/** What comes with the hub, each loaded only when it is used. Surfaces alone are handed a SurfacePort. */
export interface BuiltIns {
  readonly bridges: Readonly<Record<string, () => Promise<unknown>>>;
  readonly surfaces: Readonly<Record<string, () => Promise<unknown>>>;
}

/** The two ports that the hub can build for a bridge; which one is asked for, the place it came from decides. */
export interface PortChoice {
  readonly hub: HubPort;
  surface(): SurfacePort;
}

export interface LoadedPlugin {
  readonly platform: string;
  /** The platform's name as people write it; null: nothing out of the ordinary. */
  readonly label: string | null;
  readonly exampleConfig: string;
  /** Which way a new portal goes unless somebody says otherwise. */
  readonly defaultDirection: 'both' | 'in' | 'out';
  /** Told to whoever turns on that messages go out; null: there is nothing to tell. */
  readonly outboundNotice: string | null;
  /** Reads the config and builds nothing. @throws {PluginError} */
  check(config: unknown): void;
  /** Reads the config and builds the bridge; opens nothing. @throws {PluginError} */
  create(config: unknown, ports: PortChoice): Bridge;
  /** Has the plugin ask its platform; empty where it has no doctor. Rejects with whatever the plugin throws. @throws {PluginError} */
  doctor(config: unknown, rooms: readonly RoomId[], signal: AbortSignal): Promise<readonly Finding[]>;
  /** The file that the platform's server needs; null where it needs none. @throws {PluginError} */
  registration(config: unknown, facts: RegistrationFacts): Registration | null;
}

/**
 * Loads the plugin behind a `use` of the configuration: a built-in name, or the name of an npm package.
 * @throws {PluginError}
 */
export async function loadPlugin(use: string, builtIns: BuiltIns): Promise<LoadedPlugin> {
  const surface = own(builtIns.surfaces, use);
  if (surface !== undefined) return loadedSurface(use, await defaultExport(use, surface));
  const builtIn = own(builtIns.bridges, use);
  if (builtIn !== undefined) return loadedBridge(use, await defaultExport(use, builtIn));
  return loadedBridge(use, await packageExport(use, builtIns));
}

function loadedBridge(use: string, found: unknown): LoadedPlugin {
  const plugin: BridgePlugin<unknown> = checked(use, found);
  return {
    platform: plugin.platform,
    label: plugin.label ?? null,
    exampleConfig: plugin.exampleConfig,
    defaultDirection: plugin.defaultDirection ?? 'both',
    outboundNotice: plugin.outboundNotice ?? null,
    check: (config) => void parsedConfig(use, plugin, config),
    create(config, ports) {
      const parsed = parsedConfig(use, plugin, config);
      return created(use, config, () => plugin.create(parsed, ports.hub));
    },
    async doctor(config, rooms, signal) {
      const parsed = parsedConfig(use, plugin, config);
      return (await plugin.doctor?.(parsed, rooms, signal)) ?? [];
    },
    registration: (config, facts) => plugin.registration?.(parsedConfig(use, plugin, config), facts) ?? null,
  };
}

function loadedSurface(use: string, found: unknown): LoadedPlugin {
  const plugin: SurfacePlugin<unknown> = checked(use, found);
  return {
    platform: plugin.platform,
    label: plugin.label ?? null,
    exampleConfig: plugin.exampleConfig,
    defaultDirection: plugin.defaultDirection ?? 'both',
    outboundNotice: plugin.outboundNotice ?? null,
    check: (config) => void parsedConfig(use, plugin, config),
    create(config, ports) {
      const parsed = parsedConfig(use, plugin, config);
      return created(use, config, () => plugin.create(parsed, ports.surface()));
    },
    doctor: async () => [],
    registration: () => null,
  };
}

const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

async function packageExport(use: string, builtIns: BuiltIns): Promise<unknown> {
  const names = [...Object.keys(builtIns.surfaces), ...Object.keys(builtIns.bridges)].sort().join(', ') || 'none';
  if (!PACKAGE_NAME.test(use) || isBuiltin(use)) {
    throw new PluginError(
      'import',
      `use: "${use}" is neither a built-in bridge (${names}) nor the name of an npm package`,
    );
  }
  try {
    return exportOf(await import(use));
  } catch (cause) {
    if (!isRecord(cause) || cause.code !== 'ERR_MODULE_NOT_FOUND') throw brokenPackage(use, cause);
    // A name that is nearly that of a bridge may be anybody's package.
    throw new PluginError(
      'import',
      `use: "${use}" is neither a built-in bridge (${names}) nor a package that is installed with all it needs. ` +
        `Correct the name; or, if you know this package, install it beside the hub (npm install ${use})`,
      { cause },
    );
  }
}

async function defaultExport(use: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return exportOf(await load());
  } catch (cause) {
    throw brokenPackage(use, cause);
  }
}

function brokenPackage(use: string, cause: unknown): PluginError {
  const name = cause instanceof Error ? cause.name : typeof cause;
  return new PluginError(
    'import',
    `the package "${use}" fails while it is loaded (${name}). Try it by itself, or another version of it`,
    { cause },
  );
}

function exportOf(found: unknown): unknown {
  return isRecord(found) && 'default' in found ? found.default : found;
}

/** Generic over both kinds of plugin: they differ only in the port that `create` takes. */
function checked<Plugin extends BridgePlugin<unknown> | SurfacePlugin<unknown>>(use: string, found: unknown): Plugin {
  if (!isRecord(found)) {
    throw new PluginError(
      'shape',
      `the package "${use}" has no plugin as its default export; make it with defineBridge()`,
    );
  }
  if (found.apiVersion !== PLUGIN_API_VERSION) {
    const has = typeof found.apiVersion === 'number' ? String(found.apiVersion) : 'none';
    throw new PluginError(
      'api-version',
      `the plugin "${use}" is made for plugin API ${has}, this hub has ${PLUGIN_API_VERSION}. Install a version of it that fits`,
    );
  }
  const wrong = wrongField(found);
  if (wrong !== null) throw new PluginError('shape', `the plugin "${use}": ${wrong}; make it with defineBridge()`);
  return found as unknown as Plugin;
}

function wrongField(found: Readonly<Record<string, unknown>>): string | null {
  const platform = found.platform;
  if (typeof platform !== 'string' || !/^[a-z][a-z0-9-]{0,31}$/.test(platform)) {
    return '"platform" must be lower-case letters, digits and dashes';
  }
  const { label } = found;
  if (label !== undefined && (typeof label !== 'string' || !/^[\p{L}\p{N}][\p{L}\p{N} .-]{0,31}$/u.test(label))) {
    return '"label" must be up to 32 letters, digits, blanks, dots and dashes';
  }
  if (typeof found.exampleConfig !== 'string') return '"exampleConfig" must be a string';
  if (typeof found.parseConfig !== 'function') return '"parseConfig" must be a function';
  if (typeof found.create !== 'function') return '"create" must be a function';
  return null;
}

function parsedConfig(use: string, plugin: Pick<BridgePlugin<unknown>, 'parseConfig'>, config: unknown): unknown {
  try {
    return plugin.parseConfig(config);
  } catch (error) {
    // A ConfigError names the field and the mend; any other text may hold the value that it choked on.
    const say = isConfigError(error)
      ? withoutValues(error.message, config)
      : `its configuration was refused without saying why (${error instanceof Error ? error.name : typeof error})`;
    throw new PluginError('config', `the plugin "${use}": ${say}`);
  }
}

function created(use: string, config: unknown, create: () => Bridge): Bridge {
  let bridge: Bridge;
  try {
    bridge = create();
  } catch (error) {
    const said = error instanceof Error ? withoutValues(error.message, config) : typeof error;
    throw new PluginError('create', `the plugin "${use}" could not build its bridge: ${said}`);
  }
  const wrong = wrongBridge(bridge);
  if (wrong !== null) throw new PluginError('create', `the plugin "${use}" built a bridge whose ${wrong}`);
  return bridge;
}

function wrongBridge(bridge: Bridge): string | null {
  if (bridge.placement !== 'one-hub' && bridge.placement !== 'each-hub') {
    return '"placement" is neither one-hub nor each-hub';
  }
  if (bridge.delivery !== 'courier' && bridge.delivery !== 'feed') return '"delivery" is neither courier nor feed';
  if (bridge.placement === 'each-hub' && bridge.delivery === 'courier') {
    return 'commands would be sent once by every hub: a courier bridge must be placed on one hub';
  }
  return null;
}

/** By shape: a plugin may bring its own copy of the class. */
function isConfigError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ConfigError' && 'path' in error && 'mend' in error;
}

/** Blots out every text of the config that stands in a message, secrets among them. */
export function withoutValues(message: string, config: unknown): string {
  return textsOf(config)
    .filter((text) => text.length >= 6)
    .sort((a, b) => b.length - a.length)
    .reduce((kept, text) => kept.replaceAll(text, '[value]'), message);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return isRecord(value) ? Object.values(value).flatMap(textsOf) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
