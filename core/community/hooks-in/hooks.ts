import type { Clock } from '../../async/clock.ts';
import { hashSecret, isSameSecret, newRowId, newSecret, userIdOf } from '../../async/mint.ts';
import type { AccountId, ChannelId, EpochMs, UserId, WebhookId } from '../../domain/ids.ts';
import type { LiveEventId } from '../../domain/live-event.ts';
import type { ShownHook } from '../../plugin/asked/hooks-in.ts';
import type { HooksInTable } from '../../store/sql/hook-tables.ts';
import type { Sql } from '../../store/sql/sql.ts';

/** Of whom webhooks are, as authors of messages. */
export const HOOK_PLATFORM = 'webhook';
/** Of one channel. */
export const MOST_HOOKS = 30;
const HOOKS_PATH = '/hooks';
/** How often it is written down that one was used. */
const NOTED_EVERY_MS = 60_000;

export interface NewHook {
  readonly channel: ChannelId;
  readonly event: LiveEventId | null;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly by: UserId;
}

/** Webhooks as they are kept. Whoever calls this has asked before whether it may be. */
export interface Hooks {
  /** Null: the channel has as many as it may. */
  make(hook: NewHook): Promise<{ readonly hook: ShownHook; readonly path: string } | null>;
  list(channel: ChannelId): Promise<readonly ShownHook[]>;
  get(id: WebhookId): Promise<ShownHook | null>;
  change(id: WebhookId, change: { readonly name?: string; readonly avatarUrl?: string }): Promise<void>;
  /** The old secret is good for so long still. @returns the new path */
  rotate(id: WebhookId, overlapMs: number): Promise<string>;
  remove(id: WebhookId): Promise<void>;
  /** Those of a live event that is over. */
  removeOf(event: LiveEventId): Promise<void>;
  /** Whose secret this is. */
  open(id: string, secret: string): Promise<ShownHook | null>;
}

export interface HooksDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createHooks({ sql, clock }: HooksDeps): Hooks {
  async function row(id: string): Promise<HooksInTable | null> {
    const query = sql.build.selectFrom('hooks_in').selectAll().where('id', '=', id);
    return (await sql.read(query.compile()))[0] ?? null;
  }

  async function set(id: string, change: Partial<HooksInTable>): Promise<void> {
    await sql.write([{ query: sql.build.updateTable('hooks_in').set(change).where('id', '=', id).compile() }]);
  }

  return {
    async make({ channel, event, name, avatarUrl, by }) {
      const id = newRowId();
      const secret = newSecret();
      const made: HooksInTable = {
        id,
        channel_id: channel,
        event_id: event,
        name,
        avatar_url: avatarUrl,
        secret_hash: hashSecret(secret),
        old_hash: null,
        old_until: null,
        made_by: by,
        made_at: clock.now(),
        last_used_at: null,
      };
      const columns = Object.keys(made) as (keyof HooksInTable)[];
      const own = sql.build.selectFrom('hooks_in').where('channel_id', '=', channel);
      const count = own.select(({ fn }) => fn.countAll<number>().as('count'));
      const guarded = sql.build
        .selectFrom('channels')
        .where('channels.id', '=', channel)
        .where(count, '<', MOST_HOOKS)
        .select(({ val }) => columns.map((column) => val(made[column]).as(column)));
      const insert = sql.build.insertInto('hooks_in').columns(columns).expression(guarded).compile();
      const written = await sql.write([{ query: insert, expect: 1 }]);
      return written.ok ? { hook: shownOf(made), path: pathOf(id, secret) } : null;
    },
    async list(channel) {
      const query = sql.build.selectFrom('hooks_in').selectAll().where('channel_id', '=', channel).orderBy('id');
      return (await sql.read(query.compile())).map(shownOf);
    },
    async get(id) {
      const found = await row(id);
      return found === null ? null : shownOf(found);
    },
    async change(id, { name, avatarUrl }) {
      if (name !== undefined) await set(id, { name });
      if (avatarUrl !== undefined) await set(id, { avatar_url: avatarUrl });
    },
    async rotate(id, overlapMs) {
      const secret = newSecret();
      const before = await row(id);
      await set(id, {
        secret_hash: hashSecret(secret),
        old_hash: overlapMs > 0 ? (before?.secret_hash ?? null) : null,
        old_until: overlapMs > 0 ? clock.now() + overlapMs : null,
      });
      return pathOf(id, secret);
    },
    async remove(id) {
      await sql.write([{ query: sql.build.deleteFrom('hooks_in').where('id', '=', id).compile() }]);
    },
    async removeOf(event) {
      await sql.write([{ query: sql.build.deleteFrom('hooks_in').where('event_id', '=', event).compile() }]);
    },
    async open(id, secret) {
      const found = await row(id);
      const hash = hashSecret(secret);
      // the same work for an id that there is not
      const isGood = isSameSecret(hash, found?.secret_hash ?? '');
      const isOld = isSameSecret(hash, found?.old_hash ?? '');
      const now = clock.now();
      if (found === null || !(isGood || (isOld && (found.old_until ?? 0) > now))) return null;
      if ((found.last_used_at ?? 0) + NOTED_EVERY_MS <= now) await set(id, { last_used_at: now });
      return shownOf(found);
    },
  };
}

function pathOf(id: string, secret: string): string {
  return `${HOOKS_PATH}/${id}/${secret}`;
}

function shownOf(row: HooksInTable): ShownHook {
  return {
    id: row.id as WebhookId,
    channel: row.channel_id as ChannelId,
    event: row.event_id as LiveEventId | null,
    name: row.name,
    avatarUrl: row.avatar_url,
    user: userIdOf(HOOK_PLATFORM, row.id as AccountId),
    madeAt: row.made_at as EpochMs,
    lastUsedAt: row.last_used_at as EpochMs | null,
    oldUntil: row.old_until as EpochMs | null,
  };
}
