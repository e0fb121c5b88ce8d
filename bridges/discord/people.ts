import type { AccountId, EpochMs } from '../../core/domain/ids.ts';
import type { InboundAccount } from '../../core/domain/inbound.ts';
import type { ApiMember, ApiUser } from './packets.ts';

const CDN = 'https://cdn.discordapp.com';
/** Milliseconds of 2015 began, from which Discord counts. */
const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** Somebody as a server shows them: the name and picture there, else those of the account. */
export function accountOf(user: ApiUser, member: ApiMember, guild: string | null): InboundAccount {
  return {
    id: user.id as AccountId,
    name: firstFilled(member?.nick, user.global_name, user.username) ?? 'somebody',
    avatarUrl: avatarUrl(user, member, guild),
    isBot: user.bot === true,
  };
}

/** Where Discord shows the picture; the hub keeps a copy. Null for the picture that everybody has at first. */
function avatarUrl(user: ApiUser, member: ApiMember, guild: string | null): string | null {
  if (guild !== null && isHash(member?.avatar)) {
    return `${CDN}/guilds/${guild}/users/${user.id}/avatars/${member?.avatar}.png?size=128`;
  }
  return isHash(user.avatar) ? `${CDN}/avatars/${user.id}/${user.avatar}.png?size=128` : null;
}

function isHash(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(text);
}

function firstFilled(...texts: readonly (string | null | undefined)[]): string | null {
  return texts.find((one) => typeof one === 'string' && one.trim() !== '') ?? null;
}

/** When a thing with this id was made. */
export function madeAt(id: string): EpochMs {
  return (Number(BigInt(id) >> 22n) + DISCORD_EPOCH_MS) as EpochMs;
}

/** An id that is just before all that was made at this time or later: to list what came after. */
export function idBefore(at: EpochMs): string {
  return String((BigInt(Math.max(1, at - DISCORD_EPOCH_MS)) << 22n) - 1n);
}

/** Whether an id is of something later: ids grow with time, but not in length. */
export function isLater(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}

/** A time as Discord writes it; null for none or what is no time. */
export function timeOf(text: string | null | undefined): EpochMs | null {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : (at as EpochMs);
}
