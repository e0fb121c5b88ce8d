import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import { scopeOf } from '../../domain/channel.ts';
import type { BridgeId, PortalId, RoomId, ScopeId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import type { Bridge } from '../../plugin/bridge.ts';
import type { Directory, StoredPortal } from '../../store/directory/directory.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { DeskDeps, KnownPortals } from './desk.ts';
import { type ConfiguredPortal, configuredId } from './merge.ts';
import { createPostLine } from './post-line.ts';
import { dropEnded, markTold } from './rows.ts';
import { linkedNotice, linkedText, unlinkedText } from './say.ts';

export interface TellerDeps {
  readonly sql: Pick<Sql, 'build'>;
  readonly directory: Pick<Directory, 'change' | 'channel' | 'portals'>;
  readonly portals: KnownPortals;
  readonly configured: readonly ConfiguredPortal[];
  /** The bridge while it is live on this hub. */
  readonly live: (bridge: BridgeId) => Bridge | null;
  readonly platform: (bridge: BridgeId) => string;
  readonly announce: DeskDeps['announce'];
  readonly publicUrl: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Tells rooms once that they were linked or unlinked: by the hub that runs their bridge, now or when it is up again. */
export interface Teller {
  /** Looks whether any room is to be told of anything. */
  look(): void;
  /** Resolves when nothing is being told any more. */
  stop(): Promise<void>;
}

const LOOK_MS = 2_000;

interface Told {
  readonly id: PortalId;
  readonly bridge: BridgeId;
  readonly room: RoomId;
}

export function createTeller(deps: TellerDeps): Teller {
  const { sql, directory, portals, live, clock, logger } = deps;
  const quiet = new Set(deps.configured.filter(({ notice }) => !notice).map(configuredId));
  let running: Promise<void> | null = null;
  const stopping = new AbortController();
  const post = createPostLine({ live, clock, logger, stopping: stopping.signal });
  const say = (place: Told, text: string, what: string): Promise<void> =>
    post(place, text, stepKey('portal-told', what, place.id));

  function untold(): readonly Portal[] {
    const rows = new Map(directory.portals().map((row) => [row.id, row]));
    return portals
      .list()
      .filter(({ id, bridge }) => rows.get(id)?.isTold !== true && !quiet.has(id) && live(bridge) !== null);
  }

  function ended(): readonly StoredPortal[] {
    return directory.portals().filter(({ isEnded, bridge }) => isEnded && live(bridge) !== null);
  }

  /** Claimed first, so that it is told once at most, by whichever hub. */
  async function tellLinked(portal: Portal): Promise<void> {
    const channel = directory.channel(portal.home);
    if (channel === null) return;
    if (!(await claim(portal.scope, markTold(sql, portal, clock.now())))) return;
    const platform = deps.platform(portal.bridge);
    const others = portals
      .list()
      .filter((one) => one.home === portal.home && one.id !== portal.id && one.direction !== 'in')
      .map(({ bridge }) => deps.platform(bridge));
    const facts = { portal, channelName: channel.name, platform, others, publicUrl: deps.publicUrl };
    if (portal.source === 'config') {
      await deps.announce(channel, 'portal-linked', linkedNotice(facts), ['linked', portal.id]);
    }
    await say(portal, linkedText(facts), 'linked');
  }

  async function tellEnded(row: StoredPortal): Promise<void> {
    const channel = directory.channel(row.channel);
    if (channel === null) return;
    if (!(await claim(scopeOf(channel), dropEnded(sql, row.id)))) return;
    if (portals.at(row.bridge, row.room) === null) await say(row, unlinkedText(channel.name), 'unlinked');
  }

  async function claim(
    of: ScopeId,
    statement: Parameters<Directory['change']>[0]['statements'][number],
  ): Promise<boolean> {
    return (await directory.change({ statements: [statement], scopes: [of], what: [{ kind: 'portals' }] })).ok;
  }

  async function tellAll(): Promise<void> {
    for (const row of ended()) await tellEnded(row);
    for (const portal of untold()) await tellLinked(portal);
  }

  function look(): void {
    if (running !== null || stopping.signal.aborted) return;
    running = tellAll()
      .catch((error: unknown) => logger.warn({ err: error }, 'rooms could not be told of their links; tried again'))
      .finally(() => {
        running = null;
      });
  }

  const stopLooking = clock.every(LOOK_MS, look);
  return {
    look,
    async stop() {
      stopping.abort();
      stopLooking();
      await running;
    },
  };
}
