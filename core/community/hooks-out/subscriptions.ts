import type { Clock } from '../../async/clock.ts';
import { newRowId, newSecret } from '../../async/mint.ts';
import type { ChannelId, EpochMs, UserId, WebhookId } from '../../domain/ids.ts';
import type { HookKind, HookPause, ShownSubscription } from '../../plugin/asked/hooks-out.ts';
import type { HooksOutTable } from '../../store/sql/hook-out-tables.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { secretOf } from './sign.ts';

/** Of one channel, and of the whole hub. */
export const MOST_SUBSCRIPTIONS = 30;
export const MOST_OF_ALL = 1_000;

/** A subscription as it is kept, its secrets included. */
export interface Subscription extends ShownSubscription {
  readonly secret: string;
  readonly oldSecret: string | null;
  readonly afterSeq: number;
  readonly afterAudit: number;
  readonly tries: number;
  readonly tryAt: EpochMs;
}

export interface NewSubscription {
  readonly channel: ChannelId;
  readonly owner: UserId;
  readonly url: string;
  readonly kinds: readonly HookKind[];
  /** What was before these is not its business. */
  readonly afterSeq: number;
  readonly afterAudit: number;
}

type Change = Partial<Pick<HooksOutTable, 'url' | 'kinds' | 'paused_why' | 'tries' | 'try_at' | 'failing_since'>>;

/** Subscriptions as they are kept. Whoever calls this has asked before whether it may be. */
export interface Subscriptions {
  /** Null: there are as many as there may be. */
  make(wish: NewSubscription): Promise<Subscription | null>;
  list(channel: ChannelId): Promise<readonly Subscription[]>;
  /** All that run. */
  running(): Promise<readonly Subscription[]>;
  get(id: WebhookId): Promise<Subscription | null>;
  change(id: WebhookId, change: Change): Promise<void>;
  /** Belongs in the transaction of what was told. A position never goes back. */
  move(id: WebhookId, position: { readonly source: 'entry' | 'audit'; readonly place: number }): Statement;
  /** Belongs in the transaction of what was tried. */
  set(id: WebhookId, change: Change): Statement;
  rotate(id: WebhookId, overlapMs: number): Promise<string>;
  remove(id: WebhookId): Promise<void>;
  /** The id of the newest line of the ledger of acts. */
  newestAudit(): Promise<number>;
}

export interface SubscriptionsDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createSubscriptions({ sql, clock }: SubscriptionsDeps): Subscriptions {
  const all = () => sql.build.selectFrom('hooks_out').selectAll();
  const update = () => sql.build.updateTable('hooks_out');
  const set = (id: WebhookId, change: Change): Statement => ({
    query: update().set(change).where('id', '=', id).compile(),
  });

  async function get(id: WebhookId): Promise<Subscription | null> {
    const [row] = await sql.read(all().where('id', '=', id).compile());
    return row === undefined ? null : subscriptionOf(row);
  }

  return {
    get,
    set,
    async make({ channel, owner, url, kinds, afterSeq, afterAudit }) {
      const row: HooksOutTable = {
        id: newRowId(),
        channel_id: channel,
        owner_id: owner,
        url,
        kinds: JSON.stringify([...new Set(kinds)]),
        secret: secretOf(newSecret()),
        old_secret: null,
        old_until: null,
        paused_why: null,
        made_at: clock.now(),
        after_seq: afterSeq,
        after_audit: afterAudit,
        tries: 0,
        try_at: 0,
        failing_since: null,
      };
      const columns = Object.keys(row) as (keyof HooksOutTable)[];
      const counted = sql.build.selectFrom('hooks_out').select(({ fn }) => fn.countAll<number>().as('count'));
      const guarded = sql.build
        .selectFrom('channels')
        .where('channels.id', '=', channel)
        .where(counted.where('channel_id', '=', channel), '<', MOST_SUBSCRIPTIONS)
        .where(counted, '<', MOST_OF_ALL)
        .select(({ val }) => columns.map((column) => val(row[column]).as(column)));
      const insert = sql.build.insertInto('hooks_out').columns(columns).expression(guarded).compile();
      const written = await sql.write([{ query: insert, expect: 1 }]);
      return written.ok ? subscriptionOf(row) : null;
    },
    async list(channel) {
      return (await sql.read(all().where('channel_id', '=', channel).orderBy('id').compile())).map(subscriptionOf);
    },
    async running() {
      return (await sql.read(all().where('paused_why', 'is', null).limit(MOST_OF_ALL).compile())).map(subscriptionOf);
    },
    async change(id, change) {
      await sql.write([set(id, change)]);
    },
    move(id, { source, place }) {
      const column = source === 'entry' ? 'after_seq' : 'after_audit';
      const fresh = { [column]: place, tries: 0, try_at: 0 };
      return { query: update().set(fresh).where('id', '=', id).where(column, '<', place).compile() };
    },
    async rotate(id, overlapMs) {
      const secret = secretOf(newSecret());
      const before = await get(id);
      const isOver = overlapMs === 0;
      const change = {
        secret,
        old_secret: isOver ? null : (before?.secret ?? null),
        old_until: isOver ? null : clock.now() + overlapMs,
      };
      await sql.write([{ query: update().set(change).where('id', '=', id).compile() }]);
      return secret;
    },
    async remove(id) {
      await sql.write([
        { query: sql.build.deleteFrom('hook_deliveries').where('hook_id', '=', id).compile() },
        { query: sql.build.deleteFrom('hooks_out').where('id', '=', id).compile() },
      ]);
    },
    async newestAudit() {
      const query = sql.build.selectFrom('audit').select(({ fn }) => fn.max('id').as('id'));
      const [row] = await sql.read(query.compile());
      return Number(row?.id ?? 0);
    },
  };
}

/** What its managers see. */
export function shownOf(subscription: Subscription): ShownSubscription {
  const { id, channel, owner, url, kinds, paused, madeAt, failingSince, retryAt, oldUntil } = subscription;
  return { id, channel, owner, url, kinds, paused, madeAt, failingSince, retryAt, oldUntil };
}

function subscriptionOf(row: HooksOutTable): Subscription {
  return {
    id: row.id as WebhookId,
    channel: row.channel_id as ChannelId,
    owner: row.owner_id as UserId,
    url: row.url,
    kinds: JSON.parse(row.kinds),
    paused: row.paused_why as HookPause | null,
    madeAt: row.made_at as EpochMs,
    failingSince: row.failing_since as EpochMs | null,
    retryAt: row.tries === 0 ? null : (row.try_at as EpochMs),
    oldUntil: row.old_until as EpochMs | null,
    secret: row.secret,
    oldSecret: row.old_secret,
    afterSeq: row.after_seq,
    afterAudit: row.after_audit,
    tries: row.tries,
    tryAt: row.try_at as EpochMs,
  };
}
