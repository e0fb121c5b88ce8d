import type { Entry } from '../store/ports.ts';
import { type Concern, concernOf, isFromRoom, prepare } from './entry.ts';
import type { Lane } from './lane-context.ts';
import { planDigest } from './plan.ts';
import type { Sent } from './send.ts';
import { hold, type Step } from './steps.ts';

/** Everything missed becomes one line; what concerns older copies is done all the same. */
export async function digest(lane: Lane, first: Entry): Promise<Step> {
  const { marks, deps, of } = lane;
  const head = (await marks.store(() => deps.log.heads()))[deps.log.shardOf(of.portal.scope)] ?? first.position;
  let missed = 0;
  let last = first;
  for await (const entry of lane.entriesUpTo(head)) {
    last = entry;
    const concern = concernOf(entry, of.portal);
    if (concern === null) continue;
    if (concern.wire.type === 'message') missed += isFromRoom(concern.note, of.portal) ? 0 : 1;
    else {
      const held = await change(lane, entry, concern);
      if (held !== null) return hold(lane, { ...held, clean: false });
    }
  }
  const begun = await marks.begin(last.position);
  if (begun !== 'go') return begun === 'fenced' ? 'fenced' : 'reopen';
  return tellMissed(lane, last, missed, false);
}

/** An edit, redaction or reaction within an outage; harmless to repeat, so it needs no mark. */
async function change(lane: Lane, entry: Entry, concern: Concern): Promise<Extract<Sent, { kind: 'held' }> | null> {
  const { plan, message } = await prepare(concern, lane.of.portal, lane.target(), lane.known);
  if (plan.kind !== 'native') return null;
  const sent = await lane.send(plan, { entry, message, expires: false, inDoubt: false });
  return sent.kind === 'held' ? sent : null;
}

export async function tellMissed(lane: Lane, last: Entry, missed: number, inDoubt: boolean): Promise<Step> {
  const plan = planDigest(missed, last.position, lane.target());
  const sent: Sent =
    plan.kind === 'drop'
      ? { kind: 'sent', refs: [] }
      : await lane.send(plan, { entry: last, message: null, expires: false, inDoubt });
  if (sent.kind === 'held') return hold(lane, sent);
  const outcome = { kind: sent.kind, message: null, refs: [] } as const;
  if ((await lane.marks.settle(last.position, outcome)) === 'fenced') return 'fenced';
  lane.deps.count('missed', null, missed);
  lane.deps.logger.warn({ portal: lane.of.portal.id, missed }, 'outage told in one line');
  return 'reopen';
}
