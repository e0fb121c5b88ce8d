import { join } from 'node:path';
import type { HubConfig } from '../../config/schema.ts';
import type { Clock } from '../async/clock.ts';
import type { ChannelMode } from '../domain/channel-mode.ts';
import type { ChannelId } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import { bodyOf, type InForce } from '../pipeline/live-facts.ts';
import { sanctionStep } from '../pipeline/steps.ts';
import { ConfigError } from '../plugin/errors.ts';
import { forgetMarks, startArchiver } from '../store/archive/archiver.ts';
import type { SourceSpec } from '../store/archive/link.ts';
import { openEmbedded } from '../store/embedded/open.ts';
import { everyShard, isEverywhere } from '../store/every-shard.ts';
import type { LiveSnapshot, LiveStore } from '../store/ports.ts';
import type { RedisMemory } from '../store/redis/open.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import { LOG_IS_IN_REDIS } from './log-home.ts';

export interface OpenedLive {
  readonly store: LiveStore;
  /** Where the archiver reads. */
  readonly source: SourceSpec;
  /** What an operator should know about how safe the store is. */
  readonly warnings: () => readonly string[];
  /** Channel states of a store that was just left: to be set again in this one. */
  readonly carriedStates: ReadonlyMap<ChannelId, 'open' | 'read-only'>;
  /** Slow and shield mode there. */
  readonly carriedModes: ReadonlyMap<ChannelId, ChannelMode>;
}

export interface LiveParts {
  readonly config: HubConfig;
  readonly sql: OpenedSql;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What this hub and the archive have seen, should the log go back. */
  readonly memory: RedisMemory;
  /** How long a step's key is remembered. */
  readonly keepKeysMs: () => number;
}

/** Which store the log of this folder lives in. */
type LogHome = 'embedded' | 'redis';

/** Opens Redis where it is configured, else the embedded store; carries the one over to the other at the first switch. */
export async function openLive(parts: LiveParts): Promise<OpenedLive> {
  const { config, sql } = parts;
  const home = await readHome(sql);
  if (config.redisUrl === null) {
    if (home === 'redis') throw new ConfigError('REDIS_URL', LOG_IS_IN_REDIS.problem, LOG_IS_IN_REDIS.mend);
    const store = await openEmbeddedStore(parts);
    if (home === null) await writeHome(sql, 'embedded', []);
    return {
      store,
      source: { kind: 'embedded' },
      warnings: () => [],
      carriedStates: new Map(),
      carriedModes: new Map(),
    };
  }
  const carried = home === 'embedded' ? await drainEmbedded(parts) : null;
  // loaded only where it is used
  const { openRedis } = await import('../store/redis/open.ts');
  const opened = await openRedis({
    url: config.redisUrl,
    clock: parts.clock,
    log: parts.logger,
    maxEntries: config.log.maxEntries,
    memory: parts.memory,
    keepKeysMs: parts.keepKeysMs,
  });
  try {
    await opened.claimArchive(sql.archiveId);
    if (carried !== null) await carryOver(opened, carried, parts);
    if (home !== 'redis') await writeHome(sql, 'redis', home === 'embedded' ? [forgetMarks(sql)] : []);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return {
    store: opened,
    source: { kind: 'redis', url: config.redisUrl },
    warnings: () => opened.warnings(),
    carriedStates: new Map((carried ?? []).flatMap(({ channels }) => [...channels])),
    carriedModes: new Map((carried ?? []).flatMap(({ modes }) => [...modes])),
  };
}

function openEmbeddedStore({ config, sql, clock, logger }: LiveParts): Promise<LiveStore> {
  const lockFile = join(config.dataDir, 'hub.lock');
  return openEmbedded({ sql, lockFile, clock, maxEntries: config.log.maxEntries, log: logger });
}

/** Archives the rest of the embedded log and empties it. @returns what was in force */
async function drainEmbedded(parts: LiveParts): Promise<readonly LiveSnapshot[]> {
  const { sql, clock, logger } = parts;
  const store = await openEmbeddedStore(parts);
  const { log } = store;
  try {
    const options = { hotMs: 60_000, batch: 500 };
    const attach = sql.writer.startArchiver;
    const archiver = startArchiver({ attach, source: { kind: 'embedded' }, options, clock, log: logger });
    logger.info({}, 'the embedded log is carried over to the archive, for Redis');
    await archiver.drain(new AbortController().signal);
    await archiver.stop();
    const heads = await log.heads();
    const snapshots = await Promise.all(heads.map((_, shard) => store.live.snapshot(shard)));
    for (const [shard, head] of heads.entries()) while ((await log.trim(shard, head)) > 0);
    return snapshots;
  } finally {
    await store.close();
  }
}

/** Sanctions go on in the new store. Repeating it changes nothing. */
async function carryOver(to: LiveStore, snapshots: readonly LiveSnapshot[], { clock }: LiveParts): Promise<void> {
  for (const { sanctions } of snapshots) {
    for (const one of carried(sanctions, to.log)) await to.log.append(sanctionStep(one, ['carried'], clock.now()));
  }
}

/** What holds everywhere stands in every shard of the new store, however many the old one had. */
function carried(sanctions: LiveSnapshot['sanctions'], log: LiveStore['log']): readonly InForce[] {
  return sanctions
    .map(bodyOf)
    .flatMap((one) => (isEverywhere(one.scope) ? everyShard(log).map((scope) => ({ ...one, scope })) : [one]));
}

async function readHome(sql: OpenedSql): Promise<LogHome | null> {
  const query = sql.build.selectFrom('meta').select('value').where('name', '=', 'log_home').compile();
  const [row] = await sql.read(query);
  return row === undefined ? null : row.value === 'redis' ? 'redis' : 'embedded';
}

async function writeHome(sql: OpenedSql, home: LogHome, also: Parameters<OpenedSql['write']>[0]): Promise<void> {
  const insert = sql.build.insertInto('meta').values({ name: 'log_home', value: home });
  const query = insert.onConflict((on) => on.column('name').doUpdateSet({ value: home })).compile();
  await sql.write([...also, { query }]);
}
