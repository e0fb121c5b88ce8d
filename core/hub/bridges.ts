import { concealer } from '../../config/in-force.ts';
import type { ApiPort } from '../api/port.ts';
import { newRowId } from '../async/mint.ts';
import { COMMAND_SPECS } from '../community/commands/table.ts';
import { createCrewDeeds } from '../community/crew/deeds.ts';
import { createDeeds, createOrderQuestions } from '../community/deeds.ts';
import { createDirectDeeds, createDirectQuestions } from '../community/directs/deeds.ts';
import { faceOf } from '../community/directs/face.ts';
import { createEventDeeds, createEventQuestions } from '../community/events/deeds.ts';
import { createStaffDesk } from '../community/moderation/staff-desk.ts';
import { createQuestions } from '../community/questions.ts';
import type { Member } from '../domain/conversation.ts';
import type { BridgeId, ChannelId, PortalId, UserId } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import { withMarks } from '../domain/picture-mark.ts';
import type { BridgeHealth } from '../ops/checks.ts';
import { createReceive } from '../pipeline/receive.ts';
import { createCourier } from '../relay/courier.ts';
import { createDeadLetters, type DeadLetters } from '../relay/dead-letters.ts';
import { cleaned, deliveriesOf } from '../relay/delivery-states.ts';
import type { LaneState } from '../relay/lane-context.ts';
import { type BridgeLook, healthOf as portalHealth } from '../relay/portal-health.ts';
import { type BridgeStatus, type ConfiguredBridge, createSupervisor } from '../supervisor.ts';
import { openAdmin } from './admin.ts';
import { openDesk } from './desk.ts';
import { openDirectsElsewhere } from './direct-lanes.ts';
import { keepForPortals } from './keep-for-portals.ts';
import { createLinking, type Linking } from './linking.ts';
import { eventDeedDeps, tellRooms } from './live-events.ts';
import { createMirroring, type Mirroring } from './mirroring.ts';
import { createOwnRooms } from './own-rooms.ts';
import type { HubOptions, HubParts } from './parts.ts';
import { openSharedSignIn } from './shared-sign-in.ts';
import { type SurfaceParts, surfaceSide } from './surface-port.ts';

/** The bridges of this hub, surfaces among them. */
export interface Bridges {
  status(): readonly BridgeStatus[];
  health(): readonly BridgeHealth[];
  readonly linking: Linking;
  readonly mirroring: Mirroring;
  readonly deadLetters: DeadLetters;
  /** What the API speaks to. */
  readonly api: ApiPort;
  /** The portals that are served here. */
  lanes(): ReadonlyMap<PortalId, LaneState>;
  stop(): Promise<void>;
}

/** Where it was said, of what is said over REST; no bridge has this name, for names of bridges are words. */
const API = ':api' as BridgeId;

