import type { Clock } from '../async/clock.ts';
import { stepKey, userIdOf } from '../async/mint.ts';
import { createSeenAccounts, type SeenAccounts } from '../community/accounts/seen.ts';
import { createEffects, type Effects } from '../community/moderation/effect.ts';
import { createFromPlatforms, type NativeActsDesk } from '../community/moderation/from-platforms.ts';
import { nativeActText } from '../community/moderation/native-act-text.ts';
import { createNativeActs } from '../community/moderation/native-acts.ts';
import type { Sanctions } from '../community/moderation/sanctions.ts';
import { authorityOf } from '../community/portals/redeem.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import type { BridgeId, ScopeId, UserId } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { InForce } from '../pipeline/live-facts.ts';
import type { ReceiveDeps } from '../pipeline/receive.ts';
import { noticeStep } from '../pipeline/steps.ts';
import type { Bridge } from '../plugin/bridge.ts';
import { createMirror } from '../relay/mirror.ts';
import { createEchoes } from '../relay/mirror-echo.ts';
import { createMirrorRemovals } from '../relay/mirror-removals.ts';
import { createMirrorRows } from '../relay/mirror-rows.ts';
import { platformLabel } from '../relay/speaker.ts';
import type { ChangeWhat } from '../store/directory/directory.ts';
import { isEverywhere } from '../store/every-shard.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** One act on one person, on every platform. */
export interface Mirroring {
  readonly seen: SeenAccounts;
  readonly effects: Effects;
  /** Acts that stayed on their platform. */
  readonly nativeActs: NativeActsDesk;
  /** What of this the way in from the bridges needs. */
  readonly inward: Pick<ReceiveDeps, 'seen' | 'sanctioned' | 'holdLine' | 'rightsChanged'>;
  start(): void;
  stop(): Promise<void>;
}

export interface MirroringDeps extends Pick<HubParts, 'sql' | 'live' | 'knowledge' | 'portals'> {
  readonly sanctions: Sanctions;
  /** Everybody who is one person with this user, this one among them. */
  readonly sameAs: (user: UserId) => readonly UserId[];
  /** The bridge while it is live on this hub. */
  readonly running: (bridge: BridgeId) => Bridge | null;
  /** Lower-case name; null until the plugin is loaded. */
  readonly platformOf: (bridge: BridgeId) => string | null;
}

const SWEEP_MS = 3_600_000;

export function createMirroring(deps: MirroringDeps, { clock, log: logger }: HubOptions): Mirroring {
  const { sql, live, knowledge, portals, running, platformOf } = deps;
  const { facts, directory, tail } = knowledge;
  const { log } = live.store;
  const parts = { clock, logger };
  const seen = createSeenAccounts({ sql, sameAs: deps.sameAs, ...parts });
  const rows = createMirrorRows(sql);
  const echoes = createEchoes(rows, clock);
  const items = createNativeActs(sql, clock);
  const removals = createMirrorRemovals({ live: running, ...parts });
  const labelOf = (bridge: BridgeId): string => platformLabel(platformOf(bridge) ?? bridge);
  const holdsIn = (scope: ScopeId, portal: Portal): boolean =>
    portal.scope === scope || (isEverywhere(scope) && log.shardOf(scope) === log.shardOf(portal.scope));
  const effects = createEffects({
    sql,
    portals: portals.list,
    holdsIn,
    accountsOf: seen.accountsOf,
    platform: ({ bridge }) => ({ id: platformOf(bridge), label: labelOf(bridge) }),
    clock,
  });
  const mirror = createMirror({
    portals,
    live: running,
    platform: platformOf,
    holdsIn,
    inForce: () => inForceOf(facts, log.shards),
    sanction: facts.sanction,
    accountsOf: seen.accountsOf,
    rows,
    echoes,
    report: effects.report,
    ...parts,
  });
  const fromPlatforms = createFromPlatforms({
    linked: portals.at,
    facts,
    sanctions: deps.sanctions,
    echoes,
    rows,
    items,
    report: effects.report,
    append: log.append,
    isTrusted: ({ id }, channel) => directory.settings(channel.id).trustedPortals.includes(id),
    authority: async ({ bridge, room }, account) => {
      const can = running(bridge)?.capabilities(room);
      return can === undefined ? 'unknown' : authorityOf({ bridge, room, account, can }, parts);
    },
    tell: (item, channel) =>
      tellCrew({ id: item.id, say: nativeActText(item, labelOf(item.bridge)) }, channel, deps, clock),
    label: labelOf,
    together: (channel) => directory.channels().flatMap((one) => (scopeOf(one) === scopeOf(channel) ? [one.id] : [])),
    clock,
  });
  tail.follow(mirror.feed);
  tail.follow((batch) => {
    for (const { kind, body } of batch) {
      if (kind !== 'change' || !body.includes('"user"')) continue;
      const { what } = JSON.parse(body) as { readonly what: readonly ChangeWhat[] };
      for (const one of what) if (one.kind === 'user') seen.changed(one.user);
    }
  });

  const stopSweep = clock.every(SWEEP_MS, () => {
    Promise.all([effects.sweep(), items.sweep()]).catch((error: unknown) =>
      logger.warn({ err: error }, 'old effects of acts could not be forgotten yet'),
    );
  });

  return {
    seen,
    effects,
    nativeActs: fromPlatforms,
    inward: {
      // moderators may have to act on somebody whose messages stay there: that needs the account, and no name
      seen: (platform, by) =>
        seen.note(platform, directory.isOptedOut(userIdOf(platform, by.id)) ? { ...by, name: '' } : by),
      sanctioned: fromPlatforms.take,
      holdLine: removals.remove,
      rightsChanged: mirror.look,
    },
    start: mirror.start,
    async stop() {
      stopSweep();
      await Promise.all([mirror.stop(), removals.stop()]);
      await seen.stop();
    },
  };
}

function inForceOf(facts: Pick<HubParts['knowledge']['facts'], 'inForce'>, shards: number): readonly InForce[] {
  return Array.from({ length: shards }, (_, shard) => facts.inForce(shard).sanctions).flat();
}

/** In the crew channel of the DJ, where there is one; the list of what is open shows it in any case. */
async function tellCrew(
  { id, say }: { readonly id: string; readonly say: string },
  { owner }: Channel,
  { knowledge, live }: MirroringDeps,
  clock: Clock,
): Promise<void> {
  const crew = knowledge.directory.channels().find((one) => one.kind === 'crew' && one.owner === owner);
  if (owner === null || crew === undefined) return;
  const text = `${say} /apply lists it, to make it hold everywhere.`;
  await live.store.log.append(noticeStep(crew, 'native-act', text, stepKey('native-act', id), clock.now()));
}
