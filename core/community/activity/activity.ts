import { sql as raw } from 'kysely';
import type { Clock } from '../../async/clock.ts';
import type { ChannelId, EpochMs } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Activity, ActivityQuestions, Span } from '../../plugin/asked/activity.ts';
import type { Answer } from '../../plugin/surface.ts';
import { SLOT_MS } from '../../store/sql/activity-tables.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { moderatedPlace } from '../moderation/moderated-place.ts';

export interface ActivityDeps {
  readonly facts: LiveFacts;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}
export interface ActivityAsked {
  activity(actor: Actor, of: ActivityQuestions['activity'][0]): Promise<Answer<Activity>>;
}

const HOUR_MS = 3_600_000;
/** Whole slots, and few enough steps to draw. */
const STEPS: Readonly<Record<Span, { readonly stepMs: number; readonly count: number }>> = {
  '2h': { stepMs: SLOT_MS, count: 24 },
  '24h': { stepMs: HOUR_MS / 2, count: 48 },
  '7d': { stepMs: 4 * HOUR_MS, count: 42 },
  '30d': { stepMs: 24 * HOUR_MS, count: 30 },
};
/** Lines of the ledger that one answer looks at, the newest first. */
const MOST_LINES = 10_000;

/** How busy a channel was: counted already where it is many, and within bounds where it is not. */
export function createActivity({ facts, sql, clock }: ActivityDeps): ActivityAsked {
  async function messages(channel: ChannelId, from: number, stepMs: number, count: number) {
    const query = sql.build
      .selectFrom('channel_activity')
      .select([
        'platform',
        raw<number>`cast((slot - ${from}) / ${stepMs} as integer)`.as('step'),
        raw<number>`sum(messages)`.as('messages'),
      ])
      .where('channel_id', '=', channel)
      .where('slot', '>=', from)
      .groupBy(['platform', 'step']);
    const rows = await sql.read(query.compile());
    const platforms = Map.groupBy(rows, ({ platform }) => platform);
    const found = [...platforms].map(([platform, ofIt]) => ({ platform, counts: inSteps(ofIt, count) }));
    return found.toSorted((a, b) => sumOf(b.counts) - sumOf(a.counts));
  }

  /** Of people who were in the channel; a line of the ledger says of no channel. */
  async function karma(channel: ChannelId, from: number, stepMs: number, count: number): Promise<Activity['karma']> {
    const lines = sql.build
      .selectFrom('karma')
      .select(['user_id', 'points', 'at'])
      .where('at', '>=', from)
      .orderBy('at', 'desc')
      .limit(MOST_LINES);
    const query = sql.build
      .selectFrom(lines.as('k'))
      .innerJoin('seen_people as s', (join) =>
        join.onRef('s.user_id', '=', 'k.user_id').on('s.channel_id', '=', channel),
      )
      .select([
        raw<number>`cast((k.at - ${from}) / ${stepMs} as integer)`.as('step'),
        raw<number>`sum(max(k.points, 0))`.as('gained'),
        raw<number>`sum(max(-k.points, 0))`.as('lost'),
      ])
      .groupBy('step');
    const rows = await sql.read(query.compile());
    const of = (name: 'gained' | 'lost') =>
      inSteps(
        rows.map((row) => ({ step: row.step, messages: row[name] })),
        count,
      );
    return { gained: of('gained'), lost: of('lost') };
  }

  return {
    async activity(actor, { channel, span }) {
      const here = moderatedPlace(facts, actor, channel);
      if ('ok' in here) return here;
      const { stepMs, count } = STEPS[span];
      const end = (Math.floor(clock.now() / stepMs) + 1) * stepMs;
      const from = end - stepMs * count;
      const [said, points] = await Promise.all([
        messages(channel, from, stepMs, count),
        karma(channel, from, stepMs, count),
      ]);
      return { ok: true, value: { from: from as EpochMs, stepMs, messages: said, karma: points } };
    },
  };
}

function inSteps(rows: readonly { readonly step: number; readonly messages: number }[], count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const { step, messages } of rows) {
    const at = Math.floor(step);
    if (at >= 0 && at < count) counts[at] = (counts[at] ?? 0) + messages;
  }
  return counts;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0);
}
