import { concealer } from '../../config/in-force.ts';
import { newRowId, stepKey } from '../async/mint.ts';
import { type Choosing, createChoices } from '../community/choices/choices.ts';
import type { CommandDeps } from '../community/commands/command.ts';
import { createCommandsInRooms } from '../community/commands/in-room.ts';
import { type Act, createAct } from '../community/commands/native.ts';
import { createOptOuts } from '../community/commands/opt-outs.ts';
import { COMMAND_SPECS } from '../community/commands/table.ts';
import { unaddressed } from '../community/commands/unaddressed.ts';
import { createClosedRooms } from '../community/crew/closed-rooms.ts';
import { createRoles, type Roles } from '../community/crew/roles.ts';
import { ACCEPT } from '../community/house-rules/show.ts';
import { createLinks } from '../community/links/links.ts';
import { createAskClosed } from '../community/portals/closed.ts';
import { type Codes, createCodes } from '../community/portals/codes.ts';
import { createPortalAsked, type PortalAsked, type PortalDeedDeps } from '../community/portals/deeds.ts';
import { createDesk, type DeskDeps, type PortalDesk } from '../community/portals/desk.ts';
import { isEntitled } from '../community/portals/entitled.ts';
import { createLoops, type Lately, type Loops } from '../community/portals/loops.ts';
import { createTeller } from '../community/portals/teller.ts';
import { createTestLine } from '../community/portals/test-line.ts';
import { createRoomThrottle } from '../community/portals/throttle.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import { cutAt, plainText } from '../domain/content.ts';
import type { BridgeId, EpochMs, RoomId, Seq } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { Receipt } from '../domain/receipt.ts';
import { cleanName } from '../pipeline/normalize.ts';
import type { ReceiveDeps } from '../pipeline/receive.ts';
import { noticeStep } from '../pipeline/steps.ts';
import { receiptOf } from '../pipeline/until-fresh.ts';
import type { Bridge } from '../plugin/bridge.ts';
import type { Capabilities } from '../plugin/operations.ts';
import { type Label, platformLabel, prefixOf } from '../relay/speaker.ts';
import { START, type Step } from '../store/ports.ts';
import type { PluginFacts } from '../supervisor.ts';
import type { Mirroring } from './mirroring.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** Links of rooms with channels, and the commands that people give in them. */
export interface Linking {
  readonly desk: PortalDesk;
  readonly codes: Codes;
  readonly loops: Loops;
  readonly roles: Roles;
  readonly act: Act;
  /** The links of channels, by forms. */
  readonly asked: PortalAsked;
  /** What moderators do to people. */
  readonly staff: Pick<CommandDeps, 'sanctions' | 'nativeActs' | 'links'>;
  /** What of this the way in from the bridges needs. */
  readonly inward: Pick<ReceiveDeps, 'commands' | 'pressed' | 'isRepeat' | 'notice' | 'rooms'>;
  /** What is said to one person alone, without their name in front. */
  readonly unaddressed: ReceiveDeps['directs']['unaddressed'];
  /** What the buttons of the hub do, by what their ids begin with. */
  readonly choosings: Map<string, Choosing>;
  onLoaded(bridge: BridgeId, plugin: PluginFacts): void;
  /** How a platform is called in what people read. */
  readonly label: Label;
  /** Rooms are told of their links from now on. @param live the bridge while it is live on this hub */
  start(live: (bridge: BridgeId) => Bridge | null, watch: Watched): void;
  stop(): Promise<void>;
}

/** How the links do. */
export type Watched = Pick<PortalDeedDeps, 'health' | 'bridgeState'>;

type Parts = Pick<
  HubParts,
  | 'sql'
  | 'live'
  | 'knowledge'
  | 'routing'
  | 'moderation'
  | 'order'
  | 'houseRules'
  | 'people'
  | 'portals'
  | 'liveEvents'
  | 'directs'
  | 'timers'
  | 'marks'
  | 'privacy'
> & {
  readonly mirroring: Pick<Mirroring, 'effects' | 'nativeActs'>;
};

const MAX_NOTICE_UTF16 = 500;
/** How many messages of a channel are held against what a bot says. */
const MOST_LATELY = 200;

