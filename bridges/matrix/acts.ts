import { BridgeError, type HubPort, type Operations, type Sanction, type SetRole } from '../../core/plugin/index.ts';
import { bag, bagOf, number, text } from './event.ts';
import { isCode, toBridgeError } from './failures.ts';
import { levelOf, neededToTalk, withLevel } from './power.ts';
import type { Session } from './session.ts';

const LEVELS = { none: null, moderator: 50, dj: 75, admin: 100 } as const;

/** Bans natively; a timeout is a power level below what talking needs, lifted by the bridge when it is over. */
export function createSanction(session: () => Session, hub: HubPort) {
  return async (command: Sanction, signal: AbortSignal): Promise<undefined> => {
    const here = session();
    const { room, account: user, act, until, reason } = command;
    try {
      switch (act) {
        case 'ban':
          await membership('ban', room, user, reason, here, signal);
          break;
        case 'timeout':
          if (until !== null && until <= hub.clock.now()) throw never('it is over already');
          // written down first, so that it ends whatever happens
          await here.mutes.set(room, user, until);
          await silence(room, user, here, signal);
          break;
        case 'lift':
          await unban(room, user, here, signal);
          await unmute(room, user, here, signal);
          break;
        default:
          act satisfies never;
      }
    } catch (error) {
      throw toBridgeError(error);
    }
    return undefined;
  };
}

function never(say: string): BridgeError {
  return new BridgeError(`Matrix: ${say}`, { kind: 'permanent', scope: 'command' });
}

async function membership(
  act: 'ban' | 'unban',
  room: string,
  user: string,
  reason: string | null,
  { client }: Session,
  signal: AbortSignal,
): Promise<void> {
  const body = { user_id: user, ...(reason !== null && { reason }) };
  await client.call('POST', `/v3/rooms/${encodeURIComponent(room)}/${act}`, { body }, signal);
}

async function unban(room: string, user: string, session: Session, signal: AbortSignal): Promise<void> {
  if ((await membershipOf(room, user, session, signal)) !== 'ban') return;
  await membership('unban', room, user, null, session, signal);
}

/** Null: never there. @throws {Refusal | NoAnswer} */
export async function membershipOf(
  room: string,
  user: string,
  { client }: Session,
  signal: AbortSignal,
): Promise<string | null> {
  const path = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(user)}`;
  try {
    return text(bagOf(await client.call('GET', path, {}, signal)), 'membership');
  } catch (error) {
    if (isCode(error, 'M_NOT_FOUND')) return null;
    throw error;
  }
}

/** Somebody who has a level of their own there, such as a moderator, is not silenced. */
async function silence(room: string, user: string, session: Session, signal: AbortSignal): Promise<void> {
  await changeLevels(room, session, signal, (power) => {
    const own = number(bag(power.levels, 'users'), user);
    if (levelOf(user, power) >= levelOf(session.bot, power) || (own !== null && own > neededToTalk(power))) {
      throw never('this person has a level of their own in the room');
    }
    return withLevel(power.levels, user, neededToTalk(power) - 1);
  });
}

/** Takes away a level below what talking needs, and no other. @throws {Refusal | NoAnswer} */
export async function unmute(room: string, user: string, session: Session, signal: AbortSignal): Promise<void> {
  await changeLevels(room, session, signal, (power) => {
    const own = number(bag(power.levels, 'users'), user);
    return own === null || own >= neededToTalk(power) ? power.levels : withLevel(power.levels, user, null);
  });
  await session.mutes.clear(room, user);
}

/** Read anew each time: others change levels too. One after the other for a room. */
function changeLevels(
  room: string,
  session: Session,
  signal: AbortSignal,
  change: (power: Parameters<typeof levelOf>[1]) => object,
): Promise<void> {
  return session.levels.run(room, async () => {
    const { power } = await session.rooms.look(room, signal);
    const next = change(power);
    if (next === power.levels) return;
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.power_levels/`;
    await session.client.call('PUT', path, { body: next }, signal);
  });
}

/** Levels follow the roles that the hub gives; nobody who stands as high as the bot is touched. */
export function createSetRole(session: () => Session) {
  return async ({ room, account: user, role }: SetRole, signal: AbortSignal): Promise<undefined> => {
    const here = session();
    try {
      await changeLevels(room, here, signal, (power) => {
        const most = levelOf(here.bot, power);
        if (levelOf(user, power) >= most) return power.levels;
        const level = LEVELS[role];
        return withLevel(power.levels, user, level === null ? null : Math.min(level, most));
      });
    } catch (error) {
      throw toBridgeError(error);
    }
    return undefined;
  };
}

/** Whether people come in by invitation alone, and nobody reads it from outside. */
export function createIsClosed(session: () => Session) {
  return async ({ room }: Operations['isClosed'][0], signal: AbortSignal): Promise<boolean> => {
    try {
      const { isInviteOnly } = await session().rooms.look(room, signal);
      return isInviteOnly;
    } catch (error) {
      throw toBridgeError(error);
    }
  };
}

/** Who somebody is in a room, by its power levels. */
export function createAuthority(session: () => Session) {
  return async (
    { room, account: user }: Operations['authority'][0],
    signal: AbortSignal,
  ): Promise<Operations['authority'][1]> => {
    const here = session();
    try {
      const { power } = await here.rooms.look(room, signal);
      const level = levelOf(user, power);
      if ((await membershipOf(room, user, here, signal)) !== 'join') return 'none';
      if (level === Number.POSITIVE_INFINITY) return 'owner';
      return level >= 100 ? 'admin' : level >= 50 ? 'moderator' : 'member';
    } catch (error) {
      throw toBridgeError(error);
    }
  };
}
