import { PermissionFlagsBits as Right } from 'discord.js';
import { RIGHT_NAMES, RIGHTS, type RightName } from './place.ts';

interface Overwrite {
  readonly id: string;
  /** 0: of a role, 1: of a member. */
  readonly type: number;
  readonly allow: string;
  readonly deny: string;
}

export interface Standing {
  readonly guild: {
    readonly id: string;
    readonly owner_id: string;
    readonly roles: readonly { readonly id: string; readonly permissions: string }[];
  };
  readonly overwrites: readonly Overwrite[];
  /** Of the member, the role of everybody apart. */
  readonly roles: readonly string[];
  readonly member: string;
}

/** What a member may do in a channel, by Discord's order: everybody, roles, the member. Pure. */
export function permissionsIn(standing: Standing): ReadonlySet<RightName> {
  const bits = bitsIn(standing);
  const has = (bit: bigint): boolean => (bits & bit) === bit;
  const names = RIGHT_NAMES.filter((name) => has(RIGHTS[name].bit));
  return new Set(has(RIGHTS.view.bit) ? names : []);
}

function bitsIn({ guild, overwrites, roles, member }: Standing): bigint {
  const all = Object.values(RIGHTS).reduce((bits, { bit }) => bits | bit, 0n);
  if (guild.owner_id === member) return all;
  const own = new Set([guild.id, ...roles]);
  let bits = 0n;
  for (const { id, permissions } of guild.roles) if (own.has(id)) bits |= BigInt(permissions);
  if ((bits & Right.Administrator) !== 0n) return all;
  bits = applied(
    bits,
    overwrites.filter(({ id }) => id === guild.id),
  );
  bits = applied(
    bits,
    overwrites.filter(({ id, type }) => type === 0 && roles.includes(id)),
  );
  return applied(
    bits,
    overwrites.filter(({ id, type }) => type === 1 && id === member),
  );
}

/** Of several, what one allows stands before what another denies. */
function applied(bits: bigint, overwrites: readonly Overwrite[]): bigint {
  let result = bits;
  for (const { deny } of overwrites) result &= ~BigInt(deny);
  for (const { allow } of overwrites) result |= BigInt(allow);
  return result;
}
