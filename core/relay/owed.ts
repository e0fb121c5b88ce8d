import type { Owed } from '../store/ports.ts';
import { type Concern, isFromRoom } from './entry.ts';
import { createItem, type Item } from './item.ts';
import type { Lane } from './lane-context.ts';
import { BATCH } from './limits.ts';
import { type Plan, planDigest } from './plan.ts';
import type { Sent } from './send.ts';
import { hold, type Step } from './steps.ts';
import { createSummary, type Summary, summaryText } from './summary.ts';

/*
 * Messages that are not sent by themselves: those of a long outage, and those that a room has no budget for. They are
 * passed over, and one line tells of them. What is kept of them is where they begin; the rest stands in the log.
 */

/** Passes over a message: it is owed from here on. */
export async function owe(lane: Lane, item: Item, concern: Concern, why: Owed['why']): Promise<Step> {
  const { marks, deps } = lane;
  const before = marks.owed();
  if (before === null) {
    lane.summary = createSummary();
    marks.owe({ after: marks.seq(), why });
    lane.digestAt = deps.clock.elapsed() + (why === 'outage' ? 0 : await lane.pace.gatherMs());
  } else {
    if (why === 'pressure' && before.why === 'outage') marks.owe({ ...before, why });
    lane.summary ??= await gather(lane, before.after);
  }
  if (concern.wire.type === 'message') lane.summary?.add(concern.wire.message.author);
  marks.pass(item);
  return 'next';
}

export function isDigestDue(lane: Lane): boolean {
  return lane.marks.owed() !== null && lane.deps.clock.elapsed() >= lane.digestAt;
}

/** Sends the line that tells of what is owed, where there is room for it; else later. */
export async function tell(lane: Lane): Promise<Step> {
  const { marks, deps, pace } = lane;
  const owed = marks.owed();
  if (owed === null) return 'next';
  lane.summary ??= await gather(lane, owed.after);
  const plan = digestOf(lane, owed, lane.summary);
  if (plan.kind === 'drop') return told(lane, { kind: 'sent', refs: [] });
  const slots = await pace.take('digest', 1, 0);
  if (slots === null) {
    if (lane.of.stopping.aborted) return 'next';
    lane.digestAt = deps.clock.elapsed() + (await pace.untilFreeMs('digest'));
    return 'next';
  }
  const begun = await marks.begin({ what: 'digest', seq: marks.seq() });
  if (begun !== 'go') {
    for (const slot of slots) slot.release();
    return begun === 'fenced' ? 'fenced' : 'reopen';
  }
  return told(
    lane,
    await lane.send(plan, { entry: null, message: null, preparedAt: null, expires: false, inDoubt: false, slots }),
  );
}

/** A hub ended while it told: asked for where the platform can be asked, else not told again. */
export async function tellAgain(lane: Lane, upTo: number): Promise<Step> {
  const owed = lane.marks.owed();
  if (owed === null) return (await lane.marks.end()) === 'fenced' ? 'fenced' : 'next';
  lane.summary = await gather(lane, owed.after, upTo);
  const plan = digestOf(lane, owed, lane.summary);
  const about = { entry: null, message: null, preparedAt: null, expires: false, inDoubt: true, slots: [] };
  return told(lane, plan.kind === 'drop' ? { kind: 'sent', refs: [] } : await lane.send(plan, about));
}

function digestOf(lane: Lane, owed: Owed, summary: Summary): Plan {
  const { publicUrl } = lane.deps;
  const { channel } = lane.of.portal;
  const url = publicUrl === null ? null : `${publicUrl}/c/${channel}`;
  const texts = [url, null].map((one) => summaryText(summary, owed.why, one));
  if (summary.count() === 0) return { kind: 'drop', reason: 'empty' };
  return planDigest([owed.after, lane.marks.seq()], texts, lane.target());
}

async function told(lane: Lane, sent: Sent): Promise<Step> {
  if (sent.kind === 'held') return hold(lane, sent);
  const { marks, deps, of } = lane;
  const why = marks.owed()?.why ?? 'outage';
  const count = lane.summary?.count() ?? 0;
  marks.owe(null);
  lane.summary = null;
  if ((await marks.end()) === 'fenced') return 'fenced';
  deps.count(why === 'outage' ? 'missed' : 'summed-up', null, count);
  if (sent.kind === 'dead' || sent.kind === 'unknown') deps.count(sent.kind, null, 1);
  deps.logger.warn({ portal: of.portal.id, count, why, sent: sent.kind }, 'messages told in one line');
  return 'next';
}

/** What is owed, read again from the log: messages that were not said in this room and have no copy there. */
async function gather(lane: Lane, after: number, upTo: number = lane.marks.seq()): Promise<Summary> {
  const { marks, deps, of } = lane;
  const summary = createSummary();
  let at = after as ReturnType<typeof marks.seq>;
  while (at < upTo) {
    const from = at;
    const batch = await marks.store(() => deps.since(of.portal, from, BATCH));
    for (const entry of batch) {
      const item = createItem(entry, { stamp: of.touched.stamp(), isReadBack: true });
      if (item === null || item.seq > upTo) continue;
      at = item.seq;
      const wire = await owedMessage(lane, item);
      if (wire !== null) summary.add(wire.message.author);
    }
    if (batch.length < BATCH) break;
  }
  return summary;
}

async function owedMessage(lane: Lane, item: Item) {
  const concern = item.concern();
  if (concern === null || concern.wire.type !== 'message') return null;
  const { portal } = lane.of;
  if (isFromRoom(concern.note, portal) || concern.note.relay === 'none') return null;
  if (concern.note.relay === 'away' && portal.follows) return null;
  return (await lane.known.fate(concern.wire.message.id)) === null ? concern.wire : null;
}
