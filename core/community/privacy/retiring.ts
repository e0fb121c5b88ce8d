import { backoffMs } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { BridgeId, EpochMs, RoomId, UserId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Bridge } from '../../plugin/bridge.ts';
import { isBridgeError } from '../../plugin/errors.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** Has platforms forget how people were shown there: names, pictures, memberships of their ghosts. */
export interface Retiring {
  /** To be written with what makes it due: from then on every bridge is asked until it has done it. */
  statementsFor(users: readonly UserId[]): Promise<readonly Statement[]>;
  /** @param live the bridge while it is live on this hub */
  start(live: (bridge: BridgeId) => Bridge | null): void;
  stop(): Promise<void>;
}

export interface RetiringDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  /** All that are configured, whichever hub they run on. */
  readonly bridges: readonly BridgeId[];
  readonly clock: Clock;
  readonly logger: Logger;
}

const LOOK_MS = 1_000;
const MOST_AT_ONCE = 20;
/** A ghost may have to leave many rooms. */
const DEADLINE_MS = 60_000;
const AGAIN = { baseMs: 1_000, capMs: 10 * 60_000 };
/** Told to the operator once it has failed this often, and again each so many times. */
const TELL_EACH = 10;
/** A bridge that did not run for so long is gone, and what it showed with it. */
const KEPT_MS = 90 * 24 * 3_600_000;
const NO_ROOM = '' as RoomId;

interface Row {
  readonly bridge: string;
  readonly person: string;
  readonly platform: string;
  readonly tries: number;
}

export function createRetiring({ sql, bridges, clock, logger }: RetiringDeps): Retiring {
  const { build } = sql;
  const stopping = new AbortController();
  let live: (bridge: BridgeId) => Bridge | null = () => null;
  let looking: Promise<void> | null = null;
  let stopLooking: () => void = () => {};

  const rowIs = ({ bridge, person, platform }: Row) =>
    ({ bridge, person, platform }) satisfies Pick<Row, 'bridge' | 'person' | 'platform'>;
  const drop = (row: Row) => build.deleteFrom('retirements').where((at) => at.and(rowIs(row)));

  async function dueRows(here: readonly BridgeId[]): Promise<readonly Row[]> {
    const query = build
      .selectFrom('retirements')
      .select(['bridge', 'person', 'platform', 'tries'])
      .where('bridge', 'in', here)
      .where('due', '<=', clock.now())
      .orderBy('due')
      .limit(MOST_AT_ONCE);
    return sql.read(query.compile());
  }

  async function retire(row: Row): Promise<void> {
    const bridge = live(row.bridge as BridgeId);
    if (bridge === null) return;
    const able = bridge.capabilities(NO_ROOM).retire;
    const command = { key: row.person, platform: row.platform };
    try {
      if (able !== undefined) {
        await withDeadline(clock, DEADLINE_MS, stopping.signal, (signal) => able.run(command, signal));
      }
      await sql.write([{ query: drop(row).compile() }]);
    } catch (error) {
      if (!stopping.signal.aborted) await later(row, error);
    }
  }

  async function later(row: Row, error: unknown): Promise<void> {
    const tries = row.tries + 1;
    const failure = isBridgeError(error) ? error.failure : null;
    if (tries % TELL_EACH === 1) {
      const { name, message: say } = error instanceof Error ? error : { name: '', message: '' };
      const said = isBridgeError(error) ? say : name;
      logger.warn({ bridge: row.bridge, tries, say: said }, 'somebody is not forgotten on a platform yet');
    }
    const asked = failure?.kind === 'retryable' ? (failure.retryAfterMs ?? 0) : 0;
    const due = clock.now() + Math.max(asked, backoffMs(tries, AGAIN));
    const update = build.updateTable('retirements').set({ tries, due });
    await sql.write([{ query: update.where((at) => at.and(rowIs(row))).compile() }]);
  }

  async function look(): Promise<void> {
    try {
      const here = bridges.filter((bridge) => live(bridge) !== null);
      if (here.length === 0) return;
      for (const row of await dueRows(here)) {
        if (stopping.signal.aborted) return;
        await retire(row);
      }
    } catch (error) {
      logger.warn({ err: error }, 'who is to be forgotten on platforms could not be read');
    }
  }

  return {
    async statementsFor(users) {
      const people = await shownAs(sql, users);
      const at = clock.now();
      const old = build.deleteFrom('retirements').where('asked_at', '<', (at - KEPT_MS) as EpochMs);
      const rows = bridges.flatMap((bridge) =>
        people.map(({ user, platform }) => ({ bridge, person: user, platform, asked_at: at, due: at, tries: 0 })),
      );
      if (rows.length === 0) return [];
      const insert = build.insertInto('retirements').values(rows);
      const again = insert.onConflict((on) => on.doUpdateSet({ asked_at: at, due: at, tries: 0 }));
      return [old, again].map((query) => ({ query: query.compile() }));
    },
    start(liveNow) {
      live = liveNow;
      stopLooking = clock.every(LOOK_MS, () => {
        looking ??= look().finally(() => {
          looking = null;
        });
      });
    },
    async stop() {
      stopLooking();
      stopping.abort();
      await looking;
    },
  };
}

/** Each user with the platform under which others have seen them. */
async function shownAs({ build, read }: Pick<Sql, 'build' | 'read'>, users: readonly UserId[]) {
  const queries = (['accounts', 'seen_accounts', 'person_links'] as const).map((table) =>
    build.selectFrom(table).select(['user_id', 'platform']).where('user_id', 'in', users),
  );
  const rows = (await Promise.all(queries.map((query) => read(query.compile())))).flat();
  const each = new Map(rows.map((row) => [`${row.user_id} ${row.platform}`, row]));
  return [...each.values()].map(({ user_id, platform }) => ({ user: user_id as UserId, platform }));
}
