import { PermissionFlagsBits as Right, Routes } from 'discord.js';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { BridgeError, type Operations, type Sanction } from '../../core/plugin/index.ts';
import { bridgeError, hasCode, UNKNOWN_BAN, UNKNOWN_MEMBER, UNKNOWN_USER } from './failures.ts';
import type { Place } from './place.ts';
import { placeFor, type Session } from './session.ts';

/** Discord takes no longer timeout than 28 days. */
export const MAX_TIMEOUT_MS = 28 * 86_400_000;

/** Acts on a member of the whole server: Discord has none for one channel. */
export async function sanction(session: Session, command: Sanction, signal: AbortSignal): Promise<undefined> {
  const place = placeFor(session, command.room);
  try {
    switch (command.act) {
      case 'timeout':
        await timeout(session, place, command, signal);
        return undefined;
      case 'ban':
        await ban(session, place, command, signal);
        return undefined;
      case 'lift':
        await lift(session, place, command, signal);
        return undefined;
      default:
        return command.act satisfies never;
    }
  } catch (error) {
    throw bridgeError(command.act, error);
  }
}

async function timeout(
  { api }: Session,
  { guild }: Place,
  { account, until, reason }: Sanction,
  signal: AbortSignal,
): Promise<void> {
  if (until === null) throw new BridgeError('discord, timeout: it has no end', { kind: 'permanent', scope: 'command' });
  const body = { communication_disabled_until: new Date(until).toISOString() };
  await api.ask('patch', Routes.guildMember(guild, account), { body, reason, signal });
}

async function ban(
  { api }: Session,
  { guild }: Place,
  { account, reason }: Sanction,
  signal: AbortSignal,
): Promise<void> {
  await api.ask('put', Routes.guildBan(guild, account), { body: { delete_message_seconds: 0 }, reason, signal });
}

/** Whichever of the two is in force. Who is not there has none to lift. */
async function lift(
  { api }: Session,
  { guild, rights }: Place,
  { account, reason }: Sanction,
  signal: AbortSignal,
): Promise<void> {
  if (rights.has('ban')) {
    await unless([UNKNOWN_BAN, UNKNOWN_USER], () =>
      api.ask('delete', Routes.guildBan(guild, account), { reason, signal }),
    );
  }
  if (rights.has('timeout')) {
    const body = { communication_disabled_until: null };
    await unless([UNKNOWN_MEMBER, UNKNOWN_USER], () =>
      api.ask('patch', Routes.guildMember(guild, account), { body, reason, signal }),
    );
  }
}

async function unless(codes: readonly number[], task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (!hasCode(error, ...codes)) throw error;
  }
}

type Authority = Operations['authority'][1];

/** By the rights that this member has in this very channel now. */
export async function authority(
  session: Session,
  { room, account }: { readonly room: RoomId; readonly account: AccountId },
): Promise<Authority> {
  const { guild: guildId } = placeFor(session, room);
  const guild = session.client.guilds.cache.get(guildId);
  const channel = guild?.channels.cache.get(room);
  if (guild === undefined || channel === undefined) return 'none';
  if (guild.ownerId === account) return 'owner';
  try {
    const member = await guild.members.fetch({ user: account, force: true });
    const rights = channel.permissionsFor(member);
    if (rights.any([Right.Administrator, Right.ManageGuild, Right.ManageChannels])) return 'admin';
    if (rights.has(Right.ModerateMembers)) return 'moderator';
    return rights.has(Right.ViewChannel) ? 'member' : 'none';
  } catch (error) {
    if (hasCode(error, UNKNOWN_MEMBER, UNKNOWN_USER)) return 'none';
    throw bridgeError('look up a member', error);
  }
}
