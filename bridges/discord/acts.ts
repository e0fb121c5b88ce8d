import { AuditLogEvent } from 'discord.js';
import type { z } from 'zod';
import type { EpochMs, RoomId } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import type { HubPort } from '../../core/plugin/index.ts';
import type { Api } from './api.ts';
import type { Inbox } from './inbox.ts';
import type { Knowledge } from './knowledge.ts';
import { withAvatar } from './media.ts';
import { type auditEntry, type banChange, memberChange } from './packets.ts';
import { accountOf, madeAt, timeOf } from './people.ts';

/** Whose end of a timeout is remembered, to tell a new one from any other change of a member. */
const MAX_MEMBERS = 2_000;
const AUTOMOD_TIMEOUT = 145;

type Entry = z.output<typeof auditEntry>;
type Member = z.output<typeof memberChange>;
type Ban = z.output<typeof banChange>;

/** What moderators do in a server, and who comes and goes; told to each of its linked rooms. */
export interface Acts {
  /** With the actor. The bridge's own acts are passed over. */
  audit(entry: Entry): Promise<void>;
  /** The same without an actor, for servers whose audit log the bot may not see. */
  member(member: Member, eventId: string): Promise<void>;
  /** A name or picture that is not what it was. */
  profile(before: InboundAccount, member: Member): Promise<void>;
  ban(ban: Ban, on: boolean, eventId: string): Promise<void>;
  membership(member: Ban, act: 'join' | 'leave'): Promise<void>;
}

interface Act {
  readonly guild: string;
  readonly account: InboundAccount;
  readonly by: InboundAccount | null;
  readonly act: 'timeout' | 'ban' | 'lift' | 'kick';
  readonly until: EpochMs | null;
  readonly reason: string | null;
  readonly at: EpochMs;
  readonly eventId: string;
}

export function createActs(
  hub: Pick<HubPort, 'clock' | 'media'>,
  api: Api,
  knowledge: Knowledge,
  inbox: Pick<Inbox, 'deliver'>,
): Acts {
  const ends = new Map<string, EpochMs | null>();

  async function tell({ guild, eventId, ...act }: Act): Promise<void> {
    for (const room of knowledge.linkedIn(guild)) {
      await inbox.deliver({ kind: 'sanction', ...act, room, eventId: `${eventId} ${room}` });
    }
  }

  /** Whether the audit log of the server tells more, so that the bare events can be passed over. */
  function hasAudit(guild: string): boolean {
    const [room] = knowledge.linkedIn(guild);
    return room !== undefined && knowledge.place(room)?.rights.has('audit') === true;
  }

  function remember(key: string, until: EpochMs | null): void {
    ends.delete(key);
    ends.set(key, until);
    const [oldest] = ends.keys();
    if (ends.size > MAX_MEMBERS && oldest !== undefined) ends.delete(oldest);
  }

  async function endOfTimeout(guild: string, user: string): Promise<EpochMs | null> {
    const known = memberChange.safeParse({
      ...Object(await api.ask('get', `/guilds/${guild}/members/${user}`)),
      guild_id: guild,
    });
    return known.success ? timeOf(known.data.communication_disabled_until) : null;
  }

  async function readEntry(entry: Entry): Promise<Pick<Act, 'act' | 'until'> | null> {
    const until = timeOfChange(entry);
    switch (entry.action_type) {
      case AuditLogEvent.MemberBanAdd:
        return { act: 'ban', until: null };
      case AuditLogEvent.MemberBanRemove:
        return { act: 'lift', until: null };
      case AuditLogEvent.MemberKick:
        return { act: 'kick', until: null };
      case AuditLogEvent.MemberUpdate:
        return until === undefined ? null : timeoutUntil(until, hub.clock.now());
      case AUTOMOD_TIMEOUT: {
        const end = await endOfTimeout(entry.guild_id, entry.target_id ?? '0');
        return end === null ? null : timeoutUntil(end, hub.clock.now());
      }
      default:
        return null;
    }
  }

  return {
    async audit(entry) {
      const { guild_id: guild, target_id: target, user_id: actor, reason } = entry;
      if (target == null || actor === knowledge.botId || knowledge.linkedIn(guild).length === 0) return;
      const read = await readEntry(entry);
      if (read === null) return;
      const isByRule = entry.action_type === AUTOMOD_TIMEOUT || actor == null;
      const [account, by] = await Promise.all([
        knowledge.account(target, guild),
        isByRule ? null : knowledge.account(actor, guild),
      ]);
      const at = madeAt(entry.id);
      await tell({ guild, account, by, ...read, reason: reason ?? null, at, eventId: `act ${entry.id}` });
    },
    async member(member, eventId) {
      const { guild_id: guild, user } = member;
      const until = timeOf(member.communication_disabled_until);
      const key = `${guild} ${user.id}`;
      const before = ends.get(key) ?? null;
      remember(key, until);
      if (before === until || hasAudit(guild)) return;
      const now = hub.clock.now();
      const read = timeoutUntil(until, now);
      if (read.act === 'lift' && (before === null || before <= now)) return;
      const account = accountOf(user, member, guild);
      await tell({ guild, account, by: null, ...read, reason: null, at: now, eventId });
    },
    async profile(before, member) {
      const now = accountOf(member.user, member, member.guild_id);
      const isSame = now.name === before.name && now.avatarUrl === before.avatarUrl;
      if (isSame || now.id === knowledge.botId || knowledge.linkedIn(member.guild_id).length === 0) return;
      const account = await withAvatar(now, hub.media);
      await inbox.deliver({ kind: 'profile', account, at: hub.clock.now() });
    },
    async ban({ guild_id: guild, user }, on, eventId) {
      if (hasAudit(guild)) return;
      const account = accountOf(user, null, guild);
      const act = on ? 'ban' : 'lift';
      await tell({ guild, account, by: null, act, until: null, reason: null, at: hub.clock.now(), eventId });
    },
    async membership({ guild_id: guild, user }, act) {
      const rooms: readonly RoomId[] = knowledge.linkedIn(guild);
      if (user.id === knowledge.botId || rooms.length === 0) return;
      const account = await withAvatar(accountOf(user, null, guild), hub.media);
      for (const room of rooms) {
        await inbox.deliver({ kind: 'membership', room, account, act, isWide: true, at: hub.clock.now() });
      }
    },
  };
}

/** Undefined when the entry is of another change; null when the timeout was lifted. */
function timeOfChange({ changes }: Entry): EpochMs | null | undefined {
  const change = changes.find(({ key }) => key === 'communication_disabled_until');
  if (change === undefined) return undefined;
  return typeof change.new_value === 'string' ? timeOf(change.new_value) : null;
}

function timeoutUntil(until: EpochMs | null, now: EpochMs): Pick<Act, 'act' | 'until'> {
  return until === null || until <= now ? { act: 'lift', until: null } : { act: 'timeout', until };
}
