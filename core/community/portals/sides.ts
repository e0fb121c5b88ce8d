import type { Portal } from '../../domain/portal.ts';
import { done, type Outcome, problem } from '../accounts/outcome.ts';
import type { Switches } from './rows.ts';

/*
 * A portal has two sides: the channel's, with the DJ and the operator, and the room's, with those who administer it.
 * Either may narrow what passes; what the channel's side has shut, the room's cannot open.
 */

/** What the channel's side sets holds, whoever had narrowed it. */
export function fromChannel(switches: Switches): Switches {
  const { direction, isPaused } = switches;
  return {
    ...switches,
    ...(direction !== undefined && { widest: direction }),
    ...(isPaused !== undefined && { isPausedByRoom: false }),
  };
}

/** Refused where it would open what the channel's side has shut. */
export function fromRoom(portal: Portal, switches: Switches): Outcome<Switches> {
  const { direction, isPaused } = switches;
  if (direction !== undefined && !isWithin(direction, portal.widest ?? 'both')) return NOT_WIDER;
  if (isPaused === false && portal.isPaused && portal.isPausedByRoom !== true) return NOT_RESUMED;
  // a pause of the channel's side stays its own
  const isOwn = isPaused === true && !(portal.isPaused && portal.isPausedByRoom !== true);
  return done({ ...switches, ...(isPaused !== undefined && { isPausedByRoom: isOwn }) });
}

function isWithin(direction: Portal['direction'], widest: Portal['direction']): boolean {
  return widest === 'both' || direction === widest;
}

const NOT_WIDER = problem(
  'forbidden',
  'Those who lead the chat have linked this room one way alone; only they can change that.',
);
const NOT_RESUMED = problem('forbidden', 'Those who lead the chat have paused this link; only they can resume it.');