export function createLinking(parts: Parts, { config, clock, log: logger, nativePlatform }: HubOptions): Linking {
  const { sql, knowledge, portals } = parts;
  const { directory, facts } = knowledge;
  const plugins = new Map<BridgeId, PluginFacts>();
  let live: (bridge: BridgeId) => Bridge | null = () => null;
  let watch: Watched = { health: async () => [], bridgeState: () => 'connecting' };
  const can = (bridge: BridgeId, room: RoomId): Capabilities | null => live(bridge)?.capabilities(room) ?? null;
  const labels = new Map<string, string>();
  const label: Label = (platform) => labels.get(platform) ?? platformLabel(platform);
  const platform = (bridge: BridgeId): string => label(plugins.get(bridge)?.platform ?? bridge);

  const append = createAppend(parts);
  const announce: DeskDeps['announce'] = async (channel, code, say, cause) => {
    await append(noticeStep(channel, code, say, stepKey('portal-notice', ...cause), clock.now()));
  };
  const isClosed = createAskClosed(can, { clock, logger });
  const desk = createDesk({ sql, directory, portals, clock, platform, announce, isClosed, owe: oweFrom(parts) });
  const closedRooms = createClosedRooms({
    portals,
    directory,
    ask: isClosed,
    isLive: (bridge) => live(bridge) !== null,
    desk,
    announce,
    clock,
    logger,
  });
  const codes = createCodes(sql, clock);
  const throttle = createRoomThrottle();
  const loops = createLoops({ lately: latelyIn(parts, label), clock, logger });
  const roles = createRoles({
    sql,
    directory,
    facts,
    timers: parts.timers,
    clock,
    append: parts.live.store.log.append,
  });
  const watched: Watched = {
    health: (of) => watch.health(of),
    bridgeState: (bridge) => watch.bridgeState(bridge),
  };
  const testLine = createTestLine({
    portals,
    live: (bridge) => live(bridge),
    isElsewhere: (bridge) => watch.bridgeState(bridge) === 'elsewhere',
    clean: concealer(config),
    channelName: ({ channel }) => directory.channel(channel)?.name ?? channel,
    signals: parts.live.store.signals,
    clock,
    logger,
  });
  const commands: CommandDeps = {
    commands: COMMAND_SPECS,
    desk,
    portals,
    codes,
    testLine,
    redeem: { sql, codes, desk, throttle, clock, logger, mayLink: (user, id) => isEntitledTo(parts, user, id) },
    optOuts: createOptOuts({ sql, directory, clock }),
    bridges: () => config.bridges.map(({ id }) => ({ id: id as BridgeId, platform: platform(id as BridgeId) })),
    actsWithin: ({ bridge, room }) => can(bridge, room)?.sanction?.limits.within === 'room',
    outboundNotice: (bridge) => plugins.get(bridge)?.outboundNotice ?? null,
    loopIn: ({ id }) => loops.remark(id),
    redact: redactBy(parts),
    mark: parts.marks.deeds['mark-image'],
    isOptedOut: directory.isOptedOut,
    relations: parts.people.relations,
    unnoticed: parts.people.unnoticed,
    modes: parts.order.modes,
    reports: parts.order.reports,
    houseRules: parts.houseRules.desk,
    crewGuests: parts.order.crewGuests,
    sanctions: { ...parts.moderation.desk, effectOf: parts.mirroring.effects.told },
    nativeActs: parts.mirroring.nativeActs,
    directs: { ...parts.directs, directory },
    liveEvents: parts.liveEvents,
    events: directory.events,
    roles,
    links: createLinks({ ...knowledge, sql, timers: parts.timers, log: parts.live.store.log, clock }),
    platforms: () =>
      platformsOf([nativePlatform, ...config.bridges.map(({ id }) => plugins.get(id as BridgeId)?.platform)], label),
    privacy: parts.privacy.desk,
    publicUrl: config.publicUrl,
    now: clock.now,
  };
  const inRooms = createCommandsInRooms({ commands, facts, throttle, can, clock, logger });
  const choosings = new Map<string, Choosing>([[ACCEPT, parts.houseRules.choose]]);
  const choices = createChoices({ choosings, can, mayCommand: throttle.mayCommand, clock, logger });
  const teller = createTeller({
    sql,
    directory,
    portals,
    configured: config.portals,
    live: (bridge) => live(bridge),
    platform,
    announce,
    publicUrl: config.publicUrl,
    clock,
    logger,
  });
  const stopFollowing = portals.onChange(teller.look);

  async function notice(portal: Portal, code: string, say: string, key: string): Promise<Receipt> {
    const channel = directory.channel(portal.channel);
    if (channel === null || !(await throttle.mayNotice(portal.bridge, portal.room))) return UNCHANGED;
    const name = `${plugins.get(portal.bridge)?.platform ?? 'bridge'}-${code}`.slice(0, 64);
    return append(noticeStep(channel, name, cutAt(say, MAX_NOTICE_UTF16), key, clock.now()));
  }

  return {
    desk,
    codes,
    loops,
    roles,
    asked: createPortalAsked({ ...commands, facts: knowledge.facts, ...watched }),
    staff: commands,
    label,
    act: createAct({ commands, facts, throttle, logger, newCause: newRowId }),
    choosings,
    unaddressed: (actor, content) => unaddressed(actor, content, commands),
    inward: {
      commands: inRooms,
      pressed: choices.take,
      isRepeat: loops.isRepeat,
      notice,
      rooms: {
        moved: desk.moved,
        renamed: (bridge, room, name) => desk.renamed(bridge, room, cleanName(name)),
        rightsChanged: closedRooms.changed,
      },
    },
    onLoaded(bridge, plugin) {
      plugins.set(bridge, plugin);
      if (plugin.label !== null) labels.set(plugin.platform, plugin.label);
      portals.suggest(bridge, plugin.defaultDirection);
    },
    start(liveNow, watchNow) {
      live = liveNow;
      watch = watchNow;
      teller.look();
      closedRooms.look();
    },
    async stop() {
      stopFollowing();
      testLine.stop();
      await closedRooms.stop();
      await teller.stop();
      await Promise.all([inRooms.settled(), choices.settled()]);
    },
  };
}

