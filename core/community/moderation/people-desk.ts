import { sql as raw } from 'kysely';
import type { NamedUser } from '../../domain/audited.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, MessageId, ScopeId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { ListedPerson } from '../../domain/staff.ts';
import type { HistoryMessage } from '../../domain/wire.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Recent } from '../../pipeline/recent.ts';
import type { DeskDeeds, DeskQuestions } from '../../plugin/asked/desk.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { moderatedPlace } from './moderated-place.ts';
import type { SanctionsDesk } from './sanctions-desk.ts';

type Asked = 'find-people' | 'restrained' | 'said-by';
export interface PeopleDesk {
  readonly questions: {
    readonly [K in Asked]: (actor: Actor, of: DeskQuestions[K][0]) => Promise<Answer<DeskQuestions[K][1]>>;
  };
  readonly deeds: { note(actor: Actor, of: DeskDeeds['note'][0]): Promise<Answer<DeskDeeds['note'][1]>> };
}

export interface PeopleDeskDeps {
  readonly facts: LiveFacts;
  readonly sanctions: Pick<SanctionsDesk, 'finder' | 'karma' | 'rankOf' | 'restraint' | 'note'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly recent: Pick<Recent, 'since'>;
  readonly history: { message(channel: Channel, id: MessageId): Promise<HistoryMessage | null> };
  readonly shardOf: (scope: ScopeId) => number;
  readonly newCause: () => string;
}

/** Of those who were in a channel so many are looked through, last seen first. */
const MOST_LOOKED_AT = 20_000;
const MOST_RESTRAINED = 200;
const MOST_AT_HAND = 500;

/** People as moderators look for them, what they wrote, and what is noted about them. */
export function createPeopleDesk(deps: PeopleDeskDeps): PeopleDesk {
  const { facts, sanctions, sql } = deps;

  function listed(channel: Channel, { user, name, platform }: NamedUser, lastAt: EpochMs | null): ListedPerson {
    const rank = sanctions.rankOf(channel, user);
    const karma = sanctions.karma.karmaOf(user);
    return { user, name, platform, rank, karma, lastAt, restraint: sanctions.restraint(channel, user) };
  }

  async function idsOf(channel: ChannelId, users: readonly UserId[], limit: number): Promise<readonly MessageId[]> {
    const near = deps.recent.since(channel, 0 as EpochMs, MOST_AT_HAND).filter(({ author }) => users.includes(author));
    const query = sql.build
      .selectFrom('messages')
      .select('id')
      .where('author_id', 'in', users)
      .where('channel_id', '=', channel)
      .orderBy('id', 'desc')
      .limit(limit);
    const rows = await sql.read(query.compile());
    const ids = new Set([...near.map(({ id }) => id), ...rows.map(({ id }) => id as MessageId)]);
    return [...ids].toSorted((a, b) => (a < b ? 1 : -1)).slice(0, limit);
  }

  return {
    questions: {
      async 'find-people'(actor, { channel: id, text, platform, limit }) {
        const here = moderatedPlace(facts, actor, id);
        if ('ok' in here) return here;
        const { channel } = here;
        const rows = await seen(sql, channel.id, text.trim(), platform, limit);
        const people = rows.map((row) => listed(channel, row, row.lastAt));
        const known = new Set(people.map(({ user }) => user));
        const named = text.trim() === '' ? [] : await sanctions.finder.byName(text, channel);
        const others = named.filter((one) => !known.has(one.user) && (platform === null || one.platform === platform));
        const isThem = ({ name }: ListedPerson): boolean => name?.toLowerCase() === text.trim().toLowerCase();
        const all = [...people, ...others.map((one) => listed(channel, one, null))];
        return { ok: true, value: { people: all.toSorted((a, b) => Number(isThem(b)) - Number(isThem(a))) } };
      },
      async restrained(actor, { channel: id }) {
        const here = moderatedPlace(facts, actor, id);
        if ('ok' in here) return here;
        const { channel } = here;
        const inForce = facts.inForce(deps.shardOf(scopeOf(channel))).sanctions.map(({ user }) => user);
        const users = [...new Set(inForce)].filter((user) => sanctions.restraint(channel, user) !== null);
        const some = users.slice(0, MOST_RESTRAINED);
        const names = await sanctions.finder.names(some, channel.id);
        const people = some.map((user) => {
          return listed(channel, names.get(user) ?? { user, name: null, platform: null }, null);
        });
        const endOf = ({ restraint }: ListedPerson): number => restraint?.until ?? Number.POSITIVE_INFINITY;
        return { ok: true, value: { people: people.toSorted((a, b) => endOf(a) - endOf(b)) } };
      },
      async 'said-by'(actor, { channel: id, user, limit }) {
        const here = moderatedPlace(facts, actor, id);
        if ('ok' in here) return here;
        const ids = await idsOf(id, facts.sameAs(user), limit);
        const found = await Promise.all(ids.map((one) => deps.history.message(here.channel, one)));
        return { ok: true, value: { messages: found.filter((one) => one !== null) } };
      },
    },
    deeds: {
      async note(by, { channel: id, target, text }) {
        const here = moderatedPlace(facts, by, id);
        if ('ok' in here) return here;
        const refused = await sanctions.note({ by, at: here.channel, target, text, cause: deps.newCause() });
        return refused ?? { ok: true, value: { say: 'It is noted.' } };
      },
    },
  };
}

/** Last seen first. */
async function seen(
  sql: PeopleDeskDeps['sql'],
  channel: ChannelId,
  text: string,
  platform: string | null,
  limit: number,
): Promise<readonly (NamedUser & { readonly lastAt: EpochMs })[]> {
  const lately = sql.build
    .selectFrom('seen_people')
    .select(['user_id', 'name', 'platform', 'last_at'])
    .where('channel_id', '=', channel)
    .orderBy('last_at', 'desc')
    .orderBy('user_id', 'desc')
    .limit(MOST_LOOKED_AT);
  let query = sql.build.selectFrom(lately.as('s')).selectAll().limit(limit);
  if (text !== '') query = query.where(raw<boolean>`s.name like ${`%${escaped(text)}%`} escape '\\'`);
  if (platform !== null) query = query.where('s.platform', '=', platform);
  const rows = await sql.read(query.compile());
  return rows.map(({ user_id, name, platform: on, last_at }) => {
    return { user: user_id as UserId, name, platform: on, lastAt: last_at as EpochMs };
  });
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
}
