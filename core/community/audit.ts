import { sql as raw } from 'kysely';
import type { Clock } from '../async/clock.ts';
import type { AuditedAct } from '../domain/audited.ts';
import type { Channel } from '../domain/channel.ts';
import type { ChannelId, EpochMs, MessageId, UserId } from '../domain/ids.ts';
import { DAY_MS, WINDOW_DAYS } from '../domain/karma.ts';
import type { Sql } from '../store/sql/sql.ts';
import type { Found, PeopleFinder } from './moderation/find-people.ts';

export interface AuditQuery {
  /** Null: of all channels, and what is in none. */
  readonly channel: Pick<Channel, 'id'> | null;
  readonly target: UserId | null;
  /** Null: whatever was done. */
  readonly act: string | readonly string[] | null;
  readonly before: number | null;
  readonly limit: number;
}

export interface Audit {
  /** Newest first. Who may see it is asked before. */
  read(query: AuditQuery): Promise<readonly AuditedAct[]>;
  effectOf(cause: string): Promise<string | null>;
  /** Drops what is older than it is kept, in parts; of the ledger of karma, what counts no more. */
  sweep(): Promise<void>;
}

export interface AuditDeps {
  readonly sql: Sql;
  readonly finder: Pick<PeopleFinder, 'names'>;
  readonly keepDays: number;
  readonly clock: Pick<Clock, 'now'>;
}

const MOST_LINES = 100;
/** Lines that are dropped in one transaction: what people say is written between two of them. */
const DROPPED_AT_ONCE = 500;
/** What grows old, and by what its lines are told apart. */
const AGEING = { audit: 'id', audit_effects: 'cause', karma: 'id' } as const;
type Ageing = keyof typeof AGEING;

const LIFTED = ' lift';

/** An act and its end have one cause; what became of each on the platforms is told apart. */
export function effectKey(cause: string, what: 'act' | 'lift'): string {
  return what === 'lift' ? `${cause}${LIFTED}` : cause;
}

export function createAudit({ sql, finder, keepDays, clock }: AuditDeps): Audit {
  function rows({ channel, target, act, before, limit }: AuditQuery) {
    let query = sql.build
      .selectFrom('audit as a')
      .leftJoin('audit_effects as e', (join) =>
        join.on(raw<boolean>`e.cause = case when a.act like 'lift%' then a.cause || ${LIFTED} else a.cause end`),
      )
      .selectAll('a')
      .select('e.effect')
      .orderBy('a.at', 'desc')
      .orderBy('a.id', 'desc')
      .limit(Math.max(1, Math.min(MOST_LINES, limit)));
    if (channel !== null) query = query.where('a.channel_id', '=', channel.id);
    if (target !== null) query = query.where('a.target_id', '=', target);
    if (act !== null) query = query.where('a.act', 'in', typeof act === 'string' ? [act] : [...act]);
    // shards are archived side by side, so that ids alone are not in the order of time
    const isOlder = raw<boolean>`(a.at, a.id) < ((select at from audit where id = ${before}), ${before})`;
    if (before !== null) query = query.where(isOlder);
    return query.compile();
  }

  /** @returns how many lines went */
  async function dropSome(table: Ageing, before: number): Promise<number> {
    const of = raw.table(table);
    const key = raw.ref(AGEING[table]);
    const drop = raw`delete from ${of} where ${key} in
      (select ${key} from ${of} where at < ${before} order by at limit ${DROPPED_AT_ONCE})`;
    const written = await sql.write([{ query: drop.compile(sql.build) }]);
    return written.ok ? (written.changes[0] ?? 0) : 0;
  }

  return {
    async read(query) {
      const found = await sql.read(rows(query));
      const users = found.flatMap((row) => [row.by_id, row.target_id]).filter((user) => user !== null);
      const names = await finder.names(users as readonly string[] as readonly UserId[], query.channel?.id ?? null);
      const who = (user: string | null): Found | null =>
        user === null ? null : (names.get(user as UserId) ?? { user: user as UserId, name: null, platform: null });
      return found.map((row) => ({
        id: row.id,
        at: row.at as EpochMs,
        act: row.act,
        by: who(row.by_id),
        target: who(row.target_id),
        message: row.message_id as MessageId | null,
        channel: row.channel_id as ChannelId | null,
        until: row.until as EpochMs | null,
        reason: row.reason,
        effect: row.effect,
      }));
    },
    async effectOf(cause) {
      const query = sql.build.selectFrom('audit_effects').select('effect').where('cause', '=', cause);
      return (await sql.read(query.compile()))[0]?.effect ?? null;
    },
    async sweep() {
      const now = clock.now();
      const days: Readonly<Record<Ageing, number>> = {
        audit: keepDays,
        audit_effects: keepDays,
        karma: WINDOW_DAYS + 1,
      };
      for (const table of ['audit', 'audit_effects', 'karma'] as const) {
        const before = now - days[table] * DAY_MS;
        let dropped = DROPPED_AT_ONCE;
        while (dropped === DROPPED_AT_ONCE) dropped = await dropSome(table, before);
      }
    },
  };
}