const UNCHANGED: Receipt = { kind: 'unchanged', id: null, seq: null };

/** Each once, as far as its plugin is loaded. */
function platformsOf(names: readonly (string | undefined)[], label: Label) {
  return [...new Set(names)].flatMap((name) => (name === undefined ? [] : [{ name, label: label(name) }]));
}

/** For steps that no right decides. */
function createAppend({ live }: Parts): (step: Step) => Promise<Receipt> {
  return async (step) => {
    const stored = await live.store.log.append(step);
    return stored.kind === 'stale' ? UNCHANGED : receiptOf(stored);
  };
}

/**
 * A new portal begins at the end that the log has before anybody knows of it, so that nothing said after is missed; or
 * as many messages before that as it is to show.
 */
function oweFrom({ live, knowledge }: Parts): DeskDeps['owe'] {
  const { log, deliveries } = live.store;
  return async (portal, channel, messages) => {
    const scope = scopeOf(channel);
    const at = (await log.heads())[log.shardOf(scope)] ?? START;
    const { head } = await log.bounds(scope, channel.id);
    const end = head ?? knowledge.headSeq(channel.id) ?? NO_SEQ;
    await deliveries.open(portal, at, messages > 0 ? await startOf(knowledge, channel, messages, end) : end);
  };
}
const NO_SEQ = 0 as Seq;
const PAGE = 200;

/** The seq in front of the oldest of so many messages. */
async function startOf({ history }: Parts['knowledge'], channel: Channel, messages: number, end: Seq): Promise<Seq> {
  let [start, left] = [end, messages];
  let before: Seq | null = null;
  while (left > 0) {
    const page = await history.page(channel, before, Math.min(left, PAGE));
    const oldest = page.messages.at(-1);
    if (oldest === undefined) break;
    before = oldest.seq;
    start = Math.min(start, oldest.seq - 1) as Seq;
    left -= page.messages.length;
    if (page.isEnd) break;
  }
  return start;
}

function isEntitledTo({ knowledge }: Parts, user: Parameters<typeof knowledge.facts.standing>[0], id: Channel['id']) {
  const channel = knowledge.facts.channel(id);
  return channel !== null && isEntitled(channel.kind, knowledge.facts.standing(user, false, channel).rank);
}

/** Not from the room: so the original goes there too, where the bridge can take it away. */
function redactBy({ routing }: Parts): CommandDeps['redact'] {
  return async ({ actor, channel, room, cause }, id, reason) => {
    if (channel === null) return UNCHANGED;
    return routing.ask({
      actor,
      request: { kind: 'redaction', channel: channel.id, id, reason },
      origin: { bridge: room?.bridge ?? ('commands' as BridgeId), ref: null },
      key: stepKey('command', cause),
      clientKey: null,
      again: false,
    });
  };
}

function latelyIn({ knowledge }: Parts, label: Label): (portal: Portal, since: EpochMs) => readonly Lately[] {
  const { recent } = knowledge;
  return ({ channel, bridge, room }, since) =>
    recent.since(channel, since, MOST_LATELY).flatMap((near) => {
      const message = recent.message(near.id);
      if (message === null) return [];
      const isFromRoom = near.bridge === bridge && near.room === room;
      const prefix = prefixOf(message.author, label);
      return [{ text: plainText(message.content.rich), at: near.at, prefix, isFromRoom }];
    });
}
