import { type Api, createApi } from './api/api.ts';
import { addHooks } from './api/hook-route.ts';
import { newHubId } from './async/mint.ts';
import { type Accounts, createAccounts } from './community/accounts/accounts.ts';
import { signUpMode } from './community/accounts/options.ts';
import { ensureCrews } from './community/crew/crews.ts';
import type { LiveEvents } from './community/events/live-events.ts';
import { privacyPage } from './community/privacy/page.ts';
import { createTimers } from './community/timers/timers.ts';
import { DEFAULT_CHANNEL_SETTINGS, NO_RULES } from './domain/channel-settings.ts';
import type { HubId } from './domain/ids.ts';
import { authRoutes } from './http/auth-routes.ts';
import { mediaRoutes } from './http/media-routes.ts';
import { mediaUpload } from './http/media-upload.ts';
import { privacyRoute } from './http/privacy-route.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { streamHook } from './http/stream-hook.ts';
import { type Archiving, startArchiving } from './hub/archiving.ts';
import { type Bridges, startBridges } from './hub/bridges.ts';
import { carryModes } from './hub/carry-modes.ts';
import { type Directs, openDirects } from './hub/directs.ts';
import { type HooksIn, openHooksIn } from './hub/hooks-in.ts';
import { openHooksOut } from './hub/hooks-out.ts';
import { openHouseRules } from './hub/house-rules.ts';
import { type Knowledge, openKnowledge } from './hub/knowledge.ts';
import { createLagWatch } from './hub/lag-watch.ts';
import { openLibrary } from './hub/library.ts';
import type { Linking } from './hub/linking.ts';
import { openLiveEvents } from './hub/live-events.ts';
import { type OpenedLive, openLive } from './hub/live-store.ts';
import { openMarks } from './hub/marks.ts';
import { openMedia } from './hub/media.ts';
import { type Moderation, openModeration } from './hub/moderation.ts';
import { openData } from './hub/open-data.ts';
import { createOrder } from './hub/order.ts';
import type { HubOptions, HubParts } from './hub/parts.ts';
import { openPeople } from './hub/people.ts';
import { createPortals, type LivePortals } from './hub/portals.ts';
import { openPrivacy, type Privacy } from './hub/privacy.ts';
import { createRouting, type Routing } from './hub/routing.ts';
import { archivedMemory } from './hub/seen.ts';
import { startSweeping } from './hub/sweeping.ts';
import { type OpenedTokens, openTokens } from './hub/tokens.ts';
import { archiveCheck, bridgesCheck, portalsCheck, remarksCheck, storeCheck } from './ops/checks.ts';
import { createHealth, type Health } from './ops/health.ts';
import type { Logger } from './ops/log.ts';
import { createMetrics } from './ops/metrics.ts';
import type { DeadLetters } from './relay/dead-letters.ts';
import { platformLabel } from './relay/speaker.ts';
import { type OpenedArchive, openArchive } from './store/archive/archive.ts';
import type { OpenedSql } from './store/sql/open.ts';

export interface Hub {
  readonly id: HubId;
  /** Where people on this machine find it. */
  readonly url: string;
  /** The one-time link by which the first admin signs in; null once there is one. For the operator's eyes only. */
  readonly firstAdminLink: string | null;
  readonly accounts: Accounts;
  readonly tokens: OpenedTokens;
  readonly knowledge: Knowledge;
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly liveEvents: LiveEvents;
  readonly moderation: Moderation;
  readonly privacy: Privacy;
  readonly health: Health;
  readonly portals: LivePortals;
  readonly linking: Linking;
  readonly deadLetters: DeadLetters;
  /** What the portals that are served here do. */
  readonly lanes: Bridges['lanes'];
  /** Resolves when the hub can store nothing more and must be started again. */
  readonly failed: Promise<Error>;
  /** In this order: surfaces and bridges, requests under way, the archive, the stores. Within 10 s. Idempotent. */
  stop(): Promise<void>;
}

/** Within ten seconds in all: surfaces get five. */
const DRAIN_MS = 2_000;
const SETTLE_MS = 1_500;
const ARCHIVE_WARN_MS = 60_000;

