import { createQuestions } from '../community/questions.ts';
import type { BridgeId, EpochMs, Position } from '../domain/ids.ts';
import { noMedia } from '../media/no-media.ts';
import type { BridgeHealth } from '../ops/checks.ts';
import { createReceive } from '../pipeline/receive.ts';
import { createCourier } from '../relay/courier.ts';
import { OUTAGE_MS } from '../relay/limits.ts';
import { type BridgeStatus, type ConfiguredBridge, createSupervisor } from '../supervisor.ts';
import type { HubOptions, HubParts } from './parts.ts';
import { createPortals } from './portals.ts';
import { surfacePort } from './surface-port.ts';

const KEEP_MS = 5_000;

/** The bridges of this hub, surfaces among them. */
export interface Bridges {
  status(): readonly BridgeStatus[];
  health(): readonly BridgeHealth[];
  stop(): Promise<void>;
}

/** Loads and starts the native surfaces and what is configured. @throws when a required one does not come up */
export async function startBridges(parts: HubParts, options: HubOptions): Promise<Bridges> {
  const { id, live, archive, archiving, knowledge, metrics, routing, accounts, presence, http } = parts;
  const { config, builtIns, clock, log } = options;
  const { directory, recent, history, tail } = knowledge;
  const { store } = live;
  const portals = createPortals(config, directory.channel, log);
  portals.refresh();
  tail.follow((batch) => {
    if (batch.some(({ kind }) => kind === 'change')) portals.refresh();
  });

  const courier = createCourier({
    log: store.log,
    deliveries: store.deliveries,
    lookup: async ({ channel }, message) => {
      const place = directory.channel(channel);
      return place === null ? null : history.message(place, message);
    },
    portals,
    clock,
    logger: log,
    publicUrl: config.publicUrl,
    count: (outcome, reason, times) => {
      for (let n = 0; n < times; n += 1) metrics.relayed(reason ?? 'none', outcome);
    },
  });
  tail.follow((batch) => {
    for (const shard of new Set(batch.map((entry) => entry.shard))) courier.wake(shard);
  });

  const questions = createQuestions({
    facts: knowledge.facts,
    directory,
    history,
    archive: {
      search: ({ channels, ...query }) =>
        history.search(
          channels.flatMap((one) => directory.channel(one) ?? []),
          query,
        ),
    },
    presence,
    headSeq: knowledge.headSeq,
  });
  const supervisor = createSupervisor({
    media: () => noMedia,
    commands: [],
    bridges: [...surfacesOf(options), ...config.bridges.map(configured)],
    builtIns,
    hub: id,
    leases: store.leases,
    bridgeState: store.bridgeState,
    portals,
    courier,
    receive: createReceive({
      inlet: portals.inlet,
      recent,
      archived: async (key) => (await archive.byKey(key))?.message ?? null,
      copyOf: (portal, ref) => store.deliveries.messageOf(portal, ref),
      route: routing.ask,
      clock,
    }),
    extend: (port, bridge) =>
      surfacePort(bridge, port, {
        publicUrl: config.publicUrl,
        accounts,
        questions,
        routing,
        presence,
        feed: knowledge.feed,
        http,
        logger: log,
      }),
    clock,
    logger: log,
  });

  const stopKeeping = clock.every(KEEP_MS, () => void keepForPortals());
  /** The archiver trims nothing that a portal has still to send; after a longer outage the portal sends one line. */
  async function keepForPortals(): Promise<void> {
    try {
      const lowest: (Position | null)[] = Array.from({ length: store.log.shards }, () => null);
      for (const portal of portals.list()) {
        const { at } = await store.deliveries.load(portal.id);
        const shard = store.log.shardOf(portal.scope);
        const before = lowest[shard] ?? null;
        const oldest = await store.log.positionAt(shard, (clock.now() - OUTAGE_MS) as EpochMs);
        if (at === null || store.log.isBefore(at, oldest)) continue;
        if (before === null || store.log.isBefore(at, before)) lowest[shard] = at;
      }
      archiving.keep(lowest);
    } catch (error) {
      log.warn({ err: error }, 'how far the portals are could not be read; what was kept for them stays');
    }
  }
  await keepForPortals();
  await supervisor.start();
  return {
    status: supervisor.status,
    health: () => supervisor.status().map(healthOf),
    async stop() {
      stopKeeping();
      await supervisor.stop();
    },
  };
}

/** Surfaces need no configuration; one that is configured all the same is started once, with its settings. */
function surfacesOf({ config, builtIns }: HubOptions): readonly ConfiguredBridge[] {
  return Object.keys(builtIns.surfaces)
    .filter((use) => config.bridges.every((bridge) => bridge.use !== use))
    .map((use) => ({ id: use as BridgeId, use, isRequired: true, config: {} }));
}

function configured({ id, use, required, config }: HubOptions['config']['bridges'][number]): ConfiguredBridge {
  return { id: id as BridgeId, use, isRequired: required, config: config ?? {} };
}

function healthOf({ id, isRequired, phase }: BridgeStatus): BridgeHealth {
  return { id, isRequired, state: stateOf(phase.kind) };
}

function stateOf(phase: BridgeStatus['phase']['kind']): BridgeHealth['state'] {
  switch (phase) {
    case 'live':
    case 'standby':
    case 'stopped':
      return phase;
    case 'starting':
      return 'connecting';
    case 'waiting':
    case 'paused':
    case 'broken':
      return 'failed';
  }
}
