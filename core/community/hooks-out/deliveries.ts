import type { Insertable, Selectable } from 'kysely';
import type { EpochMs, WebhookId } from '../../domain/ids.ts';
import type { ShownDelivery } from '../../plugin/asked/hooks-out.ts';
import type { HookDeliveriesTable } from '../../store/sql/hook-out-tables.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** Kept of each subscription, and for how long. */
export const MOST_DELIVERIES = 100;
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** One delivery, whatever became of it. */
export interface Delivery extends Omit<ShownDelivery, 'payload'> {
  readonly hook: WebhookId;
  readonly source: 'entry' | 'audit' | 'test';
  readonly place: number;
}

/** The last deliveries of each subscription. */
export interface Deliveries {
  /** Belongs in the transaction that moves the subscription on. One with the same id is replaced. */
  note(delivery: Delivery): readonly Statement[];
  list(hook: WebhookId, limit: number, now: EpochMs): Promise<readonly Delivery[]>;
  get(hook: WebhookId, id: string): Promise<Delivery | null>;
}

export function createDeliveries(sql: Pick<Sql, 'build' | 'read'>): Deliveries {
  const of = (hook: WebhookId) => sql.build.selectFrom('hook_deliveries').where('hook_id', '=', hook);

  return {
    note({ id, hook, source, place, kind, state, tries, status, say, madeAt, triedAt }) {
      const change = { state, tries, status, say, tried_at: triedAt };
      const row: Insertable<HookDeliveriesTable> = {
        id,
        hook_id: hook,
        source,
        at_place: place,
        kind,
        made_at: madeAt,
        ...change,
      };
      const insert = sql.build.insertInto('hook_deliveries').values(row);
      const kept = of(hook).select('n').orderBy('n', 'desc').limit(MOST_DELIVERIES);
      const gone = sql.build.deleteFrom('hook_deliveries').where('hook_id', '=', hook);
      return [
        { query: insert.onConflict((conflict) => conflict.column('id').doUpdateSet(change)).compile() },
        { query: gone.where('n', 'not in', kept).compile() },
        { query: gone.where('tried_at', '<', triedAt - KEPT_MS).compile() },
      ];
    },
    async list(hook, limit, now) {
      const young = of(hook).where('tried_at', '>=', now - KEPT_MS);
      return (await sql.read(young.selectAll().orderBy('n', 'desc').limit(limit).compile())).map(deliveryOf);
    },
    async get(hook, id) {
      const [row] = await sql.read(of(hook).selectAll().where('id', '=', id).compile());
      return row === undefined ? null : deliveryOf(row);
    },
  };
}

function deliveryOf(row: Selectable<HookDeliveriesTable>): Delivery {
  return {
    id: row.id,
    hook: row.hook_id as WebhookId,
    source: row.source as Delivery['source'],
    place: row.at_place,
    kind: row.kind,
    state: row.state as Delivery['state'],
    tries: row.tries,
    status: row.status,
    say: row.say,
    madeAt: row.made_at as EpochMs,
    triedAt: row.tried_at as EpochMs,
  };
}
