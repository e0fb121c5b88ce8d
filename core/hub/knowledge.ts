import type { Clock } from '../async/clock.ts';
import { createSerialByKey } from '../async/serial-by-key.ts';
import { createHeads } from '../community/directs/heads.ts';
import { createViews, type Views } from '../community/directs/views.ts';
import { createKarmaBook, type KarmaBook } from '../community/karma/book.ts';
import { loadKarma } from '../community/karma/load.ts';
import { type Channel, scopeOf } from '../domain/channel.ts';
import { type ChannelMode, NO_MODE } from '../domain/channel-mode.ts';
import type { ChannelSettings } from '../domain/channel-settings.ts';
import type { ChannelId, EpochMs, ScopeId, Seq, UserId } from '../domain/ids.ts';
import { markedHistory } from '../media/marked-history.ts';
import type { Logger } from '../ops/log.ts';
import { createFirstHeard, type FirstHeard } from '../pipeline/first-heard.ts';
import { createHeldFacts, type HeldFacts } from '../pipeline/held-facts.ts';
import { heldAgainStep } from '../pipeline/held-steps.ts';
import { createLately, type Lately } from '../pipeline/lately.ts';
import { createLiveFacts, type LiveFacts } from '../pipeline/live-facts.ts';
import { modeStep, sayMode } from '../pipeline/mode-step.ts';
import { createRecent, type Recent } from '../pipeline/recent.ts';
import { createRulesFacts, type RulesFacts } from '../pipeline/rules-facts.ts';
import { channelStep, sanctionStep } from '../pipeline/steps.ts';
import { createHistory, type History } from '../store/archive/history.ts';
import { createDirectory, type HubDirectory } from '../store/directory/sql-directory.ts';
import { createFeed, type HubFeed } from '../store/feed.ts';
import type { Archive, LiveSnapshot, LiveStore } from '../store/ports.ts';
import type { Sql } from '../store/sql/sql.ts';
import { createTail, type Tail } from '../store/tail.ts';
import { restoreHeld } from './restore-held.ts';
import { restoreSanctions } from './restore-sanctions.ts';

const SWEEP_MS = 1_000;
const TIDY_MS = 60 * 60_000;
const MOST_SNAPSHOTS = 50;

/** What this hub knows, in memory or at hand, kept fresh by following the log. */
export interface Knowledge {
  readonly tail: Tail;
  readonly directory: HubDirectory;
  readonly facts: LiveFacts;
  readonly held: HeldFacts;
  readonly lately: Lately;
  readonly firstHeard: FirstHeard;
  readonly rules: RulesFacts;
  readonly recent: Recent;
  readonly karma: KarmaBook;
  readonly feed: HubFeed;
  readonly history: History;
  readonly views: Views;
  /** Newest seq that this hub knows of, from the archive or the log. */
  headSeq(channel: ChannelId): Seq | null;
  /** Of the newest entry that this person may see. */
  headFor(viewer: UserId, channel: Channel): Promise<Seq | null>;
  /** Takes the store's account of a shard anew, and gives back to the store what it has lost. */
  resync(shard: number): Promise<void>;
  stop(): Promise<void>;
}

export interface KnowledgeParts {
  readonly store: LiveStore;
  readonly sql: Sql;
  readonly archive: Archive;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly guestsMayPost: boolean;
  /** What holds in channels for which nothing was set. */
  readonly settings: ChannelSettings;
}

/**
 * Takes a picture of the live state, reads the directory after it, and follows the log from the picture on: what
 * happens in between is seen twice, never missed.
 */
