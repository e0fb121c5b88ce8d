import { sql as raw } from 'kysely';
import type { Clock } from '../../async/clock.ts';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** Who is new in a channel is kept soon, who was there lately with all others. */
const SOON_MS = 1_000;
const EVERY_MS = 10_000;
const MOST_AT_ONCE = 200;
/** People who wait to be kept; more are known by the next time that they come or write. */
const MOST_WAITING = 20_000;
/** People of whom it is remembered that they are kept already. */
const MOST_KNOWN = 50_000;

export interface Somebody {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
}
export interface SeenRow extends Somebody {
  readonly lastAt: EpochMs;
}
/** Where a page of the list goes on. */
export interface SeenPlace {
  readonly at: EpochMs;
  readonly user: UserId;
}

/** Who has ever been in a channel, by whatever platform; the newest of it up to ten seconds late, and lost in a crash. */
export interface SeenPeople {
  /** `isAct`: they did something there by a bridge, and count as connected for a while. */
  was(channel: ChannelId, person: Somebody, isAct: boolean): void;
  /** Last seen first. @throws {StoreUnavailable} */
  list(channel: ChannelId, after: SeenPlace | null, limit: number): Promise<readonly SeenRow[]>;
  /** Who did something by a bridge since then; at most a few thousand. @throws {StoreUnavailable} */
  acting(channel: ChannelId, since: EpochMs): Promise<readonly Somebody[]>;
  start(): void;
  stop(): Promise<void>;
}

export interface SeenDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly clock: Pick<Clock, 'now' | 'after' | 'every'>;
  readonly logger: Logger;
}

interface Waiting extends Somebody {
  readonly channel: ChannelId;
  readonly at: EpochMs;
  readonly actedAt: EpochMs | null;
}
const MOST_ACTING = 2_000;

export function createSeenPeople({ sql, clock, logger }: SeenDeps): SeenPeople {
  let waiting = new Map<string, Waiting>();
  /** On their way into the database. */
  let writing: readonly Waiting[] = [];
  const known = new Set<string>();
  let cancelSoon: (() => void) | null = null;
  let stopEvery: () => void = () => {};
  let keeping: Promise<void> = Promise.resolve();

  function keep(): void {
    cancelSoon?.();
    cancelSoon = null;
    keeping = keeping.then(write);
  }

  async function write(): Promise<void> {
    const gathered = [...waiting.values()];
    waiting = new Map();
    writing = gathered;
    await writeAll(gathered);
    writing = [];
  }

  async function writeAll(gathered: readonly Waiting[]): Promise<void> {
    for (let from = 0; from < gathered.length; from += MOST_AT_ONCE) {
      try {
        await sql.write(gathered.slice(from, from + MOST_AT_ONCE).map(upsert));
      } catch (error) {
        logger.warn({ err: error, people: gathered.length - from }, 'who was here could not be kept yet');
        for (const one of gathered.slice(from)) take(one);
        return;
      }
    }
  }

  function take(one: Waiting): void {
    const key = `${one.channel} ${one.user}`;
    const before = waiting.get(key);
    if (before === undefined && waiting.size >= MOST_WAITING) return;
    if (before === undefined) waiting.set(key, one);
    else if (before.at <= one.at) waiting.set(key, { ...one, actedAt: one.actedAt ?? before.actedAt });
  }

  function upsert({ channel, user, name, platform, at, actedAt }: Waiting): Statement {
    const row = { channel_id: channel, user_id: user, name, platform };
    const insert = sql.build
      .insertInto('seen_people')
      .values({ ...row, first_at: at, last_at: at, acted_at: actedAt ?? 0 });
    const query = insert.onConflict((conflict) =>
      conflict.columns(['channel_id', 'user_id']).doUpdateSet({
        name: raw`case when excluded.last_at >= seen_people.last_at then excluded.name else seen_people.name end`,
        last_at: raw`max(seen_people.last_at, excluded.last_at)`,
        acted_at: raw`max(seen_people.acted_at, excluded.acted_at)`,
      }),
    );
    return { query: query.compile() };
  }

  return {
    was(channel, { user, name, platform }, isAct) {
      const at = clock.now();
      take({ channel, user, name, platform, at, actedAt: isAct ? at : null });
      const key = `${channel} ${user}`;
      if (known.has(key)) return;
      if (known.size >= MOST_KNOWN) known.clear();
      known.add(key);
      cancelSoon ??= clock.after(SOON_MS, keep);
    },
    async list(channel, after, limit) {
      const all = sql.build
        .selectFrom('seen_people')
        .select(['user_id', 'name', 'platform', 'last_at'])
        .where('channel_id', '=', channel)
        .orderBy('last_at', 'desc')
        .orderBy('user_id', 'desc')
        .limit(limit);
      const page =
        after === null
          ? all
          : all.where(({ or, and, eb }) =>
              or([eb('last_at', '<', after.at), and([eb('last_at', '=', after.at), eb('user_id', '<', after.user)])]),
            );
      const rows = await sql.read(page.compile());
      return rows.map(({ user_id, name, platform, last_at }) => {
        return { user: user_id as UserId, name, platform, lastAt: last_at as EpochMs };
      });
    },
    async acting(channel, since) {
      const query = sql.build
        .selectFrom('seen_people')
        .select(['user_id', 'name', 'platform'])
        .where('channel_id', '=', channel)
        .where('acted_at', '>', since)
        .orderBy('acted_at', 'desc')
        .limit(MOST_ACTING);
      // taken before the read: what is written meanwhile may be in neither
      const fresh = [...writing, ...waiting.values()];
      const rows = await sql.read(query.compile());
      const found = new Map(
        rows.map(({ user_id, name, platform }): [UserId, Somebody] => {
          return [user_id as UserId, { user: user_id as UserId, name, platform }];
        }),
      );
      for (const one of fresh) {
        if (one.channel !== channel || one.actedAt === null || one.actedAt <= since) continue;
        found.set(one.user, { user: one.user, name: one.name, platform: one.platform });
      }
      return [...found.values()];
    },
    start() {
      stopEvery = clock.every(EVERY_MS, keep);
    },
    async stop() {
      stopEvery();
      keep();
      await keeping;
    },
  };
}
