import { type Clock, pause } from './async/clock.ts';
import type { BridgeId, EpochMs, HubId, RoomId } from './domain/ids.ts';
import type { Stamped } from './domain/inbound.ts';
import type { Portals } from './domain/portal.ts';
import type { Receipt } from './domain/receipt.ts';
import type { Logger } from './ops/log.ts';
import type { Bridge } from './plugin/bridge.ts';
import type { CommandSpec } from './plugin/commands.ts';
import type { PlatformHttp } from './plugin/http.ts';
import type { HubPort, LinkState, PublicChannels } from './plugin/hub-port.ts';
import { type BuiltIns, type LoadedPlugin, loadPlugin, PluginError } from './plugin/load.ts';
import type { MediaPort } from './plugin/media.ts';
import type { SurfacePort } from './plugin/surface.ts';
import type { Courier } from './relay/courier.ts';
import type { BridgeState, Leases } from './store/ports.ts';
import { createHubPort } from './supervisor/port.ts';
import { createRunner, type Phase, type Runner } from './supervisor/runner.ts';

/** The hub waits no longer for bridges that it can do without. */
const START_PATIENCE_MS = 1_000;

export interface ConfiguredBridge {
  readonly id: BridgeId;
  /** A built-in name or an npm package. */
  readonly use: string;
  readonly isRequired: boolean;
  readonly config: unknown;
}

export interface SupervisorDeps {
  readonly bridges: readonly ConfiguredBridge[];
  readonly builtIns: BuiltIns;
  readonly hub: HubId;
  readonly leases: Leases;
  readonly bridgeState: BridgeState;
  readonly portals: Portals;
  readonly courier: Courier;
  /** The route, for what bridges report. */
  readonly receive: (stamped: Stamped) => Promise<Receipt>;
  readonly media: (bridge: BridgeId) => MediaPort;
  /** Where the platform of a bridge calls it. */
  readonly http: (bridge: BridgeId) => PlatformHttp;
  /** For bridges that may make rooms of their own; null for the others. */
  readonly channels: (bridge: BridgeId) => PublicChannels | null;
  readonly commands: readonly CommandSpec[];
  /** Makes a surface's port from a bridge's, for built-in surfaces alone. */
  readonly extend: (port: HubPort, id: BridgeId) => SurfacePort;
  /** Told of each plugin once it is loaded, before its bridge starts. */
  readonly onLoaded?: (bridge: BridgeId, plugin: PluginFacts) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a plugin says of itself, on every hub. */
export type PluginFacts = Pick<LoadedPlugin, 'platform' | 'label' | 'defaultDirection' | 'outboundNotice'>;

export interface BridgeStatus {
  readonly id: BridgeId;
  /** Null until it is loaded. */
  readonly platform: string | null;
  readonly isRequired: boolean;
  readonly phase: Phase;
  /** When it came into this phase. */
  readonly since: EpochMs;
  /** How often it was started again since this hub was. */
  readonly restarts: number;
  /** Why it failed last, also when it runs again; holds no secret. */
  readonly lastError: { readonly say: string; readonly at: EpochMs } | null;
  /** What the bridge last said of each linked room. */
  readonly rooms: ReadonlyMap<RoomId, LinkState>;
}

/** Starts, restarts and pauses bridges; stops them in order. */
export interface Supervisor {
  /**
   * Resolves once every bridge has been loaded and tried once, or waits for its lease; one that is not required is
   * waited for a short time only, and joins when it can.
   * @throws {RequiredBridgeError} when one that is required did not come up; the others run until `stop`
   */
  start(): Promise<void>;
  /** Bridges stop side by side: couriers first, then the link, then the lease. Never rejects. */
  stop(): Promise<void>;
  status(): readonly BridgeStatus[];
  /** The bridge itself while it is live on this hub; null otherwise. */
  live(id: BridgeId): Bridge | null;
}

/** A bridge that the hub must not run without. */
export class RequiredBridgeError extends Error {
  override readonly name = 'RequiredBridgeError';
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const stopping = new AbortController();
  const supervised = deps.bridges.map((one) => createSupervised(one, deps));
  const running: Promise<void>[] = [];