export async function openKnowledge(parts: KnowledgeParts): Promise<Knowledge> {
  const { store, sql, archive, clock, logger } = parts;
  const { log, live } = store;
  const stopping = new AbortController();
  const tail = createTail(log, logger);
  const { settings } = parts;
  const directory = createDirectory({ sql, log, clock, logger, settings, reached: tail.reached });
  const facts = createLiveFacts({ directory, log, guestsMayPost: parts.guestsMayPost });
  const held = createHeldFacts(log);
  const lately = createLately();
  const firstHeard = createFirstHeard((user) => readFirstHeard(sql, user));
  const recent = createRecent(undefined, ({ id, channel, author }, at) => {
    lately.add(channel, author, { id, at, folded: null });
    firstHeard.heard(author, at);
  });
  const karma = createKarmaBook({ clock, sameAs: directory.sameAs });
  const history = markedHistory(createHistory({ log, archive }), directory.marks.in);
  const views = createViews({ history, directory });

  const snapshots = await Promise.all(Array.from({ length: log.shards }, (_, shard) => live.snapshot(shard)));
  for (const [shard, snapshot] of snapshots.entries()) {
    facts.seed(shard, snapshot);
    held.seed(shard, snapshot);
  }
  await directory.load();
  await restoreSanctions({ store, sql, facts, clock, logger });
  await restoreHeld({ store, sql, directory, held, clock, logger });
  await loadKarma({ sql, log, book: karma, upTo: snapshots.map(({ at }) => at), now: clock.now() });
  const archived = await archive.newest();
  await raiseSeqs(parts, directory, archived);

  const scopeOfChannel = (id: ChannelId): ScopeId | null => {
    const channel = directory.channel(id);
    return channel === null ? null : scopeOf(channel);
  };
  const feed = createFeed({
    live,
    firstEpoch: await live.epoch(),
    scopeOf: scopeOfChannel,
    async since(_scope, channel, after, limit) {
      const place = directory.channel(channel);
      return place === null ? [] : views.since(place, after, limit);
    },
    seenBy: views.seenBy,
    async head(scope, channel) {
      const { head } = await log.bounds(scope, channel);
      return Math.max(head ?? 0, archived.get(channel) ?? 0) as Seq;
    },
  });

  const headSeq = (channel: ChannelId): Seq | null => feed.liveSeq(channel) ?? archived.get(channel) ?? null;
  const heads = createHeads({ views, entries: history.entries, headSeq });

  tail.follow((batch) => directory.apply(batch, stopping.signal));
  tail.follow((batch) => {
    if (batch.some(({ kind }) => kind === 'change')) karma.forget();
  });
  // before what is in force: whoever judges by a sanction knows the karma that came with it
  tail.follow(karma.apply);
  tail.follow(facts.apply);
  tail.follow(held.apply);
  tail.follow(recent.apply);
  tail.follow(feed.apply);
  tail.follow(heads.apply);
  tail.start(snapshots.map(({ at }) => at));

  const resyncs = createSerialByKey<number>();
  let epoch = await live.epoch();
  const resync = (shard: number, isBack = true): Promise<void> =>
    resyncs.run(shard, () => resyncShard(shard, parts, { facts, held, directory }, isBack));
  const stopEpochs = live.onEpoch((next) => {
    // of the same epoch: this hub has missed something, and the store knows better
    const isBack = next !== epoch;
    epoch = next;
    recent.forget();
    heads.forget();
    for (let shard = 0; shard < log.shards; shard += 1) {
      resync(shard, isBack).catch((error: unknown) =>
        logger.warn({ err: error, shard }, 'the log has gone back; taken anew when asked'),
      );
    }
  });

  let sweeping: Promise<void> | null = null;
  const stopSweep = clock.every(SWEEP_MS, () => {
    sweeping ??= directory
      .sweep()
      .catch((error: unknown) => logger.warn({ err: error }, 'changes left by a crash could not be announced yet'))
      .finally(() => {
        sweeping = null;
      });
  });

  const stopTidying = clock.every(TIDY_MS, karma.sweep);

  return {
    tail,
    directory,
    facts,
    held,
    lately,
    firstHeard,
    rules: createRulesFacts({ book: directory.houseRules, facts }),
    recent,
    karma,
    feed,
    history,
    views,
    headSeq,
    headFor: heads.of,
    resync,
    async stop() {
      stopEpochs();
      stopSweep();
      stopTidying();
      await sweeping;
      stopping.abort();
      feed.stop();
      await tail.stop();
    },
  };
}