/** Puts the parts together and starts them: stores, what the hub knows, the route, HTTP, surfaces and bridges. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { config, clock, log } = options;
  const started: (() => Promise<void>)[] = [];
  /** What is started is stopped in the opposite order, also when a later part fails to start. */
  const keep = <T>(part: T, stop: (part: T) => Promise<void>): T => {
    started.push(() => stop(part));
    return part;
  };
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= stopAll(started, log);
    return stopping;
  };
  try {
    const id = newHubId();
    const sql = keep(await (options.data ?? openData(options)), (part) => part.close());
    const archive = keep(openArchive({ file: sql.file }), (part) => part.close());
    const timers = createTimers({ sql, clock, logger: log });
    const memory = await archivedMemory(sql, archive);
    const lag = createLagWatch({ sql, clock, logger: log });
    const live = keep(
      await openLive({ config, sql, clock, logger: log, memory, keepKeysMs: lag.keepKeysMs }),
      ({ store }) => store.close(),
    );
    keep(lag, async (part) => part.stop()).start(live.store.log);
    const state = { isStopping: false };
    const archiving = keep(startArchivingOf(id, live, sql, options), (part) => part.stop(DRAIN_MS));
    const knowledge = keep(await openKnowledgeOf(live, sql, archive, options), (part) => part.stop());
    const directs = keep(openDirects({ sql, live, knowledge }, options), (part) => part.stop());
    const metrics = createMetrics(options.version);
    const aside = directs.conversations;
    const routing = keep(
      createRoutingOf({ live, archive, knowledge, metrics, aside, state }, options),
      async (part) => {
        state.isStopping = true;
        await Promise.race([part.settled(), new Promise<void>((resolve) => clock.after(SETTLE_MS, resolve))]);
      },
    );
    const moderation = keep(openModeration({ sql, live, knowledge, routing, timers }, options), (part) => part.stop());
    const order = createOrder({ sql, live, knowledge, routing, moderation, timers }, options);
    const houseRules = keep(openHouseRules({ sql, knowledge, routing, order, moderation }, options), (part) =>
      part.stop(),
    );
    for (const [channel, channelState] of live.carriedStates) {
      if (knowledge.facts.channel(channel)?.state !== channelState)
        await routing.setChannelState(channel, channelState);
    }
    await carryModes(live, knowledge, clock);
    const portals = createPortals({ config, directory: knowledge.directory, clock, logger: log });
    portals.refresh();
    const liveEvents = openLiveEvents({ sql, live, timers, knowledge, portals }, options);
    const accounts = keep(createAccountsOf({ sql, knowledge, routing, liveEvents }, options), (part) => part.close());
    const lobby = await accounts.ensureLobby();
    if (!lobby.ok) throw new Error(lobby.say);
    await ensureCrews({ sql, directory: knowledge.directory, clock });
    const tokens = keep(openTokens({ sql, knowledge, order, accounts }, options), (part) => part.stop());
    const people = keep(
      openPeople({ id, sql, live, knowledge, routing, moderation, portals, directs }, options),
      (part) => part.stop(),
    );
    const media = keep(openMedia({ id, sql, live, knowledge }, options), (part) => part.stop());
    const privacy = keep(openPrivacy({ sql, live, knowledge, timers, portals, media }, options), (part) => part.stop());
    const marks = openMarks({ sql, live, knowledge, routing, timers, media }, options);
    const library = keep(openLibrary({ id, sql, live, knowledge, routing }, options), (part) => part.stop());
    const hooksIn = openHooksIn({ sql, knowledge, order, routing, media, liveEvents }, options);
    const hooksOut = keep(openHooksOut({ id, sql, live, knowledge, order }, options), (part) => part.stop());
    const health = createHealth(clock);
    const perMinute = config.limits.apiPerMinute;
    const api = createApi({ version: options.version, perMinute, clock, logger: log });
    const http = keep(
      await createHttp({ accounts, health, metrics, knowledge, media, liveEvents, tokens, api, hooksIn }, options),
      (part) => {
        api.stop();
        return part.close();
      },
    );
    const parts: HubParts = {
      id,
      sql,
      live,
      timers,
      archive,
      archiving,
      knowledge,
      metrics,
      routing,
      directs,
      moderation,
      order,
      houseRules,
      portals,
      liveEvents,
      accounts,
      tokens,
      privacy,
      hooksIn,
      hooksOut,
      people,
      media,
      marks,
      library,
      health,
      http,
    };
    const bridges = keep(await startBridges(parts, options), (part) => part.stop());
    api.open(bridges.api);
    watch(parts, bridges);
    await privacy.start();
    keep(startSweeping(timers, { hub: id, leases: live.store.leases, clock, logger: log }), (part) => part.stop());
    const { url } = await http.listen();
    const firstAdminLink = await accounts.firstAdminLink(config.publicUrl ?? url);
    log.info({ hub: id, url, store: live.source.kind }, 'hub started');
    const { linking, deadLetters } = bridges;
    const failed = sql.writer.fallen;
    return {
      id,
      url,
      firstAdminLink,
      accounts,
      tokens,
      knowledge,
      sql,
      live,
      liveEvents,
      moderation,
      privacy,
      health,
      portals,
      linking,
      deadLetters,
      lanes: bridges.lanes,
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopAll(started: (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const stopOne of started.toReversed()) {
    try {
      await stopOne();
    } catch (error) {
      log.error({ err: error }, 'a part of the hub did not stop in good order');
    }
  }
}

function startArchivingOf(hub: HubId, live: OpenedLive, sql: OpenedSql, { config, clock, log }: HubOptions): Archiving {
  const isEmbedded = live.source.kind === 'embedded';
  return startArchiving({
    hub,
    leases: live.store.leases,
    sql,
    source: live.source,
    // in one file with the log, an archive batch must be short: appends wait for it
    options: { hotMs: config.log.hotMinutes * 60_000, batch: isEmbedded ? 100 : 200 },
    clock,
    logger: log,
  });
}

function openKnowledgeOf(live: OpenedLive, sql: OpenedSql, archive: OpenedArchive, { config, clock, log }: HubOptions) {
  const guestsMayPost = config.accounts.guests === 'post';
  const settings = { ...DEFAULT_CHANNEL_SETTINGS, ...(config.moderation.rules === 'none' && { rules: NO_RULES }) };
  return openKnowledge({ store: live.store, sql, archive, clock, logger: log, guestsMayPost, settings });
}

function createRoutingOf(
  parts: Pick<HubParts, 'live' | 'archive' | 'knowledge' | 'metrics'> & {
    readonly state: { readonly isStopping: boolean };
    readonly aside: Directs['conversations'];
  },
  { config, clock, log }: HubOptions,
): Routing {
  const { live, archive, knowledge, metrics, state, aside } = parts;
  return createRouting({
    knowledge,
    store: live.store,
    archive,
    config,
    clock,
    logger: log,
    conversations: aside,
    isStopping: () => state.isStopping,
    observe: (receipt) => metrics.posted(receipt.kind === 'refused' ? receipt.code : receipt.kind),
    observeAppend: (_, ms) => metrics.appended(ms),
  });
}

function createAccountsOf(
  { sql, knowledge, routing, liveEvents }: Pick<HubParts, 'sql' | 'knowledge' | 'routing' | 'liveEvents'>,
  { config, clock, log, nativePlatform, passwordCost }: HubOptions,
): Accounts {
  return createAccounts({
    sql,
    directory: knowledge.directory,
    clock,
    config,
    log,
    platforms: { native: nativePlatform, site: `${nativePlatform}-site` },
    setChannelState: routing.setChannelState,
    onDismissed: liveEvents.abandon,
    ...(passwordCost === undefined ? {} : { passwordCost }),
  });
}

function createHttp(
  {
    accounts,
    health,
    metrics,
    knowledge,
    media,
    liveEvents,
    tokens,
    api,
    hooksIn,
  }: Pick<HubParts, 'accounts' | 'health' | 'metrics' | 'knowledge' | 'media' | 'liveEvents' | 'tokens'> & {
    readonly api: Api;
    readonly hooksIn: HooksIn;
  },
  { config, clock, log, webRoot }: HubOptions,
): Promise<HttpServer> {
  return createHttpServer({
    config,
    log,
    clock,
    webRoot,
    health,
    metrics,
    routes(app) {
      authRoutes(app, { accounts });
      mediaUpload(app, { media, accounts: tokens, limits: config.media });
      api.routes(app);
      addHooks(app, { posting: hooksIn.posting, media });
      const { channel } = knowledge.directory;
      streamHook(app, { liveEvents, channel, secret: config.streamHookSecret, clock });
    },
    files: (app) => {
      mediaRoutes(app, { media, clock, log });
      privacyRoute(app, privacyPage({ config, platforms: config.bridges.map(({ use }) => platformLabel(use)) }));
    },
    configInfo: () => ({
      name: config.lobby.name,
      signUp: signUpMode(config),
      guests: config.accounts.guests,
      needsAdmin: !knowledge.directory.hasAdmin(),
      maxBytes: config.media.maxBytes,
    }),
  });
}

/** What operators see: readiness and figures. */
function watch({ live, archiving, health, metrics, knowledge }: HubParts, bridges: Bridges): void {
  const size = () => live.store.log.size();
  const archive = () => archiving.state() ?? { behind: 0, lagMs: 0, archived: 0, trimmed: 0, error: null };
  health.add(storeCheck(size));
  health.add(archiveCheck(archive, ARCHIVE_WARN_MS));
  health.add(bridgesCheck(bridges.health));
  health.add(remarksCheck('safety', live.warnings));
  health.add(remarksCheck('rooms', bridges.linking.loops.remarks));
  health.add(portalsCheck(bridges.lanes, bridges.deadLetters.count));
  const { lanes, deadLetters } = bridges;
  metrics.watch({ logSize: size, archive, bridges: bridges.health, lanes, deadLetters: deadLetters.count });
  knowledge.tail.follow((batch) => metrics.fed(batch.length));
}
