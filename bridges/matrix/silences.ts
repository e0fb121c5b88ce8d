import { bag, number, type RoomEvent } from './event.ts';
import { levelOf, neededToTalk, type Power } from './power.ts';

/** Somebody who may no longer say anything in a room, or may again. */
export interface Silence {
  readonly user: string;
  readonly isSilent: boolean;
}

/** More than one change of levels does for people. */
const MOST = 50;

/**
 * Whom a change of power levels has silenced, or let speak again. Pure. What is changed for everybody at once is done
 * to nobody: only people whose own level is another one now are told of.
 */
export function silencesIn({ content, before }: Pick<RoomEvent, 'content' | 'before'>, creators: Power['creators']) {
  const [was, now] = [bag(before, 'users'), bag(content, 'users')];
  const changed = [...new Set([...Object.keys(was), ...Object.keys(now)])].filter(
    (user) => number(was, user) !== number(now, user),
  );
  const maySpeak = (user: string, levels: Power['levels']): boolean =>
    levelOf(user, { creators, levels }) >= neededToTalk({ creators, levels });
  return changed.slice(0, MOST).flatMap((user): readonly Silence[] => {
    const [could, can] = [maySpeak(user, before), maySpeak(user, content)];
    return could === can ? [] : [{ user, isSilent: !can }];
  });
}

/** Whether the room has a level for this person that is too low to speak, whatever it asks of others. */
export function isSilenced(user: string, power: Power): boolean {
  const own = number(bag(power.levels, 'users'), user);
  const others = number(power.levels, 'users_default') ?? 0;
  return own !== null && own < others && levelOf(user, power) < neededToTalk(power);
}
