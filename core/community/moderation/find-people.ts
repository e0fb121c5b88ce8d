import { sql as raw } from 'kysely';
import type { NamedUser } from '../../domain/audited.ts';
import type { Channel } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import type { Recent } from '../../pipeline/recent.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { skeletonOf } from '../accounts/names.ts';

/** Somebody that a moderator may mean. */
export type Found = NamedUser;

export interface PeopleFinder {
  /** Everybody who goes by this name in the channel, or one that looks like it, each once. */
  byName(name: string, channel: Channel): Promise<readonly Found[]>;
  byId(user: UserId, channel: Channel): Promise<Found>;
  /** Names of these people, as far as they are known. */
  names(users: readonly UserId[], channel: ChannelId | null): Promise<ReadonlyMap<UserId, Found>>;
  /** Who wrote the message; null: the hub does not know it. */
  authorOf(message: MessageId, channel: Channel): Promise<Found | null>;
}

export interface FinderDeps {
  readonly recent: Pick<Recent, 'since' | 'message'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  /** A message that is not at hand; null: there is none in this channel. */
  readonly message: (channel: Channel, id: MessageId) => Promise<Author | null>;
}
interface Author {
  readonly user: UserId;
  readonly name: string;
  readonly platform: string;
}

/** How many of the newest messages of a channel are looked through for their authors. */
const MOST_AT_HAND = 300;
const MOST_ARCHIVED = 1_000;

/** Accounts of the hub, and whoever wrote lately: bridged people have no other entry. */
export function createPeopleFinder(deps: FinderDeps): PeopleFinder {
  async function writers(channel: ChannelId): Promise<readonly Author[]> {
    const near = deps.recent.since(channel, 0 as EpochMs, MOST_AT_HAND);
    const hot = near.flatMap(({ id }) => deps.recent.message(id)?.author ?? []);
    return [...hot, ...(await archivedWriters(channel, deps.sql))];
  }

  async function names(users: readonly UserId[], channel: ChannelId | null): Promise<ReadonlyMap<UserId, Found>> {
    const wanted = new Set(users);
    const found = new Map<UserId, Found>();
    if (wanted.size === 0) return found;
    for (const { user, name, platform } of await accounts(deps.sql, 'u.id', [...wanted])) {
      found.set(user, { user, name, platform });
    }
    const isAllFound = (): boolean => found.size === wanted.size;
    for (const { user, name, platform } of channel === null || isAllFound() ? [] : await writers(channel)) {
      if (wanted.has(user) && !found.has(user)) found.set(user, { user, name, platform });
    }
    const others = [...wanted].filter((user) => !found.has(user));
    for (const { user, name, platform } of await seen(deps.sql, others)) found.set(user, { user, name, platform });
    return found;
  }

  return {
    async byName(name, channel) {
      const wanted = likenessOf(name);
      if (wanted === '') return [];
      const own = await accounts(deps.sql, 'u.skeleton', [skeletonOf(name)]);
      const others = (await writers(channel.id)).filter((one) => likenessOf(one.name) === wanted);
      const found = new Map<UserId, Found>();
      for (const { user, name: known, platform } of [...own, ...others]) {
        if (!found.has(user)) found.set(user, { user, name: known, platform });
      }
      return [...found.values()];
    },
    async byId(user, channel) {
      return (await names([user], channel.id)).get(user) ?? { user, name: null, platform: null };
    },
    names,
    async authorOf(id, channel) {
      const author = deps.recent.message(id)?.author ?? (await deps.message(channel, id));
      return author === null ? null : { user: author.user, name: author.name, platform: author.platform };
    },
  };
}

/** Equal for names that people would take for one another; names of signs alone are compared as they are. */
function likenessOf(name: string): string {
  const skeleton = skeletonOf(name);
  return skeleton === '' ? name.normalize('NFKC').trim() : skeleton;
}

async function accounts(
  sql: FinderDeps['sql'],
  column: 'u.id' | 'u.skeleton',
  values: readonly string[],
): Promise<readonly Author[]> {
  const query = sql.build
    .selectFrom('users as u')
    .innerJoin('accounts as a', 'a.user_id', 'u.id')
    .select(['u.id', 'u.name', 'a.platform'])
    .where(column, 'in', values)
    .limit(100);
  const rows = await sql.read(query.compile());
  return rows.map(({ id, name, platform }) => ({ user: id as UserId, name, platform }));
}

/** People of other platforms, by their newest name there. */
async function seen(sql: FinderDeps['sql'], users: readonly UserId[]): Promise<readonly Author[]> {
  if (users.length === 0) return [];
  const query = sql.build
    .selectFrom('seen_accounts')
    .select(['user_id', 'name', 'platform'])
    .where('user_id', 'in', users)
    .orderBy('at')
    .limit(100);
  const rows = await sql.read(query.compile());
  return rows.map(({ user_id, name, platform }) => ({ user: user_id as UserId, name, platform }));
}

async function archivedWriters(channel: ChannelId, sql: FinderDeps['sql']): Promise<readonly Author[]> {
  const newest = sql.build
    .selectFrom('messages')
    .select(['author_id', 'message', 'seq'])
    .where('channel_id', '=', channel)
    .orderBy('seq', 'desc')
    .limit(MOST_ARCHIVED);
  const query = sql.build
    .selectFrom(newest.as('m'))
    .select([
      'm.author_id as user',
      raw<string>`json_extract(m.message, '$.author.name')`.as('name'),
      raw<string>`json_extract(m.message, '$.author.platform')`.as('platform'),
      raw<number>`max(m.seq)`.as('seq'),
    ])
    .groupBy('m.author_id')
    .orderBy('seq', 'desc');
  return (await sql.read(query.compile())).map(({ user, name, platform }) => ({
    user: user as UserId,
    name,
    platform,
  }));
}