  return {
    async start() {
      const waited = new AbortController();
      const patience = pause(deps.clock, START_PATIENCE_MS, waited.signal);
      await Promise.all(
        supervised.map(async (one) => {
          if (await one.load()) running.push(one.run(stopping.signal));
          await (one.status().isRequired ? one.tried : Promise.race([one.tried, patience]));
        }),
      );
      waited.abort();
      const failed = supervised.filter(({ status }) => status().isRequired && isDown(status().phase));
      if (failed.length === 0) return;
      const said = failed.map(({ status }) => `${status().id}: ${status().phase.say ?? status().phase.kind}`);
      throw new RequiredBridgeError(`required bridges did not start: ${said.join('; ')}`);
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
    status: () => supervised.map(({ status }) => status()),
    live: (id) => supervised.find((one) => one.id === id)?.live() ?? null,
  };
}

interface Supervised {
  readonly id: BridgeId;
  live(): Bridge | null;
  /** @returns whether there is anything to run */
  load(): Promise<boolean>;
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when it is live, standing by, or has failed once. */
  readonly tried: Promise<void>;
  status(): BridgeStatus;
}

function createSupervised(configured: ConfiguredBridge, deps: SupervisorDeps): Supervised {
  const { id, use, isRequired, config } = configured;
  const { promise: tried, resolve: wasTried } = Promise.withResolvers<void>();
  const rooms = new Map<RoomId, LinkState>();
  let platform: string | null = null;
  let phase: Phase = { kind: 'stopped', say: null };
  let since = deps.clock.now();
  let starts = 0;
  let lastError: BridgeStatus['lastError'] = null;
  let runner: Runner | null = null;
  let built: Bridge | null = null;

  function onPhase(next: Phase): void {
    const now = deps.clock.now();
    if (next.kind !== phase.kind) since = now;
    if (next.kind === 'starting') starts += 1;
    if (next.say !== null) lastError = { say: next.say, at: now };
    phase = next;
    if (next.kind !== 'starting') wasTried();
  }

  function onStatus(room: RoomId | null, state: LinkState): void {
    if (room !== null && isLinked(room)) rooms.set(room, state);
    runner?.status(room, state);
  }

  function isLinked(room: RoomId): boolean {
    return deps.portals.list().some((portal) => portal.bridge === id && portal.room === room);
  }

  async function build(): Promise<Bridge> {
    const plugin = await loadPlugin(use, deps.builtIns);
    platform = plugin.platform;
    deps.onLoaded?.(id, plugin);
    const hub = createHubPort({
      ...deps,
      media: deps.media(id),
      http: deps.http(id),
      channels: deps.channels(id),
      bridge: id,
      platform,
      isOpen: () => runner?.isOpen() ?? false,
      holds: () => runner?.holds() ?? false,
      onStatus,
    });
    return plugin.create(config, { hub, surface: () => deps.extend(hub, id) });
  }

  return {
    id,
    tried,
    live: () => (phase.kind === 'live' ? built : null),
    async load() {
      try {
        const bridge = await build();
        built = bridge;
        runner = createRunner({ ...deps, id, bridge, lease: deps, onPhase });
        return true;
      } catch (error) {
        const say = error instanceof PluginError ? error.message : 'internal error';
        deps.logger.error({ bridge: id, say }, 'bridge not loaded');
        onPhase({ kind: 'broken', say });
        return false;
      }
    },
    async run(signal) {
      await runner?.run(signal);
    },
    status() {
      for (const room of rooms.keys()) if (!isLinked(room)) rooms.delete(room);
      const restarts = Math.max(0, starts - 1);
      return { id, platform, isRequired, phase, since, restarts, lastError, rooms: new Map(rooms) };
    },
  };
}

function isDown(phase: Phase): boolean {
  switch (phase.kind) {
    case 'broken':
    case 'paused':
    case 'waiting':
    case 'stopped':
      return true;
    case 'standby':
    case 'starting':
    case 'live':
      return false;
    default:
      return phase.kind satisfies never;
  }
}
