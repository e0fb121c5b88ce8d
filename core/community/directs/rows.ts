import type { Channel } from '../../domain/channel.ts';
import type { Member } from '../../domain/conversation.ts';
import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import type { Reached } from './people.ts';

type Builds = Pick<Sql, 'build'>;

/** One that another hub has just made stays as it is. */
export function insertConversation(sql: Builds, { id, kind, name, owner }: Channel, at: EpochMs): Statement {
  const row = { id, kind, name, topic: '', owner_id: owner, created_at: at };
  return {
    query: sql.build
      .insertInto('channels')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
  };
}

/** One who was there before and left comes back; anybody else stays as they are. */
export function putMember(sql: Builds, member: Member): Statement {
  const { state, askedBy, since, name } = member;
  const again = { state, asked_by: askedBy, joined_at: since, name };
  return {
    query: sql.build
      .insertInto('members')
      .values(rowOf(member))
      .onConflict((conflict) =>
        conflict.columns(['channel_id', 'user_id']).doUpdateSet(again).where('members.state', '=', 'left'),
      )
      .compile(),
  };
}

export function markMember(sql: Builds, { channel, user, state, askedBy, since }: Member): Statement {
  return {
    query: sql.build
      .updateTable('members')
      .set({ state, asked_by: askedBy, joined_at: since })
      .where('channel_id', '=', channel)
      .where('user_id', '=', user)
      .compile(),
  };
}

export function rename(
  sql: Builds,
  id: ChannelId,
  set: { readonly name?: string; readonly owner_id?: string },
): Statement {
  return { query: sql.build.updateTable('channels').set(set).where('id', '=', id).compile() };
}

export function putConsent(sql: Builds, user: UserId, other: UserId, answer: 'yes' | 'no', at: EpochMs): Statement {
  return {
    query: sql.build
      .insertInto('direct_consents')
      .values({ user_id: user, other_id: other, answer, at })
      .onConflict((conflict) => conflict.columns(['user_id', 'other_id']).doUpdateSet({ answer, at }))
      .compile(),
  };
}

/** What each of these has answered this person before, by whichever account of both; the newest counts. */
export async function consents(
  sql: Pick<Sql, 'build' | 'read'>,
  sameAs: (user: UserId) => readonly UserId[],
  asker: UserId,
  others: readonly Reached[],
): Promise<ReadonlyMap<UserId, 'yes' | 'no'>> {
  const found = new Map<UserId, 'yes' | 'no'>();
  const users = others.flatMap(({ user }) => sameAs(user));
  if (users.length === 0) return found;
  const query = sql.build
    .selectFrom('direct_consents')
    .selectAll()
    .where('other_id', 'in', sameAs(asker))
    .where('user_id', 'in', users)
    .orderBy('at');
  const rows = await sql.read(query.compile());
  for (const { user } of others) {
    const last = rows.findLast((row) => sameAs(user).includes(row.user_id as UserId));
    if (last !== undefined) found.set(user, last.answer);
  }
  return found;
}

/** Who has been there longest; those who read it here come first. */
export function nextOwner(members: readonly Member[], isGoing: (one: Member) => boolean): Member | null {
  const left = members.filter((one) => one.state === 'in' && !isGoing(one)).toSorted((a, b) => a.since - b.since);
  return left.find(({ account }) => account === null) ?? left[0] ?? null;
}

function rowOf(member: Member) {
  const { channel, user, name, platform, account, state, askedBy, since } = member;
  return {
    channel_id: channel,
    user_id: user,
    joined_at: since,
    name,
    platform,
    account_id: account,
    state,
    asked_by: askedBy,
  };
}
