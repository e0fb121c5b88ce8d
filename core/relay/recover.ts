import type { Position } from '../domain/ids.ts';
import type { Entry } from '../store/ports.ts';
import { type Concern, concernOf, isFromRoom, prepare } from './entry.ts';
import type { Lane } from './lane-context.ts';
import { tellMissed } from './outage.ts';
import { finish, giveUp, type Step } from './steps.ts';

/**
 * An earlier run ended between mark and settling: what was in flight is in doubt. Repeated where that is harmless,
 * looked for where the platform can be asked, else given up and counted. Messages that were not sent are settled, so a
 * message before the mark means that the mark is of the line that tells of an outage.
 */
export async function recover(lane: Lane, inFlight: Position): Promise<Step> {
  if ((await lane.marks.begin(inFlight)) === 'fenced') return 'fenced';
  let missed = 0;
  for await (const entry of lane.entriesUpTo(inFlight)) {
    const concern = concernOf(entry, lane.of.portal);
    if (concern !== null && entry.position === inFlight && missed === 0) return recoverEntry(lane, entry, concern);
    if (concern?.wire.type === 'message' && !isFromRoom(concern.note, lane.of.portal)) missed += 1;
    if (entry.position === inFlight && missed > 0) return tellMissed(lane, entry, missed, true);
  }
  return giveUp(lane, inFlight);
}

async function recoverEntry(lane: Lane, entry: Entry, concern: Concern): Promise<Step> {
  const prepared = await prepare(concern, lane.of.portal, lane.target(), lane.known);
  if (prepared.plan.kind === 'drop') return giveUp(lane, entry.position);
  const about = { entry, message: prepared.message, expires: false, inDoubt: true };
  return finish(lane, entry, concern, prepared, await lane.send(prepared.plan, about));
}
