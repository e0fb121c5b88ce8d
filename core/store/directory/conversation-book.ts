import type { Member, MemberState } from '../../domain/conversation.ts';
import type { AccountId, ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Sql } from '../sql/sql.ts';

/** Who is in which private channel or direct conversation, as this hub knows it. Of linked accounts one stands for all. */
export interface ConversationBook {
  /** Everybody who is or was in it, or was asked. */
  members(channel: ChannelId): readonly Member[];
  /** How this person stands in it, by whichever account; null: not at all. */
  memberOf(channel: ChannelId, user: UserId): Member | null;
  /** As what this person stands in conversations, whether they know of it or not. */
  of(user: UserId): readonly Member[];
  /** Everybody with an account that a bridge serves. */
  elsewhere(): Iterable<Member>;
  /** Puts these in the place of all that was known of the channel. */
  set(channel: ChannelId, members: readonly Member[]): void;
}

export function createConversationBook(sameAs: (user: UserId) => readonly UserId[]): ConversationBook {
  const byChannel = new Map<ChannelId, readonly Member[]>();
  const byUser = new Map<UserId, Map<ChannelId, Member>>();
  const bridged = new Map<ChannelId, readonly Member[]>();

  function drop(channel: ChannelId): void {
    for (const { user } of byChannel.get(channel) ?? []) {
      const own = byUser.get(user);
      own?.delete(channel);
      if (own?.size === 0) byUser.delete(user);
    }
    byChannel.delete(channel);
    bridged.delete(channel);
  }

  return {
    members: (channel) => byChannel.get(channel) ?? [],
    memberOf(channel, user) {
      if (!byChannel.has(channel)) return null;
      let found: Member | null = null;
      for (const one of sameAs(user)) {
        const member = byUser.get(one)?.get(channel);
        if (member !== undefined && (found === null || member.state === 'in')) found = member;
      }
      return found;
    },
    of: (user) => sameAs(user).flatMap((one) => [...(byUser.get(one)?.values() ?? [])]),
    *elsewhere() {
      for (const members of bridged.values()) yield* members;
    },
    set(channel, members) {
      drop(channel);
      if (members.length === 0) return;
      byChannel.set(channel, members);
      for (const member of members) {
        byUser.set(member.user, (byUser.get(member.user) ?? new Map<ChannelId, Member>()).set(channel, member));
      }
      const away = members.filter(({ account }) => account !== null);
      if (away.length > 0) bridged.set(channel, away);
    },
  };
}

/** Of one channel; null: of all. */
export async function readMembers(
  sql: Sql,
  channel: ChannelId | null,
): Promise<ReadonlyMap<ChannelId, readonly Member[]>> {
  const all = sql.build.selectFrom('members').selectAll().orderBy('joined_at').orderBy('user_id');
  const rows = await sql.read((channel === null ? all : all.where('channel_id', '=', channel)).compile());
  const members = rows.map(
    (row): Member => ({
      channel: row.channel_id as ChannelId,
      user: row.user_id as UserId,
      name: row.name,
      platform: row.platform,
      account: row.account_id as AccountId | null,
      state: row.state as MemberState,
      askedBy: row.asked_by as UserId | null,
      since: row.joined_at as EpochMs,
    }),
  );
  return Map.groupBy(members, (member) => member.channel);
}
