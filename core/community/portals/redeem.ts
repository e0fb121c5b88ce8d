import type { Clock } from '../../async/clock.ts';
import { withDeadline } from '../../async/deadline.ts';
import type { AccountId, BridgeId, ChannelId, RoomId, UserId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import type { Logger } from '../../ops/log.ts';
import type { Capabilities, Operations } from '../../plugin/operations.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { type Outcome, type Problem, problem } from '../accounts/outcome.ts';
import type { Codes, FoundCode } from './codes.ts';
import { type PortalDesk, USED_CODE } from './desk.ts';
import type { RoomThrottle } from './throttle.ts';

/** Who types something in a room of a bridge that is live here. */
export interface InRoom {
  readonly bridge: BridgeId;
  readonly room: RoomId;
  readonly account: AccountId;
  readonly can: Capabilities;
}

export interface RedeemDeps {
  readonly sql: Pick<Sql, 'write'>;
  readonly codes: Codes;
  readonly desk: PortalDesk;
  /** Whether this person may still link this channel. */
  readonly mayLink: (user: UserId, channel: ChannelId) => boolean;
  readonly throttle: RoomThrottle;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Extras {
  readonly direction: Portal['direction'] | null;
  readonly reach: Portal['reach'] | null;
}

const AUTHORITY_DEADLINE_MS = 10_000;

export type Authority = Operations['authority'][1];

/** Who this account is in the room, by the platform's word. Null: the bridge cannot tell; `unknown`: not now. */
export async function authorityOf(
  { room, account, can, bridge }: InRoom,
  { clock, logger }: Pick<RedeemDeps, 'clock' | 'logger'>,
): Promise<Authority | 'unknown' | null> {
  const { authority } = can;
  if (authority === undefined) return null;
  try {
    return await withDeadline(clock, AUTHORITY_DEADLINE_MS, null, (signal) => authority.run({ room, account }, signal));
  } catch (error) {
    logger.warn({ bridge, room, say: error instanceof Error ? error.message : '' }, 'authority could not be asked');
    return 'unknown';
  }
}

/** Whether this account administers the room; a sentence when it does not or nobody can say. */
export async function administers(at: InRoom, deps: Pick<RedeemDeps, 'clock' | 'logger'>): Promise<Problem | null> {
  const authority = await authorityOf(at, deps);
  switch (authority) {
    case 'owner':
    case 'admin':
      return null;
    case null:
      return problem('forbidden', 'The hub cannot see who administers this room, so nobody can do that from here.');
    case 'unknown':
      return problem('unavailable', 'Who administers this room could not be checked just now; try again.');
    case 'moderator':
    case 'member':
    case 'none':
      return problem('forbidden', 'Only those who administer this room can do that here.');
  }
}

/**
 * Links the room by the code that was typed in it. Everybody there has read it: one that does not link this room now is
 * void, unless it could not be looked at.
 */
export async function redeem(
  typed: string,
  at: InRoom,
  extras: Extras,
  deps: RedeemDeps,
): Promise<Outcome<Portal['id']>> {
  const { codes, throttle } = deps;
  const gate = await throttle.enter(at.bridge, at.room);
  const code = await codes.find(typed);
  const release = code === null ? null : codes.claim(code.hash);
  if (code === null || release === null) return gate.ok ? problem('not-found', USED_CODE) : TOO_MANY;
  try {
    const linked = gate.ok ? await linkBy(code, at, extras, deps) : TOO_MANY;
    if (linked.ok) await throttle.forgive(at.bridge, at.room);
    if (linked.ok || linked.code === 'unavailable') return linked;
    await deps.sql.write([{ query: codes.use(code.hash).query }]);
    return gate.ok ? problem(linked.code, `${linked.say} The code was seen by everybody and is void now.`) : linked;
  } finally {
    release();
  }
}

const TOO_MANY = problem('rate-limited', 'Too many wrong codes in this room. Try again later, with a new one.');
const NO_AUTHORITY = problem(
  'forbidden',
  'The hub cannot see who administers a room here, so it cannot be linked by a code. The operator of the hub can link it.',
);

async function linkBy(code: FoundCode, at: InRoom, extras: Extras, deps: RedeemDeps): Promise<Outcome<Portal['id']>> {
  const { codes, desk } = deps;
  if (code.bridge !== null && code.bridge !== at.bridge) {
    return problem('forbidden', 'This code is for a room on another platform.');
  }
  if (at.can.authority === undefined) return NO_AUTHORITY;
  const refusal = await administers(at, deps);
  if (refusal !== null) return refusal;
  if (code.madeBy !== null && !deps.mayLink(code.madeBy, code.channel)) {
    return problem('forbidden', 'Whoever made this code may no longer link that channel.');
  }
  const { bridge, room } = at;
  const { channel, madeBy } = code;
  const reach = extras.reach ?? (at.can.sanction?.limits.within === 'room' ? 'bans' : 'none');
  const wish = { channel, bridge, room, direction: extras.direction, isRoomsChoice: true, reach, prefix: null, madeBy };
  return desk.link(wish, codes.use(code.hash));
}
