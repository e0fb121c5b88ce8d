import type { Redis } from 'ioredis';
import type { Clock } from '../../async/clock.ts';
import { newHubId } from '../../async/mint.ts';
import type { ChannelId, Position } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import { blankBody } from '../archive/fold.ts';
import type { Entry, Log, Step, Stored } from '../ports.ts';
import type { Arrival } from './arrival.ts';
import { createGather } from './gather.ts';
import { logKey, SHARDS, shardOf } from './keys.ts';
import type { Link } from './link.ts';
import { isBefore, positionBefore } from './position.ts';
import { list, parseBounds, parseEntry, parseHot, parsePosition, parseSince, parseStored, text } from './reply.ts';
import type { Seen } from './seen.ts';
import { checkStep, isLift, stepArgs } from './step-args.ts';
import { followLog } from './tail.ts';
import { createWindow, type Window } from './window.ts';

/** Steps of one hub that wait while Redis is away; more are refused. */
const MOST_WAITING = 100_000;

export interface RedisLogDeps {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly link: Link;
  readonly seen: Seen;
  readonly arrival: Arrival;
  readonly maxEntries: number;
  /** How long a key is remembered. */
  readonly keepKeysMs: () => number;
}

export function createRedisLog(deps: RedisLogDeps): Log {
  const { link, seen, maxEntries } = deps;
  const stopping = new AbortController();
  const windows = createWindows(deps);
  const stopHealth = link.onHealth((isUp) => {
    if (isUp) for (const window of windows) window.resume();
  });

  const call = (name: Parameters<Link['call']>[0], shard: number, ...args: readonly string[]): Promise<unknown> =>
    link.call(name, [logKey(shard)], args);

  async function append(step: Step): Promise<Stored> {
    checkStep(step);
    const shard = shardOf(step.scope);
    const stored = await windowOf(windows, shard).append({ step, args: stepArgs(step) });
    if (stored.kind === 'stored' || stored.kind === 'duplicate') seen.note({ shard, channel: step.channel, ...stored });
    return stored;
  }

  async function range(shard: number, after: Position, limit: number): Promise<readonly Entry[]> {
    return readRange(link, shard, after, limit);
  }

  return {
    shards: SHARDS,
    shardOf,
    append,
    tail: (after, signal) =>
      followLog({ ...deps, whenUp: link.whenUp }, after, AbortSignal.any([signal, stopping.signal])),
    range,
    async since(scope, channel, after, limit) {
      const shard = shardOf(scope);
      const found = list(await call('since', shard, channel, String(after), String(limit)));
      return found.map((each) => {
        const { entry, redaction } = parseSince(shard, each);
        return redaction === null ? entry : { ...entry, body: blankBody(entry.body, redaction) };
      });
    },
    async page(scope, channel, before, limit) {
      const from = before === null ? '+inf' : `(${before}`;
      return { messages: list(await call('page', shardOf(scope), channel, from, String(limit))).map(parseHot) };
    },
    async hot(scope, ids) {
      if (ids.length === 0) return new Map();
      const found = list(await call('hot', shardOf(scope), ...ids)).map(parseHot);
      return new Map(found.map((message) => [message.head.id, message]));
    },
    bounds: async (scope, channel) => parseBounds(await call('bounds', shardOf(scope), channel)),
    heads: () => Promise.all(windows.map(async (_, shard) => parsePosition(await call('head', shard)))),
    positionAt: (_shard, at) => Promise.resolve(positionBefore(at)),
    isBefore,
    async trim(shard, upTo) {
      let dropped = 0;
      for (;;) {
        const now = await trimSome(link, shard, upTo);
        if (now === 0) return dropped;
        dropped += now;
      }
    },
    async raise(scope, seqs) {
      if (seqs.size === 0) return;
      const shard = shardOf(scope);
      for (const [channel, seq] of seqs) seen.note({ shard, channel, seq, position: '0-0' as Position });
      await call(
        'raise',
        shard,
        ...[...seqs].flatMap(([channel, seq]: readonly [ChannelId, number]) => [channel, String(seq)]),
      );
    },
    rewrite: async (shard, changes) =>
      (await call('rewrite', shard, ...changes.flatMap(({ position, body, note }) => [position, body, note]))) === 1,
    async tidy() {
      // both may be forbidden, or under way
      const asks = [(client: Redis) => client.bgrewriteaof(), (client: Redis) => client.bgsave('SCHEDULE')];
      for (const ask of asks) {
        try {
          await link.use(ask);
        } catch (error) {
          deps.log.info({ say: error instanceof Error ? error.message : '' }, 'Redis writes its files anew by itself');
        }
      }
    },
    async size() {
      const lengths = await Promise.all(windows.map((_, shard) => readLength(link, shard)));
      return { entries: lengths.reduce((sum, length) => sum + length, 0), cap: maxEntries };
    },
    async close() {
      stopping.abort();
      stopHealth();
      for (const window of windows) window.close();
    },
  };
}

interface Prepared {
  readonly step: Step;
  readonly args: readonly string[];
}

/** One ordered window per shard. Redis knows each by the name of its sender. */
function createWindows({ link, clock, log, maxEntries, keepKeysMs }: RedisLogDeps): readonly Window<Prepared>[] {
  const hub = newHubId();
  return Array.from({ length: SHARDS }, (_, shard) => {
    const gather = createGather<'append' | 'append_lift'>(
      (name, args) => link.send(name, [logKey(shard)], [hub, String(keepKeysMs()), String(maxEntries), ...args]),
      link.atEndOfTurn,
    );
    return createWindow<Prepared>({
      send: ({ step, args }, turn, after, told) => {
        const name = isLift(step) ? 'append_lift' : 'append';
        gather.send({ name, args: [String(turn), String(after), ...args] }, told);
      },
      read: parseStored,
      isUp: link.isUp,
      reload: link.reload,
      clock,
      log,
      mostWaiting: MOST_WAITING,
    });
  });
}

function windowOf(windows: readonly Window<Prepared>[], shard: number): Window<Prepared> {
  const window = windows[shard];
  if (window === undefined) throw new RangeError(`no shard ${shard}`);
  return window;
}

/** Entries after a position, at most `limit`. */
export async function readRange(link: Link, shard: number, after: Position, limit: number): Promise<readonly Entry[]> {
  const found = await link.use((client) => client.xrange(logKey(shard), `(${after}`, '+', 'COUNT', limit));
  return list(found).map((each) => parseEntry(shard, each));
}

/** Drops a few hundred entries at most, so that nobody waits long. @returns how many went */
export async function trimSome(link: Link, shard: number, upTo: Position): Promise<number> {
  return Number(text(await link.call('trim', [logKey(shard)], [upTo])));
}

export function readLength(link: Link, shard: number): Promise<number> {
  return link.use((client) => client.xlen(logKey(shard)));
}