/** Loads and starts the native surfaces and what is configured. @throws when a required one does not come up */
export async function startBridges(parts: HubParts, options: HubOptions): Promise<Bridges> {
  const { id, live, archive, archiving, knowledge, metrics, routing, media, http, portals } = parts;
  const { moderation, people, tokens } = parts;
  const { config, builtIns, clock, log } = options;
  const { directory, recent, history, tail } = knowledge;
  const { store } = live;
  tail.follow((batch) => {
    if (batch.some(({ kind }) => kind === 'change')) portals.refresh();
    for (const { channel } of batch) if (channel !== null) portals.wake(channel);
  });
  portals.refresh();
  const mirroring = createMirroring(
    {
      ...parts,
      sanctions: moderation.sanctions,
      sameAs: directory.sameAs,
      running: (bridge) => supervisor.live(bridge),
      platformOf: (bridge) => platformOf(bridge),
    },
    options,
  );
  const linking = createLinking({ ...parts, mirroring }, options);

  const channelsFor = createOwnRooms({ directory, portals, desk: linking.desk, tail });
  const mayMakeRooms = new Set(config.bridges.flatMap(({ id, ownRooms }) => (ownRooms ? [id] : [])));

  const block = async (actor: Actor, { user, name, platform }: Pick<Member, 'user' | 'name' | 'platform'>) => {
    await parts.people.relations.set(actor, 'block', { user, name, platform });
  };
  const isCommand = linking.inward.commands.isDirect;
  const elsewhere = openDirectsElsewhere(parts, options, { label: linking.label, isCommand, block });
  linking.choosings.set(...elsewhere.choosing);

  const shared = openSharedSignIn(parts, options, {
    links: linking.staff.links,
    running: () => supervisor.status(),
    bridge: (bridge) => supervisor.live(bridge),
  });

  const outageMs = config.relay.outageMinutes * 60_000;
  const courier = createCourier({
    log: store.log,
    deliveries: store.deliveries,
    bridgeState: store.bridgeState,
    ...elsewhere.courier,
    asMarked: ({ scope }, message) => {
      const content = withMarks(message.content, (picture) => directory.marks.in(scope, picture));
      return content === message.content ? message : { ...message, content };
    },
    hasChanged: recent.hasChanged,
    since: async ({ channel }, after, limit) => {
      const place = directory.channel(channel);
      return place === null ? [] : history.entries(place, after, limit);
    },
    clock,
    logger: log,
    publicUrl: config.publicUrl,
    label: linking.label,
    outageMs,
    count: (outcome, reason, times) => metrics.relayed(reason ?? 'none', outcome, times),
  });
  tail.follow(courier.feed);

  const platformOf = (id: BridgeId): string | null =>
    supervisor.status().find((one) => one.id === id)?.platform ?? null;
  const ofDjs = eventDeedDeps(parts, linking.roles);
  const ofDirects = {
    desk: parts.directs.desk,
    directory,
    facts: knowledge.facts,
    block,
  };
  const clean = concealer(config);
  const desk = openDesk(parts, options);
  const staff = createStaffDesk({ ...linking.staff, facts: knowledge.facts, newCause: newRowId });
  const deadLetters = createDeadLetters({ deliveries: store.deliveries, portals, courier, clock });
  const admin = openAdmin({ ...parts, deadLetters, status: () => supervisor.status() }, options);
  const questions = createQuestions({
    facts: knowledge.facts,
    directory,
    views: knowledge.views,
    faceOf: (actor, channel) => faceOf(directory, actor.user, channel),
    presence: people.presence,
    headFor: knowledge.headFor,
    library: parts.library.questions,
    ledgers: parts.moderation.questions,
    directs: createDirectQuestions(ofDirects),
    order: { ...createOrderQuestions(parts.order), ...parts.houseRules.questions },
    events: createEventQuestions(ofDjs),
    staff: staff.questions,
    desk: desk.questions,
    people: people.questions,
    privacy: parts.privacy.questions,
    tokens: tokens.questions,
    hooks: { ...parts.hooksIn.questions, ...parts.hooksOut.questions },
    portals: linking.asked.questions,
    admin: admin.questions,
    async deliveries(message) {
      const from = { deliveries: store.deliveries, portals, platformOf, lanes: courier.lanes };
      return (await deliveriesOf(message, from)).map((one) => cleaned(one, clean));
    },
  });
  const ofOrder = createDeeds({ ...parts.order, newCause: newRowId });
  const nameOf = async (user: UserId, channel: ChannelId): Promise<string> =>
    (await moderation.desk.finder.names([user], channel)).get(user)?.name ?? user;
  const deeds = {
    ...createCrewDeeds(parts.order.crewGuests, nameOf),
    ...parts.houseRules.deeds,
    ...ofOrder,
    ...createEventDeeds(ofDjs),
    ...createDirectDeeds(ofDirects),
    ...staff.deeds,
    ...desk.deeds,
    ...people.deeds,
    ...parts.privacy.deeds,
    ...parts.library.deeds,
    ...parts.marks.deeds,
    ...tokens.deeds,
    ...parts.hooksIn.deeds,
    ...parts.hooksOut.deeds,
    ...linking.asked.deeds,
    ...admin.deeds,
  };
  const surfaceParts: SurfaceParts = {
    publicUrl: config.publicUrl,
    verify: tokens.verify,
    admit: tokens.admit,
    endings: tokens.endings,
    madeAt: tokens.madeAt,
    clock,
    facts: knowledge.facts,
    isBlocked: directory.relations.isBlocked,
    media,
    questions,
    routing,
    act: linking.act,
    deeds,
    presence: people.presence,
    unnoticed: people.unnoticed,
    typing: people.typing,
    feed: knowledge.feed,
    self: people.selves,
    http,
    logger: log,
  };
  const supervisor = createSupervisor({
    media: media.port,
    http: (bridge) => http.calls.of(bridge, config.publicUrl),
    channels: (bridge) => (mayMakeRooms.has(bridge) ? channelsFor(bridge) : null),
    commands: COMMAND_SPECS,
    bridges: [...surfacesOf(options), ...config.bridges.map(configured)],
    builtIns,
    hub: id,
    leases: store.leases,
    bridgeState: store.bridgeState,
    portals,
    courier,
    receive: createReceive({
      ...linking.inward,
      ...mirroring.inward,
      seen(platform, by) {
        mirroring.inward.seen(platform, by);
        if (!by.isBot) shared.acted(platform, by.id);
      },
      directs: { ...elsewhere.inlet, unaddressed: linking.unaddressed },
      ...parts.houseRules.inward,
      people: people.fromRooms,
      linked: portals.at,
      // an edit or removal may come while the message still waits for a moderator
      recent: { ...recent, byKey: (key) => recent.byKey(key) ?? knowledge.held.byKey(key) },
      archived: async (key) => (await archive.byKey(key))?.message ?? null,
      legs: (portal) => portals.legs().filter((leg) => leg.of === portal),
      channelNow: portals.channelNow,
      channelOf: async ({ scope }, message) => (await history.head(scope, message))?.channel ?? null,
      copyOf: (leg, ref) => store.deliveries.messageOf(leg, ref),
      forget: (leg, ref) => store.deliveries.forget(leg, ref),
      originated: (query) => archive.originated(query),
      route: routing.ask,
      dropFiles: parts.privacy.dropFiles,
      clock,
    }),
    extend: (port, bridge) => ({ ...port, ...surfaceSide(bridge, surfaceParts) }),
    onLoaded(bridge, plugin) {
      linking.onLoaded(bridge, plugin);
      elsewhere.onLoaded(bridge, plugin.platform);
    },
    clock,
    logger: log,
  });

  const keeping = keepForPortals({
    portals,
    store,
    archiving,
    outageMs,
    hotMs: config.log.hotMinutes * 60_000,
    clock,
    log,
  });
  const telling = tellRooms(parts, options, supervisor.live);
  await keeping.keep();
  linking.start(supervisor.live, {
    bridgeState: (bridge) => lookOf(supervisor.status(), bridge)?.state ?? 'failed',
    health: (of) =>
      portalHealth(of, {
        portals,
        deliveries: store.deliveries,
        bridge: (bridge) => lookOf(supervisor.status(), bridge),
        clean,
        lanes: courier.lanes,
        since: async (channel, after, limit) => {
          const at = directory.channel(channel);
          return at === null ? [] : history.entries(at, after, limit);
        },
        newest: async (channel, limit) => {
          const at = directory.channel(channel);
          return at === null ? [] : (await history.page(at, null, limit)).messages;
        },
        clock,
      }),
  });
  parts.houseRules.start((bridge, room) => supervisor.live(bridge)?.capabilities(room) ?? null);
  await elsewhere.start(supervisor.live);
  parts.privacy.reachBy({ legs: elsewhere.courier.portals.legs, live: supervisor.live });
  mirroring.start();
  people.start(supervisor.live);
  await supervisor.start();
  return {
    mirroring,
    linking,
    deadLetters,
    api: surfaceSide(API, surfaceParts),
    lanes: courier.lanes,
    status: supervisor.status,
    health: () => supervisor.status().map(healthOf),
    async stop() {
      keeping.stop();
      desk.stop();
      await Promise.all([telling.stop(), linking.stop(), mirroring.stop(), shared.stop(), supervisor.stop()]);
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

/** Null: no bridge has this name. */
function lookOf(all: readonly BridgeStatus[], id: BridgeId): BridgeLook | null {
  const found = all.find((one) => one.id === id);
  if (found === undefined) return null;
  const { phase, rooms } = found;
  return { state: LOOKS[phase.kind], say: phase.say, rooms };
}
const LOOKS: Readonly<Record<BridgeStatus['phase']['kind'], BridgeLook['state']>> = {
  live: 'live',
  standby: 'elsewhere',
  starting: 'connecting',
  waiting: 'connecting',
  stopped: 'connecting',
  paused: 'refused',
  broken: 'failed',
};

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