/** One that this hub's copy is not beyond already: what it has followed would be counted no more. */
async function freshSnapshot(shard: number, live: LiveStore['live'], facts: LiveFacts): Promise<LiveSnapshot> {
  let snapshot = await live.snapshot(shard);
  for (let tries = 0; tries < MOST_SNAPSHOTS && facts.isBeyond(shard, snapshot.at); tries += 1) {
    snapshot = await live.snapshot(shard);
  }
  return snapshot;
}

/**
 * Takes the live state anew. If the log has gone back, what this hub knew to be in force and the store no longer knows is put in force again, under
 * keys of the new epoch, so that several hubs do it once.
 */
async function resyncShard(
  shard: number,
  { store, clock, logger }: KnowledgeParts,
  { facts, held, directory }: Pick<Knowledge, 'facts' | 'held' | 'directory'>,
  isBack: boolean,
): Promise<void> {
  const { log, live } = store;
  const before = { ...facts.inForce(shard), held: held.inForce(shard) };
  const epoch = await live.epoch();
  const snapshot = await freshSnapshot(shard, live, facts);
  facts.seed(shard, snapshot);
  held.seed(shard, snapshot);
  if (!isBack) return;
  const now = facts.inForce(shard);
  const lost = before.sanctions.filter(
    (one) => !now.sanctions.some((other) => other.scope === one.scope && other.user === one.user),
  );
  const closed = [...before.channels].filter(([id, state]) => now.channels.get(id) !== state);
  const calmed = [...before.modes].filter(([id, mode]) => !isSameMode(now.modes.get(id), mode));
  const waiting = before.held.filter(({ id }) => !snapshot.held.some((one) => one.id === id));
  const counts = { sanctions: lost.length, channels: closed.length, modes: calmed.length, held: waiting.length };
  if (Object.values(counts).some((count) => count > 0)) logger.warn({ shard, ...counts }, 'put in force again');
  for (const one of lost) await log.append(sanctionStep(one, ['restored', epoch], clock.now()));
  for (const [id, state] of closed) {
    const channel = directory.channel(id);
    if (channel !== null) await log.append(channelStep(channel, state, ['restored', epoch], clock.now()));
  }
  for (const [id, mode] of calmed) {
    const channel = directory.channel(id);
    const at = clock.now();
    if (channel !== null) await log.append(modeStep(channel, mode, sayMode(mode, at), ['restored', epoch], at));
  }
  for (const one of waiting) {
    const channel = directory.channel(one.channel);
    if (channel !== null) await log.append(heldAgainStep(channel, one, epoch));
  }
}

function isSameMode(now: ChannelMode | undefined, before: ChannelMode): boolean {
  const { slowSeconds, shieldUntil } = now ?? NO_MODE;
  return slowSeconds === before.slowSeconds && shieldUntil === before.shieldUntil;
}

async function readFirstHeard(sql: Sql, user: UserId): Promise<EpochMs | null> {
  const query = sql.build.selectFrom('first_heard').select('at').where('user_id', '=', user);
  const [row] = await sql.read(query.compile());
  return row === undefined ? null : (row.at as EpochMs);
}

/** Sequences go on from the highest archived: after a change of stores, or when the log's store was emptied. */
async function raiseSeqs(
  { store }: KnowledgeParts,
  directory: HubDirectory,
  archived: ReadonlyMap<ChannelId, Seq>,
): Promise<void> {
  const scopes = new Map<ScopeId, Map<ChannelId, Seq>>();
  for (const channel of directory.channels()) {
    const seq = archived.get(channel.id);
    if (seq === undefined) continue;
    const scope = scopeOf(channel);
    scopes.set(scope, (scopes.get(scope) ?? new Map()).set(channel.id, seq));
  }
  for (const [scope, seqs] of scopes) await store.log.raise(scope, seqs);
}
