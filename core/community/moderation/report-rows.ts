import type { ChannelId, EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import { DAY_MS } from '../../domain/karma.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** One report, as it is kept. */
export interface Report {
  readonly message: MessageId;
  readonly reporter: UserId;
  readonly channel: ChannelId;
  readonly author: UserId;
  readonly reason: string | null;
  readonly at: EpochMs;
  /** Towards hiding: by the standing of the reporter. */
  readonly counts: boolean;
}

/** What was reported; truth is in SQL. */
export interface ReportRows {
  /** @returns false: this person has reported it before */
  add(report: Report): Promise<boolean>;
  /** Whether the person with these users has reported it before, and how many of theirs nobody has decided yet. */
  by(reporters: readonly UserId[], message: MessageId): Promise<{ readonly isTold: boolean; readonly open: number }>;
  /** Open reports of a message that count. */
  counting(message: MessageId): Promise<number>;
  /** Open ones of these channels, by message, the oldest first. */
  open(channels: readonly ChannelId[], limit: number): Promise<readonly OpenReports[]>;
  hasOpen(message: MessageId): Promise<boolean>;
  close(message: MessageId, state: 'upheld' | 'dismissed'): Promise<void>;
  /** Of somebody's reports of the last 30 days: how many were right, and how many were not. */
  recordOf(reporter: UserId, now: EpochMs): Promise<{ readonly upheld: number; readonly dismissed: number }>;
}

export interface OpenReports {
  readonly message: MessageId;
  readonly channel: ChannelId;
  readonly author: UserId;
  readonly reports: readonly Pick<Report, 'reporter' | 'reason' | 'at' | 'counts'>[];
}

const RECORD_DAYS = 30;
/** Reports looked through for one page. */
const MOST_ROWS = 1_000;

export function createReportRows(sql: Sql): ReportRows {
  const { build } = sql;
  const openOf = (message: MessageId) =>
    build.selectFrom('reports').selectAll().where('message_id', '=', message).where('state', '=', 'open');

  return {
    async add({ message, reporter, channel, author, reason, at, counts }) {
      const insert = build.insertInto('reports').values({
        message_id: message,
        reporter_id: reporter,
        channel_id: channel,
        author_id: author,
        reason,
        at,
        counts: Number(counts),
        state: 'open',
      });
      const statement: Statement = {
        query: insert.onConflict((conflict) => conflict.doNothing()).compile(),
        expect: 1,
      };
      return (await sql.write([statement])).ok;
    },
    async by(reporters, message) {
      const query = build.selectFrom('reports').select(['message_id', 'state']).where('reporter_id', 'in', reporters);
      const theirs = query.where((row) => row.or([row('message_id', '=', message), row('state', '=', 'open')]));
      const rows = await sql.read(theirs.limit(MOST_ROWS).compile());
      return {
        isTold: rows.some(({ message_id }) => message_id === message),
        open: rows.filter(({ state }) => state === 'open').length,
      };
    },
    counting: async (message) => (await sql.read(openOf(message).where('counts', '=', 1).compile())).length,
    hasOpen: async (message) => (await sql.read(openOf(message).limit(1).compile())).length > 0,
    async open(channels, limit) {
      if (channels.length === 0) return [];
      const query = build
        .selectFrom('reports')
        .selectAll()
        .where('state', '=', 'open')
        .where('channel_id', 'in', channels);
      const rows = await sql.read(query.orderBy('at').limit(MOST_ROWS).compile());
      const found = new Map<
        string,
        { readonly row: (typeof rows)[number]; readonly reports: OpenReports['reports'][number][] }
      >();
      for (const row of rows) {
        const known = found.get(row.message_id) ?? { row, reports: [] };
        found.set(row.message_id, known);
        const { reporter_id, reason, at, counts } = row;
        known.reports.push({ reporter: reporter_id as UserId, reason, at: at as EpochMs, counts: counts === 1 });
      }
      return [...found.values()].slice(0, limit).map(({ row, reports }) => ({
        message: row.message_id as MessageId,
        channel: row.channel_id as ChannelId,
        author: row.author_id as UserId,
        reports,
      }));
    },
    async close(message, state) {
      const update = build.updateTable('reports').set({ state }).where('message_id', '=', message);
      await sql.write([{ query: update.where('state', '=', 'open').compile() }]);
    },
    async recordOf(reporter, now) {
      const query = build.selectFrom('reports').select((row) => ['state', row.fn.countAll<number>().as('count')]);
      const mine = query.where('reporter_id', '=', reporter).where('at', '>', now - RECORD_DAYS * DAY_MS);
      const rows = await sql.read(mine.groupBy('state').compile());
      const count = (state: string): number => Number(rows.find((row) => row.state === state)?.count ?? 0);
      return { upheld: count('upheld'), dismissed: count('dismissed') };
    },
  };
}
